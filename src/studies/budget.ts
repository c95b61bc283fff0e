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

export type StudyTraining = Omit<typeof worldTraining, 'steps'> & { readonly steps: number };

/** Steps of studies that have a plan of their own: AREAD's, for whose mask searches 300 leave no room (docs/evidence/aread.md). */
const OWN_STEPS: Readonly<Record<string, number>> = { aread: 600 };

/** Training of a study: the same for every model that stands in it. */
export function studyTraining(study: string): StudyTraining {
  return { ...worldTraining, steps: OWN_STEPS[study] ?? worldTraining.steps };
}

/** AREAD's schedule in a run of so many steps: seven searches, the first after a tenth of it, the last, which reaches S, after six tenths. */
function searchesWithin(steps: number): AnySettings {
  return { warmup: steps / 10, maskInterval: steps / 12, numSearches: 7 };
}

/** Settings beside those of the preset `comparable`: half of its widths, and a schedule that fits the steps. */
export function worldSettings(model: string, steps: number = worldTraining.steps): AnySettings {
  const halved = halfWidths(findModel(model).fields);
  if (model === 'aread') return { ...halved, ...searchesWithin(steps) };
  // Every scenario's expert votes, as printed: what runs from before there was a choice have, so that they are found again.
  return model === 'causalint' ? { ...halved, peers: 0 } : halved;
}
