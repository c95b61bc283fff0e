/** What most models share: one click logit, its cross-entropy, its sigmoid, and sums by scenario for pictures. */
import * as tf from '@tensorflow/tfjs-core';
import { bceWithLogits, matMul, sigmoid } from '../engine';
import type { Mode } from '../engine';
import type { Collector } from './collect';
import type { Inputs, Losses, Model, Output, ProbeSpec, ProbeTensor, Scores } from './definition';

export interface ClickModelParts {
  readonly table: Model['table'];
  readonly collected: Collector;
  readonly forward: (inputs: Inputs, mode: Mode) => Output;
  readonly losses?: (output: Output, inputs: Inputs) => Losses;
  readonly probes?: readonly ProbeSpec[];
  readonly probe?: (output: Output, inputs: Inputs) => Readonly<Record<string, ProbeTensor>>;
  readonly represent?: Model['represent'];
}

/** Mean cross-entropy of the click logit; the term is `click`. */
function clickLoss(output: Output, inputs: Inputs): Losses {
  const click = bceWithLogits(output.logit, inputs.label, inputs.weight);
  return { total: click, terms: { click } };
}

/** The logit ranks, its sigmoid is the click probability. */
function clickScores(output: Output): Scores {
  return { score: output.logit, probability: sigmoid(output.logit) };
}

/** A model whose inference is the sigmoid of its logit. */
export function clickModel(parts: ClickModelParts): Model {
  const { collected } = parts;
  return {
    table: parts.table,
    parameters: collected.parameters,
    states: collected.states,
    forward: parts.forward,
    losses: parts.losses ?? clickLoss,
    scores: clickScores,
    probes: parts.probes ?? [],
    probe: parts.probe ?? (() => ({})),
    represent: parts.represent,
    dispose: () => collected.dispose(),
  };
}

/** Sum of `values [B, k]` by scenario and the number of rows of each: `[N, k]`, `[N]`. Padding does not count. */
export function sumByScenario(
  values: tf.Tensor2D,
  inputs: Pick<Inputs, 'scenarioOneHot' | 'weight'>,
): ProbeTensor {
  const rows = tf.mul<tf.Tensor2D>(inputs.scenarioOneHot, inputs.weight);
  return { sum: matMul(tf.transpose(rows), values), count: tf.sum(rows, 0) };
}
