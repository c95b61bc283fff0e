/** Choice of the counterfactual reference c (Eq 12) on rows already scored: no forward pass, no retraining. */
import { debiasedScores, referenceGrid } from './debiasedScores';

/**
 * The reference with the best overall AUC; of equals, the one nearest to 0.
 * @param auc overall AUC of scores, null where undefined (then c = 0)
 */
export function bestReference(
  match: Float32Array,
  gate: Float32Array,
  auc: (score: Float32Array) => number | null,
): { readonly c: number; readonly score: Float32Array } {
  let best: { c: number; score: Float32Array; auc: number } | null = null;
  const byDistance = referenceGrid(match).sort((x, y) => Math.abs(x) - Math.abs(y));
  for (const c of byDistance) {
    const score = Float32Array.from(debiasedScores(match, gate, c));
    const value = auc(score);
    if (value !== null && (best === null || value > best.auc)) best = { c, score, auc: value };
  }
  return best ?? { c: 0, score: Float32Array.from(debiasedScores(match, gate, 0)) };
}
