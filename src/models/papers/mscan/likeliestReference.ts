/** Choice of the counterfactual reference c (Eq 12) by log loss, on rows already scored: no grid, no forward pass, no retraining. */
import { debiasedScores, reachOf } from './debiasedScores';

/** Rows with their click label and weight, all `[n]`. */
interface ClickedRows {
  readonly match: Float32Array;
  readonly gate: Float32Array;
  readonly label: Float32Array;
  readonly weight: Float32Array;
}

const MOST_STEPS = 30;
/** Keeps a curvature invertible where a column is constant. */
const RIDGE = 1e-9;
/** Twice the log-likelihood that c may bring by chance in 1 of 20 samples: χ² with one degree of freedom. */
const BY_CHANCE = 3.841;

interface Fit {
  readonly coefficients: readonly number[];
  /** Sum over rows. */
  readonly logLoss: number;
}

/** log(1 + e^z) − y z, without overflow. */
function rowLoss(z: number, y: number): number {
  return Math.max(z, 0) - z * y + Math.log1p(Math.exp(-Math.abs(z)));
}

/** Solves `A x = b`, A symmetric and positive definite `[k, k]`, by Gauss. */
function solved(a: readonly (readonly number[])[], b: readonly number[]): number[] {
  const rows = a.map((row, i) => [...row, b[i]!]);
  const k = b.length;
  for (let i = 0; i < k; i++) {
    const pivot = rows[i]!;
    for (let j = i + 1; j < k; j++) {
      const factor = rows[j]![i]! / pivot[i]!;
      rows[j] = rows[j]!.map((value, d) => value - factor * pivot[d]!);
    }
  }
  const x = new Array<number>(k).fill(0);
  for (let i = k - 1; i >= 0; i--) {
    const rest = x.reduce((sum, value, j) => (j > i ? sum + rows[i]![j]! * value : sum), 0);
    x[i] = (rows[i]![k]! - rest) / rows[i]![i]!;
  }
  return x;
}

/** Logistic regression of the labels on columns `[k][n]`, by Newton's method with halved steps. */
function logistic(columns: readonly Float64Array[], { label, weight }: ClickedRows): Fit {
  const k = columns.length;
  const rows = label.length;
  const valueAt = (coefficients: readonly number[], row: number): number =>
    coefficients.reduce((sum, coefficient, d) => sum + coefficient * columns[d]![row]!, 0);
  const lossOf = (coefficients: readonly number[]): number => {
    let sum = 0;
    for (let row = 0; row < rows; row++)
      sum += weight[row]! * rowLoss(valueAt(coefficients, row), label[row]!);
    return sum;
  };
  let coefficients: readonly number[] = new Array<number>(k).fill(0);
  let logLoss = lossOf(coefficients);
  for (let step = 0; step < MOST_STEPS; step++) {
    const slope = new Array<number>(k).fill(0);
    const curvature = Array.from({ length: k }, (_, i) =>
      slope.map((_zero, j) => (i === j ? RIDGE * rows : 0)),
    );
    for (let row = 0; row < rows; row++) {
      const p = 1 / (1 + Math.exp(-valueAt(coefficients, row)));
      for (let i = 0; i < k; i++) {
        const x = weight[row]! * columns[i]![row]!;
        slope[i]! += x * (p - label[row]!);
        for (let j = 0; j < k; j++) curvature[i]![j]! += x * columns[j]![row]! * p * (1 - p);
      }
    }
    const move = solved(curvature, slope);
    let share = 1;
    let next = coefficients;
    let loss = Infinity;
    while (share > 1e-4 && !(loss <= logLoss)) {
      next = coefficients.map((value, d) => value - share * move[d]!);
      loss = lossOf(next);
      share /= 2;
    }
    if (!(loss < logLoss)) break;
    const gained = logLoss - loss;
    [coefficients, logLoss] = [next, loss];
    if (gained < 1e-9 * rows) break;
  }
  return { coefficients, logLoss };
}

/** Divided by its root mean square; as it is where that is 0. */
function scaled(values: Float64Array): { readonly column: Float64Array; readonly size: number } {
  const size = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length) || 1;
  return { column: values.map((value) => value / size), size };
}

/**
 * The c of `σ(ŷ_s)(ŷ_m − c)` whose click probability has the least log loss, its slope and offset free: clicks are regressed on
 * `gate·match` and `gate`, and c is minus the second coefficient over the first. 0 where c brings no more than chance does (likelihood
 * ratio, 5 %), where the match score tells nothing, or without clicks of both kinds; held within the reach of `referenceGrid`.
 *
 * Clicks judge clicks: where places are prominent, what ranks clicks best need not rank interest best.
 */
export function likeliestReference(rows: ClickedRows): { readonly c: number; readonly score: Float32Array } {
  const { match, gate } = rows;
  const under = (c: number) => ({ c, score: Float32Array.from(debiasedScores(match, gate, c)) });
  const reach = reachOf(match);
  const clicks = rows.label.reduce((sum, y) => sum + y, 0);
  if (reach === 0 || clicks === 0 || clicks === rows.label.length) return under(0);
  const fused = scaled(Float64Array.from(match, (value, row) => value * gate[row]!));
  const direct = scaled(Float64Array.from(gate));
  const one = new Float64Array(match.length).fill(1);
  const plain = logistic([one, fused.column], rows);
  const free = logistic([one, fused.column, direct.column], rows);
  const ofFused = free.coefficients[1]! / fused.size;
  const ofGate = free.coefficients[2]! / direct.size;
  const c = -ofGate / ofFused;
  if (!(ofFused > 0) || !Number.isFinite(c) || 2 * (plain.logLoss - free.logLoss) < BY_CHANCE)
    return under(0);
  return under(Math.min(Math.max(c, -reach), reach));
}
