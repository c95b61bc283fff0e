/** Points in a space, each of one group: what projections and measures read. Plain arrays, no tensors. */
export interface Points {
  /** `[count * dim]` */
  readonly values: Float32Array;
  readonly count: number;
  readonly dim: number;
  /** Group of each point, below `groups`. */
  readonly group: Uint16Array;
  readonly groups: number;
  /** Consecutive points that are one row's, one in each group; 1 where every point is a row. */
  readonly slots: number;
}

/** Squared Euclidean distance of two points. */
export function squaredDistance(
  { values, dim }: Pick<Points, 'values' | 'dim'>,
  a: number,
  b: number,
): number {
  let sum = 0;
  for (let k = 0, i = a * dim, j = b * dim; k < dim; k++, i++, j++) {
    const difference = values[i]! - values[j]!;
    sum += difference * difference;
  }
  return sum;
}

/** Mean of each group `[groups * dim]` and the points in each. */
export function groupMeans({ values, count, dim, group, groups }: Points): {
  readonly means: Float64Array;
  readonly sizes: Float64Array;
} {
  const means = new Float64Array(groups * dim);
  const sizes = new Float64Array(groups);
  for (let point = 0; point < count; point++) {
    const of = group[point]!;
    sizes[of]! += 1;
    for (let k = 0; k < dim; k++) means[of * dim + k]! += values[point * dim + k]!;
  }
  for (let of = 0; of < groups; of++) {
    for (let k = 0; k < dim; k++) means[of * dim + k]! /= Math.max(1, sizes[of]!);
  }
  return { means, sizes };
}
