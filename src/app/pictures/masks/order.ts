/** Order of scenarios in a similarity matrix. */
import { averageLinkage } from '../../../studies/statistics';

/**
 * Leaf order of average-linkage clustering, so that similar scenarios stand side by side.
 *
 * @param similarity `[N * N]`, symmetric, larger is more alike, finite
 * @returns the scenarios' indices in the order to draw; time O(N²)
 */
export function clusterOrder(similarity: ArrayLike<number>, count: number): number[] {
  // Most alike first, as the greedy algorithm joins: each group's run of leaves grows from its two parts' runs.
  const merges = averageLinkage(similarity, count).sort((a, b) => b.link - a.link);
  const parent = Int32Array.from({ length: count }, (_, i) => i);
  const root = (of: number): number => {
    let at = of;
    while (parent[at] !== at) at = parent[at] = parent[parent[at]!]!;
    return at;
  };
  const born = Array.from({ length: count }, (_, i) => i);
  const runs: number[][] = born.map((i) => [i]);
  merges.forEach(({ a, b }, k) => {
    const [x, y] = [root(a), root(b)];
    const [older, newer] = born[x]! < born[y]! ? [x, y] : [y, x];
    runs[older] = joinEnds(runs[older]!, runs[newer]!, similarity, count);
    runs[newer] = [];
    parent[newer] = older;
    born[older] = count + k;
  });
  return count === 0 ? [] : runs[root(0)]!;
}

/** Puts two runs end to end so that the two scenarios that meet are as alike as can be. */
function joinEnds(a: number[], b: number[], similarity: ArrayLike<number>, count: number): number[] {
  const flipped = (run: number[]) => [...run].reverse();
  const choices = [
    [a, b],
    [a, flipped(b)],
    [flipped(a), b],
    [flipped(a), flipped(b)],
  ] as const;
  let best: readonly [number[], number[]] = choices[0];
  let most = -Infinity;
  for (const choice of choices) {
    const value = similarity[choice[0].at(-1)! * count + choice[1][0]!]!;
    if (value > most) [best, most] = [choice, value];
  }
  return [...best[0], ...best[1]];
}

/** Rows and columns of a square matrix in another order. */
export function reorder(matrix: ArrayLike<number>, order: readonly number[]): Float32Array {
  const count = order.length;
  const out = new Float32Array(count * count);
  order.forEach((from, i) => order.forEach((to, j) => (out[i * count + j] = matrix[from * count + to]!)));
  return out;
}
