/**
 * Fine-tuning: one network is trained on all rows, then each scenario gets a copy and trains it on its own rows.
 *
 * A copy is the pooled weight plus the scenario's own difference, `pooled.k.weight + own.k.weight[n]`, with differences
 * that start at 0: training only differences while the pooled weights stand still is training the copies, except that L2
 * pulls a copy towards the pooled network and not towards 0. The `finetune` procedure trains `pooledNames` first, then
 * `ownNames`. Normalisation keeps the statistics of the whole batch; embeddings belong to the pooled phase.
 */
import * as tf from '@tensorflow/tfjs-core';
import { dropout as silence, leakyRelu } from '../../engine';
import type { Parameter } from '../../engine';
import { clickModel } from '../clickModel';
import { collect, type Collector } from '../collect';
import { defineModel } from '../definition';
import { applyOwnLinear, createBatchNorm, flatInputs, flatWidth, priorBias } from '../layers';
import { lastLayer } from '../representation';
import { hyper } from '../settings';
import { baselineFields, baselineNeeds, hidden } from './common';

/** Names that train in the second phase: everything that belongs to one scenario. */
export function ownNames(parameters: readonly Parameter[]): string[] {
  return parameters.map(({ name }) => name).filter((name) => name.startsWith('own.'));
}

/** Names that train in the first phase: the pooled network and the embeddings. */
export function pooledNames(parameters: readonly Parameter[]): string[] {
  return ['embedding', ...parameters.map(({ name }) => name).filter((name) => !name.startsWith('own.'))];
}

interface Layer {
  readonly pooled: Parameter;
  readonly own: Parameter;
}

function createLayer(
  collected: Collector,
  suffix: string,
  scenarios: number,
  input: number,
  output: number,
): Layer {
  const shape = [input, output];
  return {
    pooled: collected.parameter(
      `pooled.${suffix}.weight`,
      'weight',
      shape,
      collected.glorot(`pooled.${suffix}.weight`, shape, input, output),
    ),
    own: collected.parameter(
      `own.${suffix}.weight`,
      'weight',
      [scenarios, input, output],
      new Float32Array(scenarios * input * output),
    ),
  };
}

function createBiases(collected: Collector, suffix: string, scenarios: number, initial: Float32Array): Layer {
  return {
    pooled: collected.parameter(`pooled.${suffix}.bias`, 'bias', [initial.length], initial),
    own: collected.parameter(
      `own.${suffix}.bias`,
      'bias',
      [scenarios, initial.length],
      new Float32Array(scenarios * initial.length),
    ),
  };
}

export const finetune = defineModel({
  id: 'finetune',
  title: 'Fine-tune',
  paper: null,
  family: 'single-task',
  summary: 'One network trained on all rows, then copied and trained on by each scenario alone.',
  fields: {
    ...baselineFields,
    batchNorm: hyper.choice({
      label: 'Batch norm',
      help: 'Normalise hidden units by statistics over the whole batch, or not at all.',
      options: ['off', 'shared'],
      default: 'shared',
      advanced: true,
    }),
    hidden: hidden('Hidden layers', 'Widths of the network.', [256, 128, 64]),
    pooledShare: hyper.real({
      label: 'Pooled share',
      help: 'Share of the steps that train the pooled network; the rest train the copies.',
      default: 0.7,
      min: 0,
      max: 1,
      step: 0.05,
    }),
  },
  presets: {
    paper: { hidden: [256, 128, 64] },
    browser: { batchNorm: 'off', hidden: [128, 64] },
    tiny: { hidden: [6, 4], embeddingDim: 4, historyLength: 3 },
  },
  variants: [],
  graph: null,
  needs: baselineNeeds,
  procedure: () => 'finetune',
  build(shape, settings, variables) {
    const collected = collect(variables);
    const table = collected.table(shape.vocabularySize, settings.embeddingDim);
    const { scenarios } = shape;
    const { batchNorm, dropout } = settings;
    const sum = (layer: Layer): tf.Tensor => tf.add(layer.own.tensor, layer.pooled.tensor);
    let input = flatWidth(shape, settings.embeddingDim, settings.history);
    const layers = settings.hidden.map((width, k) => {
      const weight = createLayer(collected, `${k}`, scenarios, input, width);
      const bias =
        batchNorm === 'off' ? createBiases(collected, `${k}`, scenarios, new Float32Array(width)) : null;
      const norm = createBatchNorm(collected, `pooled.${k}.norm`, width, batchNorm, scenarios);
      input = width;
      return { weight, bias, norm };
    });
    const output = createLayer(collected, 'output', scenarios, input, 1);
    const outputBias = createBiases(collected, 'output', scenarios, priorBias(shape, settings.priorBias));
    return clickModel({
      table,
      collected,
      forward(inputs, mode) {
        const { scenarioOneHot } = inputs;
        let h = flatInputs(inputs, settings.history);
        for (const { weight, bias, norm } of layers) {
          const linear = applyOwnLinear(
            h,
            sum(weight) as tf.Tensor3D,
            bias ? (sum(bias) as tf.Tensor2D) : null,
            scenarioOneHot,
          );
          const normalised = norm ? norm.apply(linear, inputs, mode).output : linear;
          h = silence(leakyRelu(normalised, 0), dropout, mode);
        }
        const logit = applyOwnLinear(
          h,
          sum(output) as tf.Tensor3D,
          sum(outputBias) as tf.Tensor2D,
          scenarioOneHot,
        );
        return { logit, lastLayer: h };
      },
      probes: [lastLayer],
      represent: (out) => ({ lastLayer: out['lastLayer']! }),
    });
  },
});
