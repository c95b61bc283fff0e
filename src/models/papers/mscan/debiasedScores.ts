/** Scores under another counterfactual reference c (Eq 12), of rows already scored: for the choice of c and for drawings of it. */

/** Candidates beside 0, evenly over ±1.5 × the mean size of the match score. */
const GRID = 21;
/** Furthest reference, in mean sizes of the match score. */
export const SPAN = 1.5;

/** Debiased scores `gate * (match - c)` of every row. In double precision: within a scenario of constant gate the ranking must not depend on c. */
export function debiasedScores(match: Float32Array, gate: Float32Array, c: number): Float64Array {
  return Float64Array.from(match, (value, row) => gate[row]! * (value - c));
}

/** How far from 0 a reference is looked for; 0 without match scores. */
export function reachOf(match: Float32Array): number {
  let size = 0;
  for (const value of match) size += Math.abs(value);
  const reach = match.length === 0 ? 0 : (SPAN * size) / match.length;
  return reach > 0 ? reach : 0;
}

/** The grid of references to try for match scores of this size, ascending, 0 among them. */
export function referenceGrid(match: Float32Array): number[] {
  const reach = reachOf(match);
  if (reach === 0) return [0];
  const grid = Array.from({ length: GRID }, (_, k) => reach * ((2 * k) / (GRID - 1) - 1));
  // The middle of an odd grid is 0 up to rounding; say it exactly.
  grid[(GRID - 1) / 2] = 0;
  return grid;
}
