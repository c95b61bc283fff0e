import { LATER_KNOBS, type Knobs } from '../knobs';
import type { TwinScenario } from '../spec';

/** The usual world; a twin says only what it turns. */
export const USUAL: Knobs = {
  interestShift: 0.8,
  treeShare: 0.6,
  opposition: 0.3,
  ...LATER_KNOBS,
  matchStrength: 0.5,
  itemQuality: 0.8,
  directEffect: 0.4,
  positionBias: 0.4,
  conformity: 0.25,
  intervention: 0,
  policyMatch: 0.5,
  policyPopularity: 0.8,
  slotPolicy: 0.4,
  popularitySkew: 0.9,
  itemOverlap: 1,
  localPopularity: 0.3,
  userSkew: 0.7,
  userOverlap: 1,
  profileNoise: 0.1,
  attributeNoise: 0.1,
  history: 1,
};

/** Weighted mean of click rates. */
function overall(scenarios: readonly TwinScenario[]): number {
  return scenarios.reduce((sum, s) => sum + s.share * s.clickRate, 0);
}

/** Scales all click rates so that their traffic-weighted mean is the published overall rate. */
export function withOverallRate(scenarios: readonly TwinScenario[], rate: number): TwinScenario[] {
  const factor = rate / overall(scenarios);
  return scenarios.map((s) => ({ ...s, clickRate: s.clickRate * factor }));
}

/** A fixed up and down between −1 and 1 for chosen (not published) numbers: spread without chance. */
export function wobble(k: number): number {
  return ((k * 7 + 3) % 11) / 5 - 1;
}

/** Traffic-weighted mean of one published number a scenario. */
export function byTraffic(scenarios: readonly TwinScenario[], values: readonly number[]): number {
  return scenarios.reduce((sum, s, k) => sum + s.share * values[k]!, 0);
}
