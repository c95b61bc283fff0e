/** Passes of a search's candidates: the same ones for every candidate, whose masks lie in the model's states. On WebGPU they are replayed. */
import * as tf from '@tensorflow/tfjs-core';
import { bceWithProbability, copyInto } from '../../../engine';
import type { HostBatch } from '../../../data/batches';
import type { AreadSettings } from '../../../models/papers/aread/settings';
import type { WritePass } from '../../repeatedPass';
import type { Trainer } from '../../trainer';

export interface CandidatePasses {
  /** Mean loss of the batches scored since `beginScore` `[1]`. */
  readonly total: tf.Tensor1D;
  beginScore(): void;
  /** Adds the mean loss of one of the `evalSteps` batches. */
  score(batch: HostBatch): void;
  /** Mean gates of a batch `[E]`; the caller's. */
  gates(batch: HostBatch): tf.Tensor1D;
  dispose(): void;
}

/** Adds a pass's mean loss, divided by the number of batches, to `total`. */
export function addScore(total: tf.Tensor1D, { evalSteps }: Pick<AreadSettings, 'evalSteps'>): WritePass {
  return (pass, inputs) => {
    const loss = bceWithProbability(pass.scores().probability, inputs.label, inputs.weight);
    copyInto({ target: total, source: tf.add(total, tf.div(loss, evalSteps)) });
  };
}

/** Writes a batch's mean gates into `target`. */
function writeGates(target: tf.Tensor1D): WritePass {
  return (pass, inputs) => {
    const sum = tf.sum(tf.mul(pass.outputs().gates!, inputs.weight), 0);
    copyInto({ target, source: tf.div(sum, tf.maximum(tf.sum(inputs.weight), 1)) });
  };
}

/** @param edges E of the masks */
export function createCandidatePasses(
  trainer: Pick<Trainer, 'repeatedPass'>,
  settings: Pick<AreadSettings, 'evalSteps'>,
  edges: number,
): CandidatePasses {
  const total = tf.keep(tf.zeros<tf.Rank.R1>([1]));
  const means = tf.keep(tf.zeros<tf.Rank.R1>([edges]));
  const scoring = trainer.repeatedPass('batch', addScore(total, settings));
  const gating = trainer.repeatedPass('batch', writeGates(means));
  const copyOf = (source: tf.Tensor1D): tf.Tensor1D => {
    const target = tf.zeros<tf.Rank.R1>(source.shape);
    copyInto({ target, source });
    return target;
  };
  return {
    total,
    beginScore: () => tf.tidy(() => copyInto({ target: total, source: tf.zeros<tf.Rank.R1>([1]) })),
    score: (batch) => scoring.take(batch),
    gates(batch) {
      gating.take(batch);
      return copyOf(means);
    },
    dispose() {
      scoring.dispose();
      gating.dispose();
      tf.dispose([total, means]);
    },
  };
}
