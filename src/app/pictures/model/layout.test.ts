import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelGraph } from '../../../training/modelGraph/types';
import { BOX_HEIGHT, fitModel, layoutModel, pathOf } from './layout';

function graphOf(count: number, pairs: readonly (readonly [number, number])[]): ModelGraph {
  const names = Array.from({ length: count }, (_, k) => `part ${k}`);
  const seen = new Set(
    pairs.filter(([a, b]) => a !== b).map(([a, b]) => `${Math.min(a, b)} ${Math.max(a, b)}`),
  );
  return {
    parts: names.map((id) => ({ id, kind: 'part', fields: [], variables: [], parameters: 1 })),
    arrows: [...seen].map((pair) => {
      const [a, b] = pair.split(' ').map(Number);
      return { from: names[a!]!, to: names[b!]!, gate: false, training: false };
    }),
    weighed: [],
  };
}

const place = fc.integer({ min: 0, max: 13 });
const graphs = fc
  .array(fc.tuple(place, place), { minLength: 1, maxLength: 22 })
  .map((pairs) => graphOf(14, pairs));

describe('the drawing of a model', () => {
  it('keeps boxes apart and within its width, arrows downwards and clear of boxes', () => {
    fc.assert(
      fc.property(graphs, fc.constantFrom(300, 390, 640, 900), (graph, width) => {
        const { boxes, routes, height } = layoutModel(graph, width);
        expect(boxes.length).toBe(graph.parts.length);
        for (const one of boxes) {
          expect(one.width).toBeGreaterThan(0);
          expect(one.y + BOX_HEIGHT).toBeLessThanOrEqual(height);
          for (const other of boxes) {
            if (one === other || one.y !== other.y) continue;
            expect(one.x + one.width <= other.x + 1e-6 || other.x + other.width <= one.x + 1e-6).toBe(true);
          }
        }
        expect(routes.length).toBe(graph.arrows.length);
        for (const { points, from, to } of routes) {
          for (let k = 1; k < points.length; k++) {
            const [[x0, y0], [x1, y1]] = [points[k - 1]!, points[k]!];
            expect(y1).toBeGreaterThan(y0);
            for (const box of boxes) {
              if (box.id === from || box.id === to) continue;
              const beside = y1 <= box.y || y0 >= box.y + BOX_HEIGHT;
              // A bend lies between its ends' columns, a lane is one column.
              const clear = Math.max(x0, x1) <= box.x || Math.min(x0, x1) >= box.x + box.width;
              expect(beside || clear).toBe(true);
            }
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('stays within its width where rows are no fuller than it holds', () => {
    const graph = graphOf(6, [
      [0, 1],
      [0, 2],
      [1, 3],
      [2, 3],
      [0, 5],
      [3, 4],
      [4, 5],
    ]);
    for (const width of [300, 640]) {
      const { boxes } = layoutModel(graph, width);
      for (const { x, width: own } of boxes) {
        expect(x).toBeGreaterThanOrEqual(0);
        expect(x + own).toBeLessThanOrEqual(width);
      }
    }
  });

  it('grows with a place that is given whole, and never out of it', () => {
    const [low, tall] = [
      graphOf(3, [
        [0, 1],
        [1, 2],
      ]),
      graphOf(
        14,
        Array.from({ length: 13 }, (_, k) => [k, k + 1] as const),
      ),
    ];
    expect(fitModel(low, 1250, 700)).toMatchObject({ scale: 2, width: 625 });
    expect(fitModel(low, 1250, null)).toMatchObject({ scale: 1, width: 900 });
    expect(fitModel(tall, 1250, 700)).toMatchObject({ scale: 1 });
    fc.assert(
      fc.property(
        graphs,
        fc.integer({ min: 300, max: 1900 }),
        fc.integer({ min: 200, max: 1000 }),
        (graph, width, height) => {
          const drawn = fitModel(graph, width, height);
          expect(drawn.width * drawn.scale).toBeLessThanOrEqual(width);
          if (drawn.scale > 1) expect(drawn.height * drawn.scale).toBeLessThanOrEqual(height);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('leaves the scenario’s number out, which boxes tell of', () => {
    const graph = graphOf(2, [[0, 1]]);
    const scenario = {
      id: 'scenario index',
      kind: 'scenario',
      fields: [],
      variables: [],
      parameters: 0,
    } as const;
    const arrow = { from: 'scenario index', to: 'part 1', gate: false, training: false };
    const { boxes, routes } = layoutModel(
      { ...graph, parts: [scenario, ...graph.parts], arrows: [...graph.arrows, arrow] },
      400,
    );
    expect(boxes.map(({ id }) => id).sort()).toEqual(['part 0', 'part 1']);
    expect(routes.map(({ from, to }) => [from, to])).toEqual([['part 0', 'part 1']]);
  });

  it('bends between rows only', () => {
    const points = [
      [10, 0],
      [30, 40],
      [30, 94],
    ] as const;
    expect(pathOf({ points })).toBe('M10,0C10,20 30,20 30,40V94');
  });
});
