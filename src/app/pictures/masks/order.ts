/** Order of scenarios in a similarity matrix, and how two such matrices agree. */
import { midRanks } from '../../../studies/statistics';

/** Two clusters that average linkage joins: a member of each, and how alike the clusters are. */
interface Merge {
  readonly a: number;
  readonly b: number;
  readonly link: number;
}

/**
 * The merges of average linkage by nearest-neighbour chain (Murtagh 1983): from any cluster to its nearest, until two are
 * each other's nearest. Average linkage is reducible, so these are the merges of the greedy algorithm in another order.
 */
function averageLinkage(similarity: ArrayLike<number>, count: number): Merge[] {
  const links = Float64Array.from({ length: count * count }, (_, cell) => similarity[cell]!);
  const size = new Float64Array(count).fill(1);
  /** Clusters that are left, each standing at the place of one of its members. */
  const left = Int32Array.from({ length: count }, (_, i) => i);
  let living = count;
  const merges: Merge[] = [];
  const chain: number[] = [];
  while (merges.length < count - 1) {
    if (chain.length === 0) chain.push(left[0]!);
    for (;;) {
      const tip = chain.at(-1)!;
      // In a tie the one before the tip wins, or the chain could go round for ever.
      let nearest = chain.at(-2) ?? -1;
      let most = nearest < 0 ? -Infinity : links[tip * count + nearest]!;
      for (let k = 0; k < living; k++) {
        const other = left[k]!;
        if (other === tip) continue;
        const link = links[tip * count + other]!;
        if (link > most) [nearest, most] = [other, link];
      }
      if (nearest !== chain.at(-2)) {
        chain.push(nearest);
        continue;
      }
      chain.length -= 2;
      merges.push({ a: tip, b: nearest, link: most });
      const [sizeA, sizeB] = [size[tip]!, size[nearest]!];
      size[nearest] = sizeA + sizeB;
      left.copyWithin(left.indexOf(tip), left.indexOf(tip) + 1, living);
      living--;
      for (let k = 0; k < living; k++) {
        const other = left[k]!;
        if (other === nearest) continue;
        const joined =
          (sizeA * links[tip * count + other]! + sizeB * links[nearest * count + other]!) / (sizeA + sizeB);
        links[nearest * count + other] = links[other * count + nearest] = joined;
      }
      break;
    }
  }
  return merges;
}

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

/** The cells above the diagonal, row by row. */
function upper(matrix: ArrayLike<number>, count: number): Float64Array {
  const out = new Float64Array((count * (count - 1)) / 2);
  let next = 0;
  for (let i = 0; i < count; i++) for (let j = i + 1; j < count; j++) out[next++] = matrix[i * count + j]!;
  return out;
}

const ranked = new WeakMap<object, Float64Array>();

/** Ranks of a matrix's pairs, once a matrix: the truth stays while masks change. */
export function pairRanks(matrix: ArrayLike<number>, count: number): Float64Array {
  let ranks = ranked.get(matrix);
  if (!ranks) ranked.set(matrix, (ranks = midRanks(upper(matrix, count))));
  return ranks;
}

/**
 * Spearman's rank correlation of two symmetric matrices' pairs; null where one of them is constant.
 *
 * @param a `[N * N]`, not changed afterwards: its ranks are kept; `b` alike
 */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>, count: number): number | null {
  const x = pairRanks(a, count);
  const y = pairRanks(b, count);
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
