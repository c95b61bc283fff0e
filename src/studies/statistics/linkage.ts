/** Groups in a similarity matrix by average linkage, and how two groupings agree. */

/** Two clusters that average linkage joins: a member of each, and how alike the clusters are. */
export interface Merge {
  readonly a: number;
  readonly b: number;
  readonly link: number;
}

/**
 * The merges of average linkage by nearest-neighbour chain (Murtagh 1983): from any cluster to its nearest, until two are
 * each other's nearest. Average linkage is reducible, so these are the merges of the greedy algorithm in another order.
 */
export function averageLinkage(similarity: ArrayLike<number>, count: number): Merge[] {
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
 * The groups that average linkage leaves when it stops at so many.
 *
 * @param similarity `[N * N]`, symmetric, larger is more alike, finite
 * @param groups from 1 to `count`
 * @returns a group's number for each of them `[N]`
 */
export function clusters(similarity: ArrayLike<number>, count: number, groups: number): Int32Array {
  // Most alike first, as the greedy algorithm joins.
  const merges = averageLinkage(similarity, count).sort((a, b) => b.link - a.link);
  const group = Int32Array.from({ length: count }, (_, i) => i);
  for (const { a, b } of merges.slice(0, count - groups)) {
    const [from, to] = [group[a]!, group[b]!];
    group.forEach((own, i) => own === from && (group[i] = to));
  }
  return group;
}

/** Pairs out of n. */
const pairs = (n: number): number => (n * (n - 1)) / 2;

/** How often each value occurs. */
function sizes<T>(of: Iterable<T>): number[] {
  const counts = new Map<T, number>();
  for (const one of of) counts.set(one, (counts.get(one) ?? 0) + 1);
  return [...counts.values()];
}

/**
 * Adjusted Rand index of two groupings (Hubert and Arabie 1985): 1 where they are the same, 0 on average where one is chance.
 *
 * @param a group of each, `[N]`; `b` alike
 * @returns null where there is nothing to agree on: both put all in one group, or each in its own
 */
export function adjustedRand(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  const sum = (counts: readonly number[]): number => counts.reduce((all, n) => all + pairs(n), 0);
  const both = sum(sizes(Array.from(a, (one, i) => `${one} ${b[i]!}`)));
  const [inA, inB] = [sum(sizes(Array.from(a))), sum(sizes(Array.from(b)))];
  const expected = (inA * inB) / pairs(a.length);
  const most = (inA + inB) / 2;
  return a.length < 2 || most === expected ? null : (both - expected) / (most - expected);
}
