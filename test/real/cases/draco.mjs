/** Draco: two modules, a mesh encoded by one and decoded by the other. */
import { require } from '../support.mjs';

const POINTS = 3000;

function encode(draco) {
  const points = new Float32Array(POINTS * 3);
  const faces = new Uint32Array((POINTS - 2) * 3);
  for (let i = 0; i < POINTS; i++) points.set([i % 50, Math.trunc(i / 50), ((i * 37) % 101) / 101], 3 * i);
  for (let i = 0; i < POINTS - 2; i++) faces.set([i, i + 1, i + 2], 3 * i);
  const builder = new draco.MeshBuilder();
  const mesh = new draco.Mesh();
  builder.AddFacesToMesh(mesh, POINTS - 2, faces);
  builder.AddFloatAttributeToMesh(mesh, draco.POSITION, POINTS, 3, points);
  const encoder = new draco.Encoder();
  encoder.SetAttributeQuantization(draco.POSITION, 11);
  const out = new draco.DracoInt8Array();
  const length = encoder.EncodeMeshToDracoBuffer(mesh, out);
  return Buffer.from(Array.from({ length }, (_, i) => out.GetValue(i) & 255));
}

function decode(draco, bytes) {
  const buffer = new draco.DecoderBuffer();
  buffer.Init(new Int8Array(bytes), bytes.length);
  const decoder = new draco.Decoder();
  const mesh = new draco.Mesh();
  const status = decoder.DecodeBufferToMesh(buffer, mesh);
  const values = new draco.DracoFloat32Array();
  decoder.GetAttributeFloatForAllPoints(mesh, decoder.GetAttribute(mesh, 0), values);
  const points = Array.from({ length: values.size() }, (_, i) => values.GetValue(i));
  return status.ok() + points.join();
}

export async function run() {
  const draco = require('draco3d');
  const bytes = encode(await draco.createEncoderModule({}));
  return bytes.toString('hex') + decode(await draco.createDecoderModule({}), bytes);
}
