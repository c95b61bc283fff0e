/** Cosines between scenarios' mean representations, and between one row's representations in different scenarios. */
import { groupMeans } from './points';
import type { Points } from './points';

/** Cells are undefined where a group has no points or a vector no length. */
export interface CosineMatrix {
  /** `[groups * groups]` */
  readonly values: Float32Array;
  readonly defined: Uint8Array;
}

function cosinesOf(vectors: Float64Array, sizes: Float64Array, dim: number): CosineMatrix {
  const groups = sizes.length;
  const values = new Float32Array(groups * groups);
  const defined = new Uint8Array(groups * groups);
  const length = new Float64Array(groups);
  for (let a = 0; a < groups; a++) {
    for (let k = 0; k < dim; k++) length[a]! += vectors[a * dim + k]! ** 2;
    length[a] = Math.sqrt(length[a]!);
  }
  for (let a = 0; a < groups; a++) {
    for (let b = a; b < groups; b++) {
      if (sizes[a] === 0 || sizes[b] === 0 || length[a] === 0 || length[b] === 0) continue;
      let dot = 0;
      for (let k = 0; k < dim; k++) dot += vectors[a * dim + k]! * vectors[b * dim + k]!;
      const cosine = Math.max(-1, Math.min(1, dot / (length[a]! * length[b]!)));
      values[a * groups + b] = values[b * groups + a] = cosine;
      defined[a * groups + b] = defined[b * groups + a] = 1;
    }
  }
  return { values, defined };
}

/** Cosine of every two groups' means. `centred`: after the mean over groups is taken off, which most hidden layers share. */
export function meanCosines(points: Points, centred: boolean): CosineMatrix {
  const { dim, groups } = points;
  const { means, sizes } = groupMeans(points);
  if (centred) {
    const filled = sizes.reduce((sum, size) => sum + (size > 0 ? 1 : 0), 0);
    for (let k = 0; k < dim; k++) {
      let middle = 0;
      for (let of = 0; of < groups; of++) if (sizes[of]! > 0) middle += means[of * dim + k]! / filled;
      for (let of = 0; of < groups; of++) means[of * dim + k]! -= middle;
    }
  }
  return cosinesOf(means, sizes, dim);
}

/**
 * Mean over rows of the cosine between a row's vectors in two scenarios (OptMSM, Eq 9); a vector without length counts as
 * cosine 0, as in the constraint. Null where rows have one vector.
 */
export function rowCosines({ values, count, dim, slots }: Points): CosineMatrix | null {
  if (slots === 1 || count === 0) return null;
  const rows = count / slots;
  const sums = new Float64Array(slots * slots);
  const unit = new Float64Array(slots * dim);
  for (let row = 0; row < rows; row++) {
    for (let s = 0; s < slots; s++) {
      const from = (row * slots + s) * dim;
      let length = 0;
      for (let k = 0; k < dim; k++) length += values[from + k]! ** 2;
      const factor = length > 0 ? 1 / Math.sqrt(length) : 0;
      for (let k = 0; k < dim; k++) unit[s * dim + k] = values[from + k]! * factor;
    }
    for (let a = 0; a < slots; a++) {
      for (let b = a; b < slots; b++) {
        let dot = 0;
        for (let k = 0; k < dim; k++) dot += unit[a * dim + k]! * unit[b * dim + k]!;
        sums[a * slots + b]! += dot;
        if (a !== b) sums[b * slots + a]! += dot;
      }
    }
  }
  return {
    values: Float32Array.from(sums, (sum) => sum / rows),
    defined: new Uint8Array(slots * slots).fill(1),
  };
}
