/** Principal components, exactly: the eigenvectors of the covariance, or of the Gram matrix where points are fewer than units. */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Points } from './points';

export interface Components {
  /** Coordinates on the first `axes` components `[count * axes]`. */
  readonly scores: Float32Array;
  readonly axes: number;
  /** Share of the variance on every component, largest first; null where the points do not vary. */
  readonly shares: readonly number[] | null;
  /** Mean squared distance from the mean (sum of variances, n − 1). */
  readonly variance: number;
}

/** Variance below this share of the points' squared length is rounding. */
const NOTHING = 1e-12;

/**
 * The first `axes` principal components. A component's sign makes its largest loading positive, so the same points give
 * the same projection on every machine.
 */
export function principalComponents(
  { values, count, dim }: Pick<Points, 'values' | 'count' | 'dim'>,
  axes = 2,
): Components {
  const none: Components = { scores: new Float32Array(count * axes), axes, shares: null, variance: 0 };
  if (count < 2 || dim === 0) return none;
  const mean = new Float64Array(dim);
  let length = 0;
  for (let i = 0; i < count * dim; i++) {
    mean[i % dim]! += values[i]! / count;
    length += values[i]! ** 2;
  }
  const centred = new Float64Array(count * dim);
  let total = 0;
  for (let i = 0; i < count * dim; i++) {
    const value = values[i]! - mean[i % dim]!;
    centred[i] = value;
    total += value * value;
  }
  if (!(total > NOTHING * length)) return none;
  const byUnit = dim <= count;
  const size = byUnit ? dim : count;
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(
    byUnit ? products(centred, count, dim) : gram(centred, count, dim),
    { assumeSymmetric: true },
  );
  // Eigenvalues come in ascending order.
  const order = Array.from({ length: size }, (_, k) => k).sort(
    (a, b) => realEigenvalues[b]! - realEigenvalues[a]!,
  );
  const scores = new Float32Array(count * axes);
  for (let axis = 0; axis < Math.min(axes, size); axis++) {
    const column = order[axis]!;
    const vector = Float64Array.from({ length: size }, (_, k) => eigenvectorMatrix.get(k, column));
    const loading = byUnit ? vector : loadings(centred, vector, count, dim);
    let largest = 0;
    for (const value of loading) if (Math.abs(value) > Math.abs(largest) * (1 + 1e-9)) largest = value;
    const sign = largest < 0 ? -1 : 1;
    const stretch = Math.sqrt(Math.max(0, realEigenvalues[column]!));
    for (let point = 0; point < count; point++) {
      let at = 0;
      if (byUnit) for (let k = 0; k < dim; k++) at += centred[point * dim + k]! * vector[k]!;
      else at = vector[point]! * stretch;
      scores[point * axes + axis] = sign * at;
    }
  }
  return {
    scores,
    axes,
    shares: order.map((k) => Math.max(0, realEigenvalues[k]!) / total),
    variance: total / (count - 1),
  };
}

/** Xᵀ X `[dim, dim]`. */
function products(x: Float64Array, count: number, dim: number): Matrix {
  const sums = new Float64Array(dim * dim);
  for (let point = 0; point < count; point++) {
    const from = point * dim;
    for (let a = 0; a < dim; a++) {
      const value = x[from + a]!;
      if (value === 0) continue;
      for (let b = a; b < dim; b++) sums[a * dim + b]! += value * x[from + b]!;
    }
  }
  return symmetric(sums, dim);
}

/** X Xᵀ `[count, count]`. */
function gram(x: Float64Array, count: number, dim: number): Matrix {
  const sums = new Float64Array(count * count);
  for (let a = 0; a < count; a++) {
    for (let b = a; b < count; b++) {
      let dot = 0;
      for (let k = 0; k < dim; k++) dot += x[a * dim + k]! * x[b * dim + k]!;
      sums[a * count + b] = dot;
    }
  }
  return symmetric(sums, count);
}

function symmetric(upper: Float64Array, size: number): Matrix {
  const matrix = new Matrix(size, size);
  for (let a = 0; a < size; a++) {
    for (let b = a; b < size; b++) {
      matrix.set(a, b, upper[a * size + b]!);
      matrix.set(b, a, upper[a * size + b]!);
    }
  }
  return matrix;
}

/** Xᵀ u: the component's direction among the units, unscaled. */
function loadings(x: Float64Array, u: Float64Array, count: number, dim: number): Float64Array {
  const out = new Float64Array(dim);
  for (let point = 0; point < count; point++) {
    for (let k = 0; k < dim; k++) out[k]! += u[point]! * x[point * dim + k]!;
  }
  return out;
}
