import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { smallDataset } from '../../../tests/support/smallDataset';
import { componentsOf, relationsOf } from './describe';
import { embed } from './embed';
import { nearestNeighbours } from './neighbours';
import { principalComponents } from './pca';
import { balancedRows, keptRows, MAX_NUMBERS, MAX_POINTS, pointsOf, quantise } from './sample';
import { separation } from './separation';
import { createTsne, pairProbabilities } from './tsne';
import type { Points } from './points';
import type { RepresentationSample } from './sample';

interface Case {
  readonly values: number[];
  readonly count: number;
  readonly dim: number;
  readonly group: number[];
  readonly slots: number;
  readonly scores: number[];
  readonly shares: number[];
  readonly variance: number;
  readonly separation: Record<'between' | 'silhouette' | 'neighbours' | 'chance', number>;
  readonly means: number[];
  readonly centred: number[];
  readonly rows: number[] | null;
}
const fixture = JSON.parse(
  readFileSync(
    new URL('../../../tests/reference/representation/representation.json', import.meta.url),
    'utf8',
  ),
) as Record<string, Case>;

const points = ({ values, count, dim, group, slots }: Case): Points => ({
  values: Float32Array.from(values),
  count,
  dim,
  group: Uint16Array.from(group),
  groups: 3,
  slots,
});

function near(found: ArrayLike<number>, wanted: readonly number[], digits: number): void {
  expect(found.length).toBe(wanted.length);
  wanted.forEach((value, i) => expect(found[i], `at ${i}`).toBeCloseTo(value, digits));
}

/** Points of `groups` clusters on a line, far or near apart, from counted noise. */
function clusters(count: number, dim: number, apart: number, groups = 3): Points {
  let state = 17;
  const noise = (): number => ((state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 2 ** 32) * 2 - 1;
  const group = Uint16Array.from({ length: count }, (_, i) => i % groups);
  const values = Float32Array.from(
    { length: count * dim },
    (_, i) => noise() + (i % dim === 0 ? apart * group[Math.floor(i / dim)]! : 0),
  );
  return { values, count, dim, group, groups, slots: 1 };
}

describe.each(Object.entries(fixture))('%s points', (_, given) => {
  const components = componentsOf(points(given));
  const found = relationsOf(points(given));

  it('have the principal components that NumPy finds', () => {
    near(components.scores, given.scores, 4);
    near(components.shares!.slice(0, given.shares.length), given.shares, 6);
    expect(components.variance).toBeCloseTo(given.variance, 4);
  });

  it('have its separation and cosines', () => {
    for (const [name, value] of Object.entries(given.separation))
      expect(found.separation[name as keyof typeof given.separation], name).toBeCloseTo(value, 6);
    near(found.cosines.means.values, given.means, 5);
    near(found.cosines.centred.values, given.centred, 5);
    if (given.rows === null) expect(found.cosines.rows).toBeNull();
    else near(found.cosines.rows!.values, given.rows, 5);
  });
});

describe('principal components', () => {
  it('do not change when points move or turn, and their shares sum to 1', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -2, max: 2, noNaN: true }), { minLength: 24, maxLength: 24 }),
        fc.float({ min: Math.fround(0.1), max: 3, noNaN: true }),
        (numbers, angle) => {
          const plain = {
            values: Float32Array.from(numbers, (v, i) => v + 0.01 * i * (i % 3)),
            count: 8,
            dim: 3,
          };
          const [c, s] = [Math.cos(angle), Math.sin(angle)];
          const turned = plain.values.map((value, i, all) => {
            const [x, y] = [all[i - (i % 3)]!, all[i - (i % 3) + 1]!];
            return 5 + (i % 3 === 0 ? c * x - s * y : i % 3 === 1 ? s * x + c * y : value);
          });
          const one = principalComponents(plain, 3);
          const other = principalComponents({ ...plain, values: turned }, 3);
          expect(one.shares!.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
          near(other.shares!, [...one.shares!], 4);
          // Distances between points are those between their scores.
          for (let a = 1; a < 8; a++) {
            const apart = (of: ArrayLike<number>) =>
              Math.hypot(...[0, 1, 2].map((k) => of[3 * a + k]! - of[k]!));
            expect(apart(one.scores)).toBeCloseTo(apart(plain.values), 4);
            expect(apart(other.scores)).toBeCloseTo(apart(plain.values), 4);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('of points that do not vary are undefined, not NaN', () => {
    const same = { values: new Float32Array(12).fill(0.3), count: 4, dim: 3 };
    expect(principalComponents(same)).toMatchObject({ shares: null, variance: 0 });
    expect([...principalComponents(same).scores]).toEqual(new Array(8).fill(0));
    const silent = relationsOf({ ...same, group: Uint16Array.of(0, 1, 0, 1), groups: 2, slots: 1 });
    expect(silent.separation.between).toBeNull();
  });
});

describe('separation', () => {
  it('is near chance for mixed groups and near 1 for parted ones; one group has none', () => {
    const mixed = separation(clusters(120, 4, 0));
    expect(mixed.between).toBeLessThan(0.1);
    expect(Math.abs(mixed.silhouette!)).toBeLessThan(0.1);
    expect(Math.abs(mixed.neighbours! - mixed.chance!)).toBeLessThan(0.1);
    // Random groups of two points each part the points by chance alone.
    const small = clusters(120, 4, 0);
    const pairs = separation({ ...small, group: small.group.map((_, i) => i % 60), groups: 60 });
    expect(Math.abs(pairs.between! - pairs.betweenChance!)).toBeLessThan(0.08);
    expect(pairs.betweenChance).toBeCloseTo(59 / 119, 9);
    const parted = separation(clusters(120, 4, 40));
    expect(parted.between).toBeGreaterThan(0.99);
    expect(parted.silhouette).toBeGreaterThan(0.9);
    expect(parted.neighbours).toBe(1);
    expect(separation(clusters(12, 2, 1, 1))).toEqual({
      between: null,
      betweenChance: null,
      silhouette: null,
      neighbours: null,
      chance: null,
    });
  });
});

describe('embeddings', () => {
  const space = clusters(90, 6, 12);

  it.each(['umap', 'tsne'] as const)(
    '%s: the same seed gives the same embedding, and clusters stay whole',
    (method) => {
      const seen: number[] = [];
      const one = embed(space, method, 4, (done, total, xy) => {
        seen.push(done / total);
        expect(xy.length).toBe(180);
      });
      expect([...embed(space, method, 4)]).toEqual([...one]);
      expect(embed(space, method, 5)).not.toEqual(one);
      expect(seen.length).toBeGreaterThan(5);
      expect(seen.at(-1)).toBe(1);
      expect(one.every(Number.isFinite)).toBe(true);
      const plane = { ...space, values: one, dim: 2 };
      const { indices } = nearestNeighbours(plane, 6);
      const own = indices.flatMap((list, a) =>
        list.slice(1).map((b) => Number(space.group[a] === space.group[b])),
      );
      expect(own.reduce((sum, one) => sum + one, 0) / own.length).toBeGreaterThan(0.97);
    },
  );

  it('refuse what cannot be arranged, with one sentence', () => {
    expect(() => embed({ values: new Float32Array(6), count: 3, dim: 2 }, 'umap', 1)).toThrow(
      'at least 5 points',
    );
    expect(() => embed({ values: new Float32Array(40).fill(1), count: 20, dim: 2 }, 'tsne', 1)).toThrow(
      'same representation',
    );
  });

  it('t-SNE: probabilities sum to a half over pairs and the gradient is that of the divergence', () => {
    const few = clusters(14, 3, 3);
    const p = pairProbabilities(few);
    expect(p.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0.5, 5);
    const tsne = createTsne(few, 1);
    const at = Float64Array.from({ length: 28 }, (_, i) => Math.sin(1 + 3 * i));
    tsne.place(at);
    const { gradient } = tsne.cost();
    const h = 1e-5;
    for (const i of [0, 5, 13, 27]) {
      const moved = (by: number): number => {
        tsne.place(at.map((value, k) => (k === i ? value + by : value)));
        return tsne.cost().divergence;
      };
      expect((moved(h) - moved(-h)) / (2 * h)).toBeCloseTo(gradient[i]!, 5);
    }
  });
});

describe('the sample', () => {
  it('is balanced in every beginning, depends on the dataset alone and repeats no row', () => {
    const dataset = smallDataset(900);
    const rows = balancedRows(dataset, 'test', 60);
    expect([...balancedRows(dataset, 'test', 60)]).toEqual([...rows]);
    expect([...balancedRows(dataset, 'test', 10)]).toEqual([...rows.subarray(0, 10)]);
    expect(new Set(rows).size).toBe(rows.length);
    const count = new Map<number, number>();
    for (const row of rows.subarray(0, 10)) {
      expect(dataset.split[row]).toBe(2);
      count.set(dataset.scenario[row]!, (count.get(dataset.scenario[row]!) ?? 0) + 1);
    }
    expect([...count.values()]).toEqual([2, 2, 2, 2, 2]);
  });

  it('is bounded, whatever the width and the number of scenarios', () => {
    fc.assert(
      fc.property(
        fc.nat(5000),
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 1, max: 1024 }),
        (rows, slots, dim) => {
          const kept = keptRows(rows, slots, dim);
          expect(kept).toBeLessThanOrEqual(rows);
          if (kept > 1) expect(kept * slots).toBeLessThanOrEqual(MAX_POINTS);
          if (kept > 1) expect(kept * slots * dim).toBeLessThanOrEqual(MAX_NUMBERS);
        },
      ),
    );
  });

  it('comes back from its codes within half a step of each unit', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -50, max: 50, noNaN: true }), { minLength: 12, maxLength: 12 }),
        (numbers) => {
          const values = Float32Array.from(numbers);
          const packed = quantise(values, 3);
          const sample = { scenario: Uint16Array.of(2, 0, 1, 1) } as unknown as RepresentationSample;
          const back = pointsOf(sample, { name: 'x', rows: 4, slots: 1, ...packed }, 3);
          expect([...back.group]).toEqual([2, 0, 1, 1]);
          back.values.forEach((value, i) =>
            expect(Math.abs(value - values[i]!)).toBeLessThanOrEqual(0.5 * packed.step[i % 3]! + 1e-5),
          );
        },
      ),
    );
  });
});
