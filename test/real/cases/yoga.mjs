/** Flexbox layout of 300 nodes: C++ through Emscripten's embind. */
import Yoga from 'yoga-layout';

export async function run() {
  const root = Yoga.Node.create();
  root.setWidth(800);
  root.setFlexWrap(Yoga.WRAP_WRAP);
  root.setFlexDirection(Yoga.FLEX_DIRECTION_ROW);
  for (let i = 0; i < 300; i++) {
    const child = Yoga.Node.create();
    child.setFlexGrow(i % 3);
    child.setMinWidth(10 + (i % 50));
    child.setHeight(10 + (i % 7));
    child.setMargin(Yoga.EDGE_ALL, (i % 5) + 0.37);
    root.insertChild(child, i);
  }
  root.calculateLayout(undefined, undefined, Yoga.DIRECTION_LTR);
  return JSON.stringify(Array.from({ length: 300 }, (_, i) => root.getChild(i).getComputedLayout()));
}
