/**
 * Networks with a tower a scenario as MAMDR's base (Shared Bottom, MMoE). Own weights of a scenario are own weights of the whole network, all N towers
 * among them: while scenario i learns, a helper's rows go through the helper's tower. So what serves holds N times N towers, of which a row reads
 * its own scenario's own.
 */
import * as tf from '@tensorflow/tfjs-core';
import { mixExpertsStacked, softmaxLast } from '../../engine';
import type { Mode, VariableFactory } from '../../engine';
import type { DataShape, Inputs } from '../definition';
import {
  createMlp,
  createOwnLinear,
  createStackedMlp,
  createTowerBank,
  priorBiases,
  repeatRows,
} from '../layers';

export const towerBases = ['shared-bottom', 'mmoe'] as const;
export type TowerBase = (typeof towerBases)[number];

/** As many as MMoE has by default. */
const EXPERTS = 4;

/** Most scenarios: N² towers of a few thousand numbers each, and their like among what trains and what is shared. */
const MOST_SCENARIOS = 64;

interface TowerSettings {
  readonly dropout: number;
  readonly priorBias: 'on' | 'off';
  /** Widths of the layers; the last one is the tower's. */
  readonly hidden: readonly number[];
}

interface TowerNetwork {
  /** `flat [B, in]` to the logit `[B, 1]` and the tower's layer `[B, w]`. */
  (
    flat: tf.Tensor2D,
    inputs: Inputs,
    mode: Mode,
  ): { readonly logit: tf.Tensor2D; readonly lastLayer: tf.Tensor2D };
}

/** Each row's own scenario among the N sets of N towers `[B, N²]`: both are s, which is column `s (N + 1)`. */
function diagonal(oneHot: tf.Tensor2D): tf.Tensor2D {
  const [rows, scenarios] = oneHot.shape;
  const both = tf.mul(tf.expandDims(oneHot, 2), tf.expandDims(oneHot, 1));
  return tf.reshape(both, [rows, scenarios * scenarios]);
}

/** Every expert of a row's own scenario, `[B E, N E]`: row `b E + e` goes through column `s E + e`. */
function ownExperts(oneHot: tf.Tensor2D): tf.Tensor2D {
  const [rows, scenarios] = oneHot.shape;
  const by = tf.mul(
    tf.reshape(oneHot, [rows, 1, scenarios, 1]),
    tf.reshape(tf.eye(EXPERTS), [1, EXPERTS, 1, EXPERTS]),
  );
  return tf.reshape(by, [rows * EXPERTS, scenarios * EXPERTS]);
}

/**
 * Parameters `bottom.k.*`, or `expert.k.*` `[E, in, out]` and `gate.*` `[N, in, E]`; `tower.0.*`, `output.*` `[N, in, out]`. `served`: N times each, the
 * scenario that they serve first.
 *
 * @throws RangeError where N² towers would fill the memory
 */
export function createTowerBase(
  base: TowerBase,
  variables: VariableFactory,
  shape: DataShape,
  input: number,
  { dropout, priorBias, hidden }: TowerSettings,
  served: boolean,
): TowerNetwork {
  const { scenarios } = shape;
  if (scenarios > MOST_SCENARIOS)
    throw new RangeError(
      `MAMDR over ${base} keeps ${scenarios} × ${scenarios} towers; choose a base without towers, such as mix, for more than ${MOST_SCENARIOS} scenarios.`,
    );
  const sets = served ? scenarios : 1;
  const common = { batchNorm: 'off', dropout, scenarios: sets } as const;
  const [lower, last] = [hidden.slice(0, -1), hidden.at(-1)!];
  const below = base === 'mmoe' ? createExperts() : createBottom();
  const towers = sets * scenarios;
  const tower = createTowerBank(variables, 'tower', {
    ...common,
    input: below.width,
    widths: [last],
    scenarios: towers,
  });
  const priors = priorBiases(shape, priorBias);
  const output = createOwnLinear(variables, 'output', towers, {
    input: last,
    output: 1,
    bias: Float32Array.from({ length: towers }, (_, t) => priors[t % scenarios]!),
  });

  function createBottom() {
    if (lower.length === 0) return { width: input, apply: (flat: tf.Tensor2D): tf.Tensor2D => flat };
    const options = { ...common, input, widths: lower };
    const mlp = served
      ? createTowerBank(variables, 'bottom', options)
      : createMlp(variables, 'bottom', options);
    return {
      width: mlp.outputWidth,
      apply: (flat: tf.Tensor2D, inputs: Inputs, mode: Mode): tf.Tensor2D =>
        mlp.apply(flat, inputs, mode).output,
    };
  }

  function createExperts() {
    const options = { ...common, input, widths: lower.length === 0 ? [last] : lower };
    const stack = served ? null : createStackedMlp(variables, 'expert', { ...options, stack: EXPERTS });
    const bank = served
      ? createTowerBank(variables, 'expert', { ...options, scenarios: sets * EXPERTS })
      : null;
    const gate = createOwnLinear(variables, 'gate', sets * scenarios, { input, output: EXPERTS });
    const all = (flat: tf.Tensor2D, inputs: Inputs, mode: Mode): tf.Tensor3D => {
      if (stack) return stack.apply(flat, inputs, mode);
      const rows = tf.reshape<tf.Rank.R2>(tf.tile(tf.expandDims(flat, 1), [1, EXPERTS, 1]), [-1, input]);
      const { weight } = repeatRows(inputs, EXPERTS);
      const given = { weight, scenarioOneHot: ownExperts(inputs.scenarioOneHot) };
      const { output } = bank!.apply(rows, given, mode);
      return tf.transpose(tf.reshape(output, [inputs.batch, EXPERTS, output.shape[1]]), [1, 0, 2]);
    };
    return {
      width: options.widths.at(-1)!,
      apply(flat: tf.Tensor2D, inputs: Inputs, mode: Mode, route: tf.Tensor2D): tf.Tensor2D {
        return mixExpertsStacked(all(flat, inputs, mode), softmaxLast(gate.apply(flat, route)));
      },
    };
  }

  return (flat, inputs, mode) => {
    const route = served ? diagonal(inputs.scenarioOneHot) : inputs.scenarioOneHot;
    const h = below.apply(flat, inputs, mode, route);
    const lastLayer = tower.apply(h, { weight: inputs.weight, scenarioOneHot: route }, mode).output;
    return { logit: output.apply(lastLayer, route), lastLayer };
  };
}
