/** DIN (Zhou et al., KDD 2018): earlier items count by how they meet the item that is scored, and not by shares of a whole. */
import * as tf from '@tensorflow/tfjs-core';
import { maskedSoftmax, oneHot } from '../../engine';
import type { Collector } from '../collect';
import type { DataShape, Inputs, Probe } from '../definition';
import { createAdaptiveMlp, createTargetAttention, historyOf, sumOverSequence } from '../layers';
import { lastLayer, numbered, scenarioAxis, sumByScenario } from '../probes';
import { ablation } from '../settings';
import { hidden, singleFields } from './common';
import { defineSingleScenario } from './defineSingleScenario';
import { asWeight, parameterNamed } from './singleProbes';

interface DinPass {
  /** Weight of each behaviour `[B, L]`, 0 where there is none. */
  readonly weights: tf.Tensor2D;
}

/** Sums by the row's scenario `[N, k]` of `values [B, k]`, whatever counts beside it. */
const bySums = (values: tf.Tensor2D, inputs: Inputs): tf.Tensor => sumByScenario(values, inputs).sum;

/** What the activation unit weighs: by place, by where it happened, and how much in all. */
function attentionProbes(shape: DataShape, length: number): Probe<DinPass>[] {
  const read = Math.min(length, shape.history?.length ?? 0);
  const scenario = scenarioAxis(shape);
  const equation = String.raw`v_U = \textstyle\sum_j a(e_j, v_A)\, e_j \quad (3)`;
  return [
    {
      name: 'behaviourWeights',
      topic: 'attention',
      title: 'How much an earlier item counts, by place',
      reading:
        'The mean weight of the behaviours at a place of the history, oldest first; below 0 it speaks against.',
      equation,
      axes: [scenario, { name: 'position', labels: numbered('', read) }],
      scale: 'signed',
      quantity: 'weight',
      compute: ({ weights }, inputs) => ({
        sum: bySums(weights, inputs),
        count: bySums(historyOf(inputs).mask, inputs),
      }),
    },
    {
      name: 'behaviourScenarios',
      topic: 'attention',
      title: 'How much an earlier item counts, by where it happened',
      reading:
        'A row is the scenario that is scored, a column the one in which the behaviour happened; mean weights.',
      equation,
      axes: [scenario, { name: 'otherScenario', labels: shape.scenarioIds }],
      scale: 'signed',
      quantity: 'weight',
      compute({ weights }, inputs) {
        const { mask, scenarioIndex } = historyOf(inputs);
        const happened = oneHot(tf.cast(scenarioIndex, 'int32'), shape.scenarios);
        const spread = (values: tf.Tensor2D): tf.Tensor2D =>
          tf.sum(tf.mul(happened, tf.expandDims(values, 2)), 1);
        return { sum: bySums(spread(weights), inputs), count: bySums(spread(mask), inputs) };
      },
    },
    {
      name: 'interestStrength',
      topic: 'attention',
      title: 'How strongly a history speaks',
      reading: 'The mean sum of a row’s weights: a softmax would make it 1 for every history.',
      equation: String.raw`\textstyle\sum_j a(e_j, v_A)`,
      axes: [scenario],
      scale: 'signed',
      quantity: 'sum of weights',
      compute({ weights }, inputs) {
        const { sum, count } = sumByScenario(tf.sum<tf.Tensor2D>(weights, 1, true), inputs);
        return { sum: tf.reshape(sum, [shape.scenarios]), count };
      },
    },
  ];
}

/** `slopes [layers]`: the mean slope below the bend, of each layer whose activation is learned. */
function slopeProbe(variables: Collector, names: readonly string[]): Probe<unknown> {
  return {
    name: 'slopes',
    topic: 'gates',
    title: 'How much of a unit passes while it is closed',
    reading: 'The mean over units of the learned slope: 0 closes a unit as ReLU does, 1 makes it linear.',
    equation: String.raw`f(s) = p(s)\, s + (1 - p(s))\, \alpha s \quad (5)`,
    axes: [{ name: 'layer', labels: names }],
    scale: 'signed',
    quantity: 'slope',
    compute: () =>
      asWeight(tf.stack(names.map((name) => tf.mean(parameterNamed(variables, `${name}.alpha`))))),
  };
}

export const din = defineSingleScenario({
  id: 'din',
  title: 'DIN',
  paper: {
    title: 'Deep Interest Network for Click-Through Rate Prediction',
    authors: 'Zhou, Zhu, Song, Fan, Zhu, Ma, Yan, Jin, Li, Gai',
    venue: 'KDD',
    year: 2018,
    url: 'https://doi.org/10.1145/3219819.3219823',
  },
  summary: 'The item that is scored decides how much each earlier item of the user counts.',
  topics: ['attention', 'gates', 'representation'],
  behaviours: true,
  fields: {
    ...{ embeddingDim: singleFields.embeddingDim, dropout: singleFields.dropout },
    ...{ trained: singleFields.trained, embeddings: singleFields.embeddings },
    ...{ priorBias: singleFields.priorBias, scenarioField: singleFields.scenarioField },
    historyLength: singleFields.historyLength,
    hidden: hidden('Hidden layers', 'Widths of the network over fields and interest.', [200, 80]),
    attentionHidden: hidden('Unit layers', 'Widths of the activation unit.', [36]),
    pooling: ablation.choice({
      label: 'Pooling',
      help: 'Behaviours weighed by the activation unit, by shares of its softmax, or all alike.',
      options: ['unit', 'softmax', 'sum'],
      optionLabels: { unit: 'activation unit', softmax: 'softmax of the unit', sum: 'sum' },
      default: 'unit',
      paperName: 'BaseModel (sum)',
    }),
    activation: ablation.choice({
      label: 'Activation',
      help: 'Dice bends where the statistics of its input are; PReLU and ReLU bend at 0.',
      options: ['dice', 'prelu', 'relu'],
      optionLabels: { dice: 'Dice', prelu: 'PReLU', relu: 'ReLU' },
      default: 'dice',
      paperName: 'DIN with Dice (Table 4)',
    }),
  },
  presetTraining: { paper: { batch: 5000, learningRate: 1e-3 } },
  presets: {
    paper: { embeddingDim: 12, hidden: [200, 80], attentionHidden: [36], dropout: 0 },
    browser: { hidden: [64, 32], attentionHidden: [16], historyLength: 10 },
    tiny: { hidden: [8, 4], attentionHidden: [5], embeddingDim: 4, historyLength: 3 },
  },
  network({ make, read, shape, settings, variables }) {
    const { activation, pooling } = settings;
    const { scenarios } = shape;
    const width = (shape.history?.itemFields.length ?? 0) * read.dim;
    const unit =
      pooling === 'sum'
        ? null
        : createAdaptiveMlp(make, variables, 'attention', {
            ...{ input: 4 * width, widths: settings.attentionHidden, dropout: 0 },
            ...{ activation, scenarios },
          });
    const attention = unit && createTargetAttention(make, 'attention', { width, hidden: [], unit });
    const mlp = createAdaptiveMlp(make, variables, 'mlp', {
      ...{ input: read.width + width, widths: settings.hidden, dropout: settings.dropout },
      ...{ activation, scenarios },
    });
    const output = make.linear('output', { input: mlp.outputWidth, output: 1, bias: 'prior' });
    const learned = [
      ...(unit ? settings.attentionHidden.map((_, k) => `attention.${k}`) : []),
      ...settings.hidden.map((_, k) => `mlp.${k}`),
    ];
    return {
      apply({ flat, behaviours }, inputs, mode) {
        const { items, mask } = behaviours;
        const scores = attention?.weights(behaviours, inputs, mode) ?? mask;
        const weights = pooling === 'softmax' ? maskedSoftmax(scores, mask) : scores;
        const interest = sumOverSequence(items, weights);
        const h = mlp.apply(tf.concat([flat, interest], 1), inputs, mode).output;
        return { logit: output.apply(h, inputs), weights, interest, lastLayer: h };
      },
      probes: [
        ...attentionProbes(shape, settings.historyLength),
        ...(activation === 'relu' ? [] : [slopeProbe(variables, learned)]),
        lastLayer,
      ],
      outputs: ({ logit, weights, interest }) => ({ logit, weights, interest }),
    };
  },
});
