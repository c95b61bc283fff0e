import * as tf from '@tensorflow/tfjs-core';
import { dropoutMask } from './kernels/dropoutMask';
import type { Mode, StateTensor } from './types';

/** A mode that the step runner can finish: it holds the states recorded during the forward pass. */
export interface StepMode extends Mode {
  /** Recorded states and their values (kept); the runner assigns and frees them. */
  takeRecorded(): readonly { readonly state: StateTensor; readonly value: tf.Tensor }[];
}

/**
 * The mode of one forward pass.
 *
 * @param step counter of the dropout stream: same seed and step, same masks, on every backend, to the bit.
 */
export function createMode(kind: 'train' | 'evaluate', seed: number, step: number): StepMode {
  let call = 0;
  let recorded: { state: StateTensor; value: tf.Tensor }[] = [];
  return {
    kind,
    dropoutMask: (shape, rate) =>
      kind === 'evaluate' || rate === 0 ? tf.ones([...shape]) : dropoutMask(shape, rate, seed, step, call++),
    recordState: (state, value) => {
      if (kind === 'train') recorded.push({ state, value: tf.keep(tf.clone(value)) });
    },
    takeRecorded: () => {
      const taken = recorded;
      recorded = [];
      return taken;
    },
  };
}
