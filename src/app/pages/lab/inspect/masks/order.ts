/** Order of scenarios in a similarity matrix, and how two such matrices agree. */
import { midRanks } from '../../../../../training/statistics';

/**
 * Leaf order of average-linkage clustering, so that similar scenarios stand side by side.
 *
 * @param similarity `[N * N]`, symmetric, larger is more alike
 * @returns the scenarios' indices in the order to draw; time O(N³)
 */
export function clusterOrder(similarity: ArrayLike<number>, count: number): number[] {
  let groups = Array.from({ length: count }, (_, i) => [i]);
  const between = (a: readonly number[], b: readonly number[]): number => {
    let sum = 0;
    for (const i of a) for (const j of b) sum += similarity[i * count + j]!;
    return sum / (a.length * b.length);
  };
  let links = groups.map((a, x) => groups.map((b, y) => (x === y ? -Infinity : between(a, b))));
  while (groups.length > 1) {
    let [first, second, best] = [0, 1, -Infinity];
    for (let x = 0; x < groups.length; x++) {
      for (let y = x + 1; y < groups.length; y++) {
        if (links[x]![y]! > best) [first, second, best] = [x, y, links[x]![y]!];
      }
    }
    const [a, b] = [groups[first]!, groups[second]!];
    const joined = joinEnds(a, b, similarity, count);
    const keep = groups.map((_, k) => k).filter((k) => k !== first && k !== second);
    // Average linkage needs no second look at the members: the joined link is the sizes' mean of both.
    const row = keep.map(
      (k) => (a.length * links[first]![k]! + b.length * links[second]![k]!) / (a.length + b.length),
    );
    links = [...keep.map((x, i) => [...keep.map((y) => links[x]![y]!), row[i]!]), [...row, -Infinity]];
    groups = [...keep.map((k) => groups[k]!), joined];
  }
  return groups[0] ?? [];
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

/** The cells above the diagonal, row by row. */
function upper(matrix: ArrayLike<number>, count: number): Float64Array {
  const out: number[] = [];
  for (let i = 0; i < count; i++) for (let j = i + 1; j < count; j++) out.push(matrix[i * count + j]!);
  return Float64Array.from(out);
}

/** Spearman's rank correlation of two symmetric matrices' pairs; null where one of them is constant. */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>, count: number): number | null {
  const x = midRanks(upper(a, count));
  const y = midRanks(upper(b, count));
  const n = x.length;
  if (n < 2) return null;
  const mean = (n + 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    xy += (x[i]! - mean) * (y[i]! - mean);
    xx += (x[i]! - mean) ** 2;
    yy += (y[i]! - mean) ** 2;
  }
  return xx === 0 || yy === 0 ? null : xy / Math.sqrt(xx * yy);
}

/** Rows and columns of a square matrix in another order. */
export function reorder(matrix: ArrayLike<number>, order: readonly number[]): Float32Array {
  const count = order.length;
  const out = new Float32Array(count * count);
  order.forEach((from, i) => order.forEach((to, j) => (out[i * count + j] = matrix[from * count + to]!)));
  return out;
}
