import { expect, it } from 'vitest';
import { models } from '../../models/registry';
import { edgePath, initials, knobPlaces, placeNodes } from './layout';

it('every node lies inside the drawing, in the order of its coordinates', () => {
  const nodes = [
    { id: 'a', x: -3, y: 0 },
    { id: 'b', x: 0, y: 5 },
    { id: 'c', x: 9, y: 2 },
  ];
  const places = placeNodes(nodes, 340, 240, 16);
  for (const { x, y } of places.values()) {
    expect(x).toBeGreaterThanOrEqual(16);
    expect(x).toBeLessThanOrEqual(324);
    expect(y).toBeGreaterThanOrEqual(16);
    expect(y).toBeLessThanOrEqual(224);
  }
  expect(places.get('a')!.x).toBeLessThan(places.get('b')!.x);
});

it('an edge past a node right on its way bends towards the other nodes, not out of the drawing', () => {
  const [from, to] = [
    { x: 300, y: 0 },
    { x: 300, y: 200 },
  ];
  const path = edgePath(
    from,
    to,
    16,
    [
      { x: 300, y: 100 },
      { x: 20, y: 100 },
    ],
    false,
  );
  expect(path.at(0.5).x).toBeLessThan(284);
});

it('an edge bends around a node in its way, and runs straight where the way is free', () => {
  const [from, to] = [
    { x: 0, y: 0 },
    { x: 200, y: 0 },
  ];
  const straight = edgePath(from, to, 16, [{ x: 100, y: 90 }], false);
  expect(Math.abs(straight.at(0.5).y)).toBeLessThan(1e-9);
  const above = edgePath(from, to, 16, [{ x: 100, y: 4 }], false);
  expect(Math.abs(above.at(0.5).y - 4)).toBeGreaterThan(16);
});

it('words stand in their circles with as many letters as tell them from the others', () => {
  expect(initials(['users', 'items', 'interest', 'x'], 4)).toEqual(['u', 'it', 'in', 'x']);
  expect(initials(['position', 'p'], 4)).toEqual(['po', 'p']);
  // Alike for as many letters as fit: the first letter, and the one that tells them apart.
  expect(initials(['Item', 'Interest', 'Intervention'], 4)).toEqual(['Item', 'Ie', 'Iv']);
});

it('the knobs of two edges that cross in their middles sit apart, all others in the middle', () => {
  const [a, b] = [
    edgePath({ x: 0, y: 0 }, { x: 200, y: 100 }, 16, [], false),
    edgePath({ x: 200, y: 0 }, { x: 0, y: 100 }, 16, [], false),
  ];
  const far = edgePath({ x: 0, y: 200 }, { x: 200, y: 200 }, 16, [], false);
  const [first, second, third] = knobPlaces([a, b, far].map((path) => ({ ...path, hasKnob: true })));
  expect(Math.hypot(first!.x - second!.x, first!.y - second!.y)).toBeGreaterThan(24);
  expect(third).toEqual(far.at(0.5));
});

it('a knob stands clear of every edge but its own, so that it is seen whose it is', () => {
  const graphs = models.flatMap(({ id, graph }) => (graph ? [{ id, graph }] : []));
  expect(graphs.length).toBeGreaterThan(4);
  for (const { id, graph } of graphs) {
    const places = placeNodes(graph.nodes, 360, 250, 16);
    const paths = graph.edges.map(({ from, to }) => {
      const others = [...places].filter(([node]) => node !== from && node !== to).map(([, at]) => at);
      return { ...edgePath(places.get(from)!, places.get(to)!, 16, others, false), hasKnob: true };
    });
    knobPlaces(paths).forEach((knob, own) =>
      paths.forEach(({ at }, other) => {
        if (other === own) return;
        const away = Array.from({ length: 101 }, (_, k) => at(k / 100)).map(({ x, y }) =>
          Math.hypot(x - knob.x, y - knob.y),
        );
        expect(Math.min(...away), `${id}: knob of edge ${own} beside edge ${other}`).toBeGreaterThan(9);
      }),
    );
    const letters = initials(
      graph.nodes.map(({ label }) => label),
      4,
    );
    expect(new Set(letters).size, `${id}: ${letters.join(' ')}`).toBe(letters.length);
  }
});
