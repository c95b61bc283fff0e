/**
 * One network per scenario, trained side by side as one stack: each row trains only its own scenario's network, and every
 * network minimises the mean loss of its own rows, as it would alone.
 */
import * as tf from '@tensorflow/tfjs-core';
import { bceLogitsRows, bceWithLogits, matMul } from '../../engine';
import { clickModel } from '../clickModel';
import { collect } from '../collect';
import { defineModel, type Inputs, type Losses, type Pass } from '../definition';
import { createOwnLinear, createTowerBank, flatInputs, flatWidth, priorBiases } from '../layers';
import { standard } from '../procedureChoice';
import { lastLayer } from '../probes';
import { hyper } from '../settings';
import { baselineFields, baselineNeeds, hidden } from './common';

interface SinglePass extends Pass {
  readonly lastLayer: tf.Tensor2D;
}

/** Trains on the sum over scenarios of the mean loss of their own rows; scenarios without rows add nothing. */
function sumOfOwnMeans({ logit }: Pass, { label, weight, scenarioOneHot }: Inputs): Losses {
  const rows = tf.mul<tf.Tensor2D>(scenarioOneHot, weight);
  const sums = matMul(tf.transpose(rows), bceLogitsRows(logit, label));
  const counts = tf.reshape(tf.maximum(tf.sum(rows, 0), 1), [-1, 1]);
  return {
    total: tf.sum<tf.Scalar>(tf.div(sums, counts)),
    terms: { click: bceWithLogits(logit, label, weight) },
  };
}

export const single = defineModel({
  id: 'single',
  title: 'Single',
  paper: null,
  family: 'single-task',
  summary: 'One network per scenario, each trained on its own rows alone.',
  topics: ['representation'],
  fields: {
    embeddingDim: baselineFields.embeddingDim,
    dropout: baselineFields.dropout,
    batchNorm: hyper.choice({
      label: 'Batch norm',
      help: 'Normalise each network’s hidden units by its own rows, or not at all.',
      options: ['own', 'off'],
      default: 'own',
      advanced: true,
    }),
    priorBias: baselineFields.priorBias,
    history: baselineFields.history,
    historyLength: baselineFields.historyLength,
    hidden: hidden('Hidden layers', 'Widths of each scenario’s network.', [256, 128, 64]),
    embeddings: hyper.choice({
      label: 'Embeddings',
      help: 'A table per scenario (separate models indeed), or one table that all share.',
      options: ['own', 'shared'],
      default: 'own',
    }),
  },
  presets: {
    paper: { hidden: [256, 128, 64] },
    browser: { batchNorm: 'off', hidden: [128, 64] },
    tiny: { hidden: [6, 4], embeddingDim: 4, historyLength: 3 },
  },
  variants: [],
  graph: null,
  needs: (settings) => ({ ...baselineNeeds(settings), ownTables: settings.embeddings === 'own' }),
  procedure: () => standard,
  build(shape, settings, factory) {
    const variables = collect(factory);
    const { scenarios } = shape;
    const dim = settings.embeddingDim;
    const own = settings.embeddings === 'own';
    const tables = own ? scenarios : 1;
    const table = variables.table(tables * shape.vocabularySize, dim, tables);
    const tower = createTowerBank(variables, 'tower', {
      input: flatWidth(shape, dim, settings.history),
      widths: settings.hidden,
      batchNorm: settings.batchNorm,
      scenarios,
      dropout: settings.dropout,
    });
    const output = createOwnLinear(variables, 'output', scenarios, {
      input: tower.outputWidth,
      output: 1,
      bias: priorBiases(shape, settings.priorBias),
    });
    return clickModel<SinglePass>({
      table,
      variables,
      forward(inputs, mode) {
        const h = tower.apply(flatInputs(inputs, settings.history), inputs, mode).output;
        return { logit: output.apply(h, inputs.scenarioOneHot), lastLayer: h };
      },
      probes: [lastLayer],
      losses: sumOfOwnMeans,
    });
  },
});
