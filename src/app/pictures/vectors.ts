/** What rows of a probe say of each other: cosines and principal components. Plain arrays in and out. */
import type { ProbeValue } from '../../training/events';

/** Cosine of every two rows of a `[N, units]` probe; undefined where a row is zero or undefined. */
export function rowCosines(value: ProbeValue): {
  readonly values: Float32Array;
  readonly defined: Uint8Array;
} {
  const [n, units] = [value.shape[0] ?? 0, value.shape[1] ?? 0];
  const values = new Float32Array(n * n);
  const defined = new Uint8Array(n * n);
  const length = new Float64Array(n);
  const whole = new Uint8Array(n).fill(1);
  for (let a = 0; a < n; a++) {
    for (let k = 0; k < units; k++) {
      if (value.defined[a * units + k] !== 1) whole[a] = 0;
      length[a] = length[a]! + value.values[a * units + k]! ** 2;
    }
    length[a] = Math.sqrt(length[a]!);
  }
  for (let a = 0; a < n; a++) {
    for (let b = a; b < n; b++) {
      if (!whole[a] || !whole[b] || length[a] === 0 || length[b] === 0) continue;
      let dot = 0;
      for (let k = 0; k < units; k++) dot += value.values[a * units + k]! * value.values[b * units + k]!;
      const cosine = Math.max(-1, Math.min(1, dot / (length[a]! * length[b]!)));
      for (const index of [a * n + b, b * n + a]) {
        values[index] = cosine;
        defined[index] = 1;
      }
    }
  }
  return { values, defined };
}

/**
 * The first two principal components of rows `[n, dim]`, by power iteration.
 *
 * @returns coordinates `[n * 2]` and the share of variance of each component
 */
export function principalComponents(
  rows: Float32Array,
  n: number,
  dim: number,
): { readonly points: Float32Array; readonly share: readonly [number, number] } {
  const centred = Float64Array.from(rows);
  for (let k = 0; k < dim; k++) {
    let mean = 0;
    for (let r = 0; r < n; r++) mean += centred[r * dim + k]! / n;
    for (let r = 0; r < n; r++) centred[r * dim + k] = centred[r * dim + k]! - mean;
  }
  // Rows' products or units' products have the same eigenvalues; the smaller matrix is the quicker.
  const byUnits = dim < n;
  const size = byUnits ? dim : n;
  const product = new Float64Array(size * size);
  const [length, step, stride] = byUnits ? [n, dim, 1] : [dim, 1, dim];
  let trace = 0;
  for (let a = 0; a < size; a++) {
    for (let b = a; b < size; b++) {
      let dot = 0;
      for (let k = 0; k < length; k++)
        dot += centred[a * stride + k * step]! * centred[b * stride + k * step]!;
      product[a * size + b] = product[b * size + a] = dot;
      if (a === b) trace += dot;
    }
  }
  const points = new Float32Array(n * 2);
  const share: [number, number] = [0, 0];
  for (const axis of [0, 1] as const) {
    let vector = Float64Array.from({ length: size }, (_, k) => Math.sin(1 + k * (axis + 1.7)));
    let eigen = 0;
    for (let turn = 0; turn < 300; turn++) {
      const next = new Float64Array(size);
      for (let a = 0; a < size; a++)
        for (let b = 0; b < size; b++) next[a] = next[a]! + product[a * size + b]! * vector[b]!;
      const norm = Math.sqrt(next.reduce((sum, x) => sum + x * x, 0));
      if (norm < 1e-12) {
        eigen = 0;
        break;
      }
      eigen = norm;
      const turned = next.map((x) => x / norm);
      const moved = turned.reduce((most, x, k) => Math.max(most, Math.abs(x - vector[k]!)), 0);
      vector = turned;
      if (moved < 1e-10) break;
    }
    for (let a = 0; a < n; a++) {
      let at = 0;
      if (byUnits) for (let k = 0; k < dim; k++) at += centred[a * dim + k]! * vector[k]!;
      else at = vector[a]! * Math.sqrt(eigen);
      points[a * 2 + axis] = eigen === 0 ? 0 : at;
    }
    share[axis] = trace > 0 ? eigen / trace : 0;
    // What is found is taken out, so that the next component is orthogonal to it.
    for (let a = 0; a < size; a++)
      for (let b = 0; b < size; b++)
        product[a * size + b] = product[a * size + b]! - eigen * vector[a]! * vector[b]!;
  }
  return { points, share };
}
