/** One candidate mask: trained and pruned for a few quick steps, then scored (Algorithm 1, lines 7–13). */
import * as tf from '@tensorflow/tfjs-core';
import { maskDensity } from '../../../models/papers/aread/maskReading';
import type { MaskLayout } from '../../../models/papers/aread/masks';
import type { AreadSettings } from '../../../models/papers/aread/settings';
import type { Trainer, WeightsCopy } from '../../trainer';
import type { CandidatePasses } from './candidatePasses';
import { writeScenarioMask } from './deviceMasks';
import type { DeviceMasks } from './deviceMasks';
import { zero } from './states';
import type { States } from './states';

/** What all candidates of a search share on the device. */
export interface SearchTensors {
  /** Θ⁽⁰⁾ */
  readonly initial: WeightsCopy;
  readonly pruning: Pick<DeviceMasks, 'prune'>;
  readonly states: States;
  readonly passes: CandidatePasses;
}

export interface Candidate {
  readonly scenario: number;
  readonly start: Uint8Array;
  readonly scale: Float32Array;
  readonly trialNumber: (step: number) => number;
  readonly trainBatch: (step: number) => ReturnType<Trainer['readBatch']>;
  readonly scoreBatch: (index: number) => ReturnType<Trainer['readBatch']>;
}

export interface CandidateContext {
  readonly trainer: Pick<Trainer, 'dataset' | 'trialSteps'>;
  readonly settings: AreadSettings;
  readonly layout: MaskLayout;
}

/** Yields after every batch; the result is one tensor: mask, densities, score `[E + k + 2]`. */
export function* tryCandidate(
  { trainer, settings, layout }: CandidateContext,
  { initial, pruning, states, passes }: SearchTensors,
  candidate: Candidate,
): Generator<void, tf.Tensor1D, void> {
  const { edges } = layout;
  const scenarios = trainer.dataset.scenarios.length;
  const owned: tf.Tensor[] = [];
  const owning = <T extends tf.Tensor>(tensor: T): T => {
    owned.push(tensor);
    return tensor;
  };
  const row = owning(
    tf.tensor3d(
      Float32Array.from({ length: scenarios }, (_, d) => (d === candidate.scenario ? 1 : 0)),
      [scenarios, 1, 1],
    ),
  );
  const scale = owning(tf.tensor1d(candidate.scale));
  try {
    initial.restore();
    trainer.trialSteps.reset();
    let mask = owning(tf.tensor1d(Float32Array.from(candidate.start)));
    const densities: tf.Tensor1D[] = [owning(tf.tensor1d([maskDensity(candidate.start)]))];
    for (let k = 0; k < settings.trialSteps; k++) {
      writeScenarioMask(states.masks, layout, row, mask);
      const gates = owning(trialGates(trainer, settings, states, passes, candidate, k));
      const values = owning(tf.tidy(() => tf.mul<tf.Tensor1D>(gates, scale)));
      mask = owning(pruning.prune(mask, values));
      densities.push(owning(tf.tidy(() => tf.reshape<tf.Rank.R1>(tf.mean(mask), [1]))));
      yield;
    }
    writeScenarioMask(states.masks, layout, row, mask);
    passes.beginScore();
    for (let b = 0; b < settings.evalSteps; b++) {
      passes.score(candidate.scoreBatch(b));
      yield;
    }
    return tf.tidy(() =>
      tf.reshape(tf.concat([mask, ...densities, passes.total]), [edges + densities.length + 1]),
    );
  } finally {
    tf.dispose(owned);
  }
}

/** Mean gates of one training batch of the scenario `[E]`, after a trial step on it (none where the search is frozen). */
function trialGates(
  trainer: CandidateContext['trainer'],
  settings: AreadSettings,
  states: States,
  passes: CandidatePasses,
  candidate: Candidate,
  step: number,
): tf.Tensor1D {
  const batch = candidate.trainBatch(step);
  if (settings.search === 'frozen') {
    return passes.gates(batch);
  }
  zero(states.gateSum);
  zero(states.gateCount);
  trainer.trialSteps.train(batch, settings.lrUpdate, candidate.trialNumber(step));
  return tf.tidy(() => {
    const sum = tf.slice(states.gateSum.tensor as tf.Tensor2D, [candidate.scenario, 0], [1, -1]);
    const count = tf.slice(states.gateCount.tensor as tf.Tensor2D, [candidate.scenario, 0], [1, 1]);
    return tf.reshape<tf.Rank.R1>(tf.div(sum, tf.maximum(count, 1)), [-1]);
  });
}
