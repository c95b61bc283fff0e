/**
 * One tuning budget for every row of a comparison: as many draws of learning rate, L2 and dropout for each, by seeded random search, judged by
 * validation log loss; only the best draw is looked at on test rows.
 */
import { stream } from '../data/simulate/random';
import { findModel } from '../models/registry';
import type { AnySettings, SettingValue } from '../models/settings';

export const TUNING_DRAWS = 8;

/** Ranges that all models share; rate and L2 by factors. */
const RATE = [3e-4, 1e-2] as const;
const L2 = [1e-7, 1e-3] as const;
const DROPOUTS = [0, 0.1, 0.2, 0.3, 0.4] as const;

export interface TuningDraw {
  /** Over a row's own settings. */
  readonly settings: AnySettings;
  /** Over the study's training; empty for the row as it comes. */
  readonly training: { readonly learningRate?: number; readonly l2?: number };
}

/** Two digits say enough of a number that was drawn. */
const rounded = (value: number): number => Number(value.toPrecision(2));

/**
 * The draws of a row, the same for the same seed: first the row as it comes, then rate, L2 and dropout that are the same for every model, and
 * beside them what the model alone searches (`searched` in its settings: OptMSM's λ, M-scan's α). What a row is about, such as a λ of 0, is
 * never drawn.
 *
 * @param fixed settings that make the row what it is
 * @throws RangeError for an unknown model, or fewer than one draw
 */
export function tuningDraws(
  model: string,
  seed: number,
  fixed: AnySettings = {},
  count: number = TUNING_DRAWS,
): readonly TuningDraw[] {
  if (!Number.isInteger(count) || count < 1)
    throw new RangeError('A tuning budget must be a whole number above 0.');
  const { fields } = findModel(model);
  const draws = stream(seed, 'tuning');
  const between = ([low, high]: readonly [number, number], k: number, what: number): number =>
    rounded(low * (high / low) ** draws.uniform(k, what));
  const own = Object.entries(fields).filter(([name, { searched }]) => searched && !(name in fixed));
  return Array.from({ length: count }, (_, k) => {
    if (k === 0) return { settings: {}, training: {} };
    const settings: Record<string, SettingValue> = {};
    if ('dropout' in fields && !('dropout' in fixed))
      settings.dropout = DROPOUTS[draws.integer(DROPOUTS.length, k, 2)]!;
    own.forEach(([name, { searched }], f) => {
      settings[name] = searched![draws.integer(searched!.length, k, 3 + f)]!;
    });
    return { settings, training: { learningRate: between(RATE, k, 0), l2: between(L2, k, 1) } };
  });
}

/**
 * Which draw is best: the least validation log loss; of equals the first, so that the row as it comes stays where nothing beats it.
 *
 * @param logLosses of the draws on validation rows, in order; null where undefined
 * @returns its place; null where no log loss is defined
 */
export function bestDraw(logLosses: readonly (number | null)[]): number | null {
  let best: number | null = null;
  logLosses.forEach((loss, k) => {
    if (loss !== null && (best === null || loss < logLosses[best]!)) best = k;
  });
  return best;
}
