/** Box2D: 100 boxes fall for 240 steps; SIMD. */
import { require, withoutFetch } from '../support.mjs';

export async function run() {
  withoutFetch();
  const box2d = await require('box2d-wasm')();
  const world = new box2d.b2World(new box2d.b2Vec2(0, -10));
  const ground = world.CreateBody(new box2d.b2BodyDef());
  const edge = new box2d.b2EdgeShape();
  edge.SetTwoSided(new box2d.b2Vec2(-50, 0), new box2d.b2Vec2(50, 0));
  ground.CreateFixture(edge, 0);
  const bodies = Array.from({ length: 100 }, (_, i) => {
    const definition = new box2d.b2BodyDef();
    definition.set_type(box2d.b2_dynamicBody);
    definition.set_position(new box2d.b2Vec2((i % 10) * 1.1, 1 + i / 3));
    const body = world.CreateBody(definition);
    const shape = new box2d.b2PolygonShape();
    shape.SetAsBox(0.5, 0.5);
    body.CreateFixture(shape, 1);
    return body;
  });
  for (let i = 0; i < 240; i++) world.Step(1 / 60, 8, 3);
  return bodies.map((b) => [b.GetPosition().x, b.GetPosition().y, b.GetAngle()]).join(';');
}
