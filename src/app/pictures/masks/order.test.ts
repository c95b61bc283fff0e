import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusterOrder, reorder } from './order';

const matrix = (count: number, value: (i: number, j: number) => number) =>
  Float32Array.from({ length: count * count }, (_, cell) => value(Math.floor(cell / count), cell % count));

/** The same clustering, written plainly: of all pairs of clusters the most alike on average are joined, again and again. */
function greedyOrder(similarity: ArrayLike<number>, count: number): number[] {
  let groups = Array.from({ length: count }, (_, i) => [i]);
  const between = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, i) => sum + b.reduce((inner, j) => inner + similarity[i * count + j]!, 0), 0) /
    (a.length * b.length);
  while (groups.length > 1) {
    let [first, second, best] = [0, 1, -Infinity];
    for (let x = 0; x < groups.length; x++)
      for (let y = x + 1; y < groups.length; y++) {
        const link = between(groups[x]!, groups[y]!);
        if (link > best) [first, second, best] = [x, y, link];
      }
    const [a, b] = [groups[first]!, groups[second]!];
    const turned = (run: number[]) => [...run].reverse();
    const joined = [
      [a, b],
      [a, turned(b)],
      [turned(a), b],
      [turned(a), turned(b)],
    ].reduce((most, one) =>
      similarity[one[0]!.at(-1)! * count + one[1]![0]!]! >
      similarity[most[0]!.at(-1)! * count + most[1]![0]!]!
        ? one
        : most,
    );
    groups = [...groups.filter((_, k) => k !== first && k !== second), joined.flat()];
  }
  return groups[0] ?? [];
}

/** An order read from its lower end: the same picture from either side. */
const leaves = (order: readonly number[]) => (order[0]! > order.at(-1)! ? [...order].reverse() : [...order]);

describe('order by clustering', () => {
  it('puts the members of a block side by side', () => {
    // Blocks of even and odd scenarios.
    const order = clusterOrder(
      matrix(6, (i, j) => (i % 2 === j % 2 ? 0.9 : 0.1)),
      6,
    );
    const parity = order.map((s) => s % 2);
    expect([
      [0, 0, 0, 1, 1, 1],
      [1, 1, 1, 0, 0, 0],
    ]).toContainEqual(parity);
  });

  it('is a permutation', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer(), (count, seed) => {
        const value = (i: number, j: number) =>
          Math.abs(Math.sin(seed + Math.min(i, j) * 31 + Math.max(i, j) * 17));
        expect([...clusterOrder(matrix(count, value), count)].sort((a, b) => a - b)).toEqual([
          ...Array(count).keys(),
        ]);
      }),
    );
  });

  it('is the order that the greedy algorithm gives, which looks at every two clusters each time', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 9 }).chain((count) =>
          fc.tuple(
            fc.constant(count),
            // Values of which no two means are alike: in a tie either merge is right. Roots would not do: √8 is twice √2.
            fc.shuffledSubarray(
              Array.from({ length: (count * (count - 1)) / 2 }, (_, k) => Math.abs(Math.sin(k + 1))),
              { minLength: (count * (count - 1)) / 2 },
            ),
          ),
        ),
        ([count, values]) => {
          const similarity = matrix(count, () => 1);
          let next = 0;
          for (let i = 0; i < count; i++)
            for (let j = i + 1; j < count; j++)
              similarity[i * count + j] = similarity[j * count + i] = values[next++]!;
          expect(leaves(clusterOrder(similarity, count))).toEqual(leaves(greedyOrder(similarity, count)));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('ends on ties, and on nothing at all', () => {
    expect(
      clusterOrder(
        matrix(40, () => 1),
        40,
      ),
    ).toHaveLength(40);
    expect(clusterOrder([], 0)).toEqual([]);
    expect(clusterOrder([1], 1)).toEqual([0]);
  });

  it('reads each cell of 355 scenarios a few times, not hundreds of times', () => {
    const count = 355;
    const values = matrix(count, (i, j) => 1 / (1 + Math.abs((i % 19) - (j % 19))) + 1e-6 * (i + j));
    let reads = 0;
    const counted = new Proxy(values, {
      get: (target, key) => {
        if (typeof key === 'string' && /^\d+$/.test(key)) reads++;
        return Reflect.get(target, key, target) as unknown;
      },
    });
    clusterOrder(counted, count);
    expect(reads).toBeLessThan(3 * count * count);
    const began = performance.now();
    clusterOrder(values, count);
    // A few milliseconds on an idle core; the margin is for busy ones.
    expect(performance.now() - began).toBeLessThan(500);
  });
});

it('reorders rows and columns alike', () => {
  expect([...reorder([1, 2, 3, 4], [1, 0])]).toEqual([4, 3, 2, 1]);
});
