/** Metrics of predicted probabilities. */

/** Predictions are kept this far from 0 and 1 before the logarithm. */
const LOG_LOSS_CLIP = 1e-7;

/**
 * Weighted mean of `-y log p - (1-y) log(1-p)`, p clipped to [1e-7, 1-1e-7].
 *
 * @returns null without rows (or weight)
 */
export function logLoss(
  probability: ArrayLike<number>,
  label: ArrayLike<number>,
  weight: ArrayLike<number> | null = null,
): number | null {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < probability.length; i++) {
    const w = weight ? weight[i]! : 1;
    const p = Math.min(Math.max(probability[i]!, LOG_LOSS_CLIP), 1 - LOG_LOSS_CLIP);
    sum -= w * (label[i] === 1 ? Math.log(p) : Math.log1p(-p));
    total += w;
  }
  return total > 0 ? sum / total : null;
}

/**
 * Mean prediction divided by click rate: 1 is calibrated, above 1 promises too much.
 *
 * @returns null without a positive row
 */
export function calibration(
  probability: ArrayLike<number>,
  label: ArrayLike<number>,
  weight: ArrayLike<number> | null = null,
): number | null {
  let predicted = 0;
  let clicked = 0;
  for (let i = 0; i < probability.length; i++) {
    const w = weight ? weight[i]! : 1;
    predicted += w * probability[i]!;
    clicked += w * label[i]!;
  }
  return clicked > 0 ? predicted / clicked : null;
}
