import * as tf from '@tensorflow/tfjs-core';
import { dropoutMask } from './ops/dropout/mask';
import type { Mode, StateUpdate, StateTensor } from './types';

/** A state's next value: `decay * state + scale * value`. */
export interface RecordedState extends StateUpdate {
  readonly state: StateTensor;
  readonly value: tf.Tensor;
}

/** A mode that the step runner can finish: it holds the states recorded during the forward pass. */
export interface StepMode extends Mode {
  /** Which step's dropout masks it draws. */
  readonly step: number;
  /** Recorded states and their values (kept); the runner writes and frees them. */
  drainRecorded(): readonly RecordedState[];
}

/** The next value is the value given. */
const REPLACE: StateUpdate = { decay: 0, scale: 1 };

/**
 * The mode of one forward pass.
 *
 * @param step counter of the dropout stream: same seed and step, same masks, on every backend, to the bit.
 */
export function createMode(kind: 'train' | 'evaluate', seed: number, step: number): StepMode {
  let call = 0;
  let recorded: RecordedState[] = [];
  return {
    kind,
    step,
    dropoutMask: (shape, rate) =>
      kind === 'evaluate' || rate === 0 ? tf.ones([...shape]) : dropoutMask(shape, rate, seed, step, call++),
    recordState: (state, value, blend = REPLACE) => {
      if (value.size !== state.tensor.size) {
        throw new RangeError(
          `${state.name} holds ${state.tensor.size} values; it cannot take ${value.size}.`,
        );
      }
      if (kind === 'train') recorded.push({ state, value: tf.keep(tf.clone(value)), ...blend });
    },
    drainRecorded: () => {
      const taken = recorded;
      recorded = [];
      return taken;
    },
  };
}
