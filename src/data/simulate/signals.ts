/** Context fields that are drawn for a row alone: some count in one scenario only, others in all alike. */
import { stream, type Stream } from './random';
import type { Twin } from './spec';

/** Values of a signal. */
export const SIGNAL_LEVELS = 8;
/** Standard deviation of the logit that one signal adds where it counts. */
const STRENGTH = 0.7;

/** Signals `0 … specific−1` count in one scenario each, in turn; the next `common` ones in all. */
export interface Signals {
  readonly specific: number;
  readonly common: number;
  /** Logit of every value `[specific + common, SIGNAL_LEVELS]`; each signal's values have mean 0 and one spread. */
  readonly effects: Float64Array;
  readonly draws: Stream;
}

/** Null for worlds without signals. */
export function makeSignals(seed: number, { signals }: Twin): Signals | null {
  if (!signals) return null;
  const { specific, common } = signals;
  const values = stream(seed, 'signal effects');
  const effects = new Float64Array((specific + common) * SIGNAL_LEVELS);
  for (let f = 0; f < specific + common; f++) {
    const own = Array.from({ length: SIGNAL_LEVELS }, (_, level) => values.normal(f, level));
    const mean = own.reduce((sum, x) => sum + x, 0) / SIGNAL_LEVELS;
    const variance = own.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / SIGNAL_LEVELS;
    own.forEach((x, level) => {
      effects[f * SIGNAL_LEVELS + level] = (STRENGTH * (x - mean)) / Math.sqrt(variance);
    });
  }
  return { specific, common, effects, draws: stream(seed, 'signals') };
}

/** Value of signal `f` in a row, from 0. */
export function signalLevel({ draws }: Signals, row: number, f: number): number {
  return draws.integer(SIGNAL_LEVELS, row, f);
}

/** Whether signal `f` counts in a scenario. */
export function signalCounts({ specific }: Signals, f: number, scenario: number): boolean {
  return f >= specific || scenario % specific === f;
}

/**
 * Logit that a row's signals add in a scenario.
 *
 * @param weight of signals that count in one scenario only, 0…1
 * @param level value of each signal, from 0
 */
export function signalLogit(
  signals: Signals,
  weight: number,
  scenario: number,
  level: (f: number) => number,
): number {
  let sum = 0;
  for (let f = 0; f < signals.specific + signals.common; f++) {
    if (!signalCounts(signals, f, scenario)) continue;
    const effect = signals.effects[f * SIGNAL_LEVELS + level(f)]!;
    sum += f < signals.specific ? weight * effect : effect;
  }
  return sum;
}
