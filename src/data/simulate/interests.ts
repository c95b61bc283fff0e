import { stream } from './random';
import { INTERESTS, type Twin } from './spec';
import type { Knobs } from './knobs';

/**
 * Interest weights w_s `[N * K]`, each of length √K:
 * w_s ∝ side_s ⊙ (1 + shift·(√tree·g_group(s) + √(1−tree)·o_s)), where side_s is −1 in the first 3/4 of the dimensions for
 * scenarios on the opposed side and 1 elsewhere. Without shift all w_s are 1: `opposition` has nothing to act on then.
 */
export function scenarioWeights(seed: number, twin: Twin, knobs: Knobs): Float64Array {
  const draws = stream(seed, 'scenario interests');
  const n = twin.scenarios.length;
  const groups = [...new Set(twin.scenarios.map((s) => s.group))];
  const opposed = opposedScenarios(twin, knobs);
  const weights = new Float64Array(n * INTERESTS);
  const shared = Math.sqrt(knobs.treeShare);
  const own = Math.sqrt(1 - knobs.treeShare);
  for (let s = 0; s < n; s++) {
    const group = groups.indexOf(twin.scenarios[s]!.group);
    let square = 0;
    for (let k = 0; k < INTERESTS; k++) {
      const shift = shared * draws.normal(group, k) + own * draws.normal(1_000_000 + s, k);
      const side = opposed[s] && k < (INTERESTS * 3) / 4 ? -1 : 1;
      const w = side * (1 + knobs.interestShift * 0.5 * shift);
      weights[s * INTERESTS + k] = w;
      square += w * w;
    }
    const scale = Math.sqrt(INTERESTS / square);
    for (let k = 0; k < INTERESTS; k++) weights[s * INTERESTS + k]! *= scale;
  }
  return weights;
}

/** Which scenarios stand on the opposed side: whole groups first, in the twin's order, up to the knob's share. */
function opposedScenarios(twin: Twin, knobs: Knobs): boolean[] {
  const n = twin.scenarios.length;
  const wanted = knobs.interestShift > 0 ? Math.round(knobs.opposition * n) : 0;
  const rank = (s: number) => {
    const place = twin.opposedGroups.indexOf(twin.scenarios[s]!.group);
    return place < 0 ? twin.opposedGroups.length : place;
  };
  const order = Array.from({ length: n }, (_, s) => s).sort((a, b) => rank(a) - rank(b) || b - a);
  const opposed = new Array<boolean>(n).fill(false);
  for (const s of order.slice(0, wanted)) opposed[s] = true;
  return opposed;
}

/**
 * True relatedness `[N * N]`: the cosine of w_s and w_t, times the share of interests that the two have in common.
 *
 * @param conflict share of a person's interests that is of a scenario's own
 */
export function relatednessOf(weights: Float64Array, conflict = 0): Float32Array {
  const n = weights.length / INTERESTS;
  const cosines = new Float32Array(n * n);
  for (let s = 0; s < n; s++) {
    for (let t = 0; t < n; t++) {
      let sum = 0;
      for (let k = 0; k < INTERESTS; k++) sum += weights[s * INTERESTS + k]! * weights[t * INTERESTS + k]!;
      // All weight vectors have length √K.
      cosines[s * n + t] = s === t ? 1 : ((1 - conflict) * sum) / INTERESTS;
    }
  }
  return cosines;
}
