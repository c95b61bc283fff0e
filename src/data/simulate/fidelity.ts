import { SPLIT, type Dataset } from '../dataset';
import { settingsSchema } from './settings';

/** How near a simulated dataset comes to what is published of its model. */
export interface Fidelity {
  /** Largest difference between a scenario's share of training rows and the published one, in points (0.01). */
  readonly shareError: number;
  /** Largest relative difference between a scenario's click rate over all its rows and the published one. */
  readonly clickRateError: number;
  /** Traffic-weighted mean over scenarios of the noise-free AUC of the true probability, on test rows. */
  readonly ceiling: number;
  /** Ceiling minus the best published AUC; null where none is published. */
  readonly headroom: number | null;
}

/**
 * Expected AUC of a score over label noise: every row is a positive with weight p and a negative with weight 1−p; ties half.
 * O(n log n). Null where all weight is on one side.
 */
export function noiseFreeAuc(score: Float32Array, probability: Float32Array): number | null {
  const order = Uint32Array.from(score, (_, row) => row).sort((a, b) => score[a]! - score[b]!);
  let negatives = 0;
  let positives = 0;
  let won = 0;
  for (let k = 0; k < order.length;) {
    let tiedPositive = 0;
    let tiedNegative = 0;
    const value = score[order[k]!]!;
    for (; k < order.length && score[order[k]!]! === value; k++) {
      const p = probability[order[k]!]!;
      tiedPositive += p;
      tiedNegative += 1 - p;
    }
    won += tiedPositive * (negatives + tiedNegative / 2);
    positives += tiedPositive;
    negatives += tiedNegative;
  }
  return positives > 0 && negatives > 0 ? won / (positives * negatives) : null;
}

/** @throws RangeError where the dataset is not simulated. */
export function fidelityOf(dataset: Dataset): Fidelity {
  if (dataset.source.kind !== 'simulated' || !dataset.truth) {
    throw new RangeError(
      'Only a simulated dataset has published statistics to be measured against; choose one.',
    );
  }
  const { twin } = settingsSchema.parse(dataset.source.settings);
  const n = twin.scenarios.length;
  const train = new Float64Array(n);
  const rows = new Float64Array(n);
  const clicks = new Float64Array(n);
  const test: number[][] = Array.from({ length: n }, () => []);
  let trainRows = 0;
  for (let row = 0; row < dataset.rows; row++) {
    const s = dataset.scenario[row]!;
    rows[s]!++;
    clicks[s]! += dataset.label[row]!;
    if (dataset.split[row] === SPLIT.train) {
      train[s]!++;
      trainRows++;
    } else if (dataset.split[row] === SPLIT.test) test[s]!.push(row);
  }
  let shareError = 0;
  let clickRateError = 0;
  let ceiling = 0;
  twin.scenarios.forEach((scenario, s) => {
    shareError = Math.max(shareError, 100 * Math.abs(train[s]! / trainRows - scenario.share));
    clickRateError = Math.max(clickRateError, Math.abs(clicks[s]! / rows[s]! / scenario.clickRate - 1));
    const probability = Float32Array.from(test[s]!, (row) => dataset.truth!.probability[row]!);
    ceiling += scenario.share * (noiseFreeAuc(probability, probability) ?? 0.5);
  });
  const headroom = twin.published && ceiling - twin.published.best;
  return { shareError, clickRateError, ceiling, headroom };
}
