/**
 * STAR (Sheng et al., CIKM 2021): partitioned normalisation, a shared network times each scenario's own, and an auxiliary
 * network that sees the scenario.
 */
import * as tf from '@tensorflow/tfjs-core';
import { dropout, leakyRelu } from '../../engine';
import type { Mode } from '../../engine';
import type { Collector } from '../collect';
import type { Inputs } from '../definition';
import { createBatchNorm, createLinear, createMlp, createStarLinear, priorBias } from '../layers';
import { lastLayer } from '../probes';
import { ablation } from '../settings';
import { clusterFields } from './clusters';
import { baselineFields, hidden } from './common';
import { defineBaseline } from './defineBaseline';

/** `auxiliary.k.*`, `auxiliary.output.*`: from the flat inputs `[batch, input]` to a logit of its own `[batch, 1]`. */
function createAuxiliary(
  variables: Collector,
  input: number,
  scenarios: number,
  widths: readonly number[],
  rate: number,
) {
  const mlp = createMlp(variables, 'auxiliary', {
    input,
    widths,
    batchNorm: 'off',
    scenarios,
    dropout: rate,
  });
  const output = createLinear(variables, 'auxiliary.output', { input: mlp.outputWidth, output: 1 });
  return (flat: tf.Tensor2D, inputs: Inputs, mode: Mode): tf.Tensor2D =>
    output.apply(mlp.apply(flat, inputs, mode).output);
}

export const star = defineBaseline({
  id: 'star',
  title: 'STAR',
  paper: {
    title: 'One Model to Serve All: Star Topology Adaptive Recommender for Multi-Domain CTR Prediction',
    authors: 'Sheng, Zhao, Zhou, Ding, Dai, Luo, Yang, Lv, Zhang, Deng, Zhu',
    venue: 'CIKM',
    year: 2021,
    url: 'https://doi.org/10.1145/3459637.3481941',
  },
  family: 'multi-scenario',
  summary: 'Every layer is a shared matrix times the scenario’s own; inputs are normalised per scenario.',
  topics: ['representation'],
  fields: {
    embeddingDim: baselineFields.embeddingDim,
    dropout: baselineFields.dropout,
    priorBias: baselineFields.priorBias,
    scenarioField: baselineFields.scenarioField,
    history: baselineFields.history,
    historyLength: baselineFields.historyLength,
    ...clusterFields,
    hidden: hidden('Hidden layers', 'Widths of the star network.', [256, 128, 64]),
    auxiliaryHidden: hidden('Auxiliary layers', 'Widths of the auxiliary network.', [32]),
    normalisation: ablation.choice({
      label: 'Normalisation',
      help: 'Of the input: per scenario with own scale and shift, over the batch, or none.',
      options: ['partitioned', 'shared', 'off'],
      default: 'partitioned',
      paperName: 'PN / BN (Table 4)',
    }),
    auxiliary: ablation.toggle({
      label: 'Auxiliary network',
      help: 'A small network whose logit is added, so that the scenario acts directly.',
      default: true,
      paperName: 'auxiliary network (Table 5)',
    }),
  },
  presets: {
    paper: { hidden: [256, 128, 64] },
    browser: {},
    tiny: { hidden: [6, 4], auxiliaryHidden: [4], embeddingDim: 4, historyLength: 3 },
  },
  network({ variables, input, shape, settings }) {
    const { scenarios } = shape;
    const norm = createBatchNorm(variables, 'partitioned', input, settings.normalisation, scenarios);
    const widths = [input, ...settings.hidden, 1];
    const layers = widths.slice(1).map((output, k) => {
      const last = k === widths.length - 2;
      const bias = last ? priorBias(shape, settings.priorBias) : new Float32Array(output);
      const names = { shared: `shared.${k}`, own: `own.${k}` };
      return createStarLinear(variables, names, { own: scenarios, input: widths[k]!, output, bias });
    });
    const auxiliary = settings.auxiliary
      ? createAuxiliary(variables, input, scenarios, settings.auxiliaryHidden, settings.dropout)
      : null;
    return {
      apply(flat, inputs, mode) {
        let h = norm ? norm.apply(flat, inputs, mode).output : flat;
        let below = h;
        layers.forEach((layer, k) => {
          below = h;
          h = layer.apply(h, inputs.scenarioOneHot);
          if (k < layers.length - 1) h = dropout(leakyRelu(h, 0), settings.dropout, mode);
        });
        return { logit: auxiliary ? tf.add(h, auxiliary(flat, inputs, mode)) : h, lastLayer: below };
      },
      probes: [{ ...lastLayer, title: 'Last hidden layer of the star' }],
    };
  },
});
