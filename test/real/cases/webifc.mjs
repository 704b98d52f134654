/** web-ifc: C++ through Emscripten with legacy exceptions and SIMD. */
import { packageFile, require } from '../support.mjs';

const MODEL = [
  'ISO-10303-21;',
  'HEADER;',
  "FILE_DESCRIPTION((''),'2;1');",
  "FILE_NAME('','',(''),(''),'','','');",
  "FILE_SCHEMA(('IFC4'));",
  'ENDSEC;',
  'DATA;',
  '#1=IFCCARTESIANPOINT((0.,0.,0.));',
  '#2=IFCDIRECTION((0.,0.,1.));',
  '#3=IFCAXIS2PLACEMENT3D(#1,#2,$);',
  'ENDSEC;',
  'END-ISO-10303-21;',
  '',
].join('\n');

export async function run() {
  const { IfcAPI } = require(packageFile('web-ifc/web-ifc-api-node.js'));
  const api = new IfcAPI();
  await api.Init();
  const id = api.OpenModel(Buffer.from(MODEL));
  // The saved header holds the time of day.
  const saved = Buffer.from(api.SaveModel(id))
    .toString()
    .replace(/FILE_NAME.*/, '');
  return JSON.stringify([api.GetLine(id, 3), api.GetLine(id, 1), saved]);
}
