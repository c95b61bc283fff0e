/** What a run in a cause world may use: the same for every model, small enough for some ten seconds of one core. */
import { halfWidths } from '../models/comparable';
import { findModel } from '../models/registry';
import type { AnySettings } from '../models/settings';

/** Batches of 512 over the 40,000 training rows of a small world: four passes. Log loss on validation rows chooses the weights. */
export const worldTraining = {
  steps: 300,
  batch: 512,
  learningRate: 0.005,
  l2: 1e-5,
  evaluateEvery: 30,
  stopMetric: 'logLoss',
  patience: 10,
} as const;

/** Settings beside those of the preset `comparable`: half of its widths. */
export function worldSettings(model: string): AnySettings {
  return halfWidths(findModel(model).fields);
}
