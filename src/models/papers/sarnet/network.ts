/** The parts of SAR-Net's experts joined: main nets, bias nets and, for Table 6, levels of experts gated as in PLE. */
import * as tf from '@tensorflow/tfjs-core';
import { mixExperts } from '../../../engine';
import type { Mode, StateTensor, VariableFactory } from '../../../engine';
import type { Inputs } from '../../definition';
import { createScenarioGate } from '../../layers';
import {
  createOwnHeads,
  createOwnHidden,
  createSharedHeads,
  createSharedHidden,
  type ExpertSizes,
} from './experts';

export interface Streams {
  /** What own experts and shared experts read `[B, width]`; the same vector before the first level. */
  readonly own: tf.Tensor2D;
  readonly shared: tf.Tensor2D;
}

export interface Levels {
  readonly outputWidth: number;
  apply(streams: Streams, inputs: Inputs, mode: Mode): Streams;
}

/** `count` levels before the experts that predict; each stream mixes all experts of its level by a gate of its scenario. */
export function createLevels(
  variables: VariableFactory,
  count: number,
  input: number,
  hidden: number,
  sizes: ExpertSizes,
): Levels {
  let width = input;
  const experts = sizes.shared + sizes.own;
  const levels = Array.from({ length: count }, (_, index) => {
    const name = `level.${index + 1}`;
    const shared = createSharedHidden(variables, `${name}.shared`, width, hidden, sizes);
    const own = createOwnHidden(variables, `${name}.own`, width, hidden, sizes);
    const gate = (stream: string) =>
      createScenarioGate(variables, `${name}.${stream}.gate`, sizes.scenarios, width, experts);
    const made = { shared, own, sharedGate: gate('shared'), ownGate: gate('own') };
    width = hidden;
    return made;
  });
  return {
    outputWidth: width,
    apply(streams, inputs, mode) {
      let now = streams;
      for (const { shared, own, sharedGate, ownGate } of levels) {
        const stack: tf.Tensor3D = tf.concat(
          [own.apply(now.own, inputs, mode), shared.apply(now.shared, inputs, mode)],
          1,
        );
        now = {
          own: mixExperts(stack, ownGate.own(now.own, inputs.scenarioOneHot)),
          shared: mixExperts(stack, sharedGate.own(now.shared, inputs.scenarioOneHot)),
        };
      }
      return now;
    },
  };
}

/** Logits of all experts that a row uses, own ones first as in Eq 9: `[B, m_k + m_s]`. */
export interface ExpertLogits {
  apply(streams: Streams, inputs: Inputs, mode: Mode): tf.Tensor2D;
}

/** @param prefix `` for main nets, `bias.` for bias nets: `own.<prefix>hidden.weight`, … */
export function createExpertLogits(
  variables: VariableFactory,
  prefix: '' | 'bias.',
  input: number,
  hidden: number,
  sizes: ExpertSizes,
  initialBias: number,
): ExpertLogits {
  const sharedHidden = createSharedHidden(variables, `shared.${prefix}hidden`, input, hidden, sizes);
  const sharedHeads = createSharedHeads(variables, `shared.${prefix}output`, hidden, sizes, initialBias);
  const ownHidden = createOwnHidden(variables, `own.${prefix}hidden`, input, hidden, sizes);
  const ownHeads = createOwnHeads(variables, `own.${prefix}output`, hidden, sizes, initialBias);
  return {
    apply({ own, shared }, inputs, mode) {
      return tf.concat(
        [
          ownHeads.apply(ownHidden.apply(own, inputs, mode), inputs),
          sharedHeads.apply(sharedHidden.apply(shared, inputs, mode), inputs),
        ],
        1,
      );
    },
  };
}

/** The fairness coefficient of each row `[B, 1]`. @throws RangeError where the batch carries none */
export function fairnessOf({ extra }: Inputs): tf.Tensor2D {
  if (!extra.fairness)
    throw new RangeError('SAR-Net reads fairness coefficients, and the batch carries none.');
  return extra.fairness;
}

/** How many tenths the coefficient is sorted into when bias nets read buckets. */
export const BUCKETS = 10;

/**
 * What bias nets read of the fairness coefficient `[B, 1]`: its logarithm, or a one-hot `[B, 10]` of the bucket between
 * boundaries of log FC (a state that the procedure sets to deciles).
 */
export function biasInput(fairness: tf.Tensor2D, boundaries: StateTensor | null): tf.Tensor2D {
  const log = tf.log(fairness);
  if (!boundaries) return log;
  const above: tf.Tensor2D = tf.step(tf.sub(log, tf.reshape(boundaries.tensor, [1, BUCKETS - 1])));
  const rows = fairness.shape[0];
  // Bucket k is "above boundary k - 1, not above boundary k".
  const lower = tf.concat([tf.ones([rows, 1]), above], 1);
  const upper = tf.concat([above, tf.zeros([rows, 1])], 1);
  return tf.sub(lower, upper);
}
