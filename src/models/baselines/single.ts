/**
 * One network per scenario, trained side by side as one stack: each row trains only its own scenario's network, and every
 * network minimises the mean loss of its own rows, as it would alone.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { clickModel, sumOfOwnMeans } from '../clickModel';
import { collect } from '../collect';
import { defineModel, type Pass } from '../definition';
import { createMakers } from '../layers';
import { standard } from '../procedureChoice';
import { lastLayer } from '../probes';
import { hyper } from '../settings';
import { baselineFields, baselineNeeds, hidden } from './common';
import { createReader, withHistory, type HistoryPass } from './reader';

interface SinglePass extends Pass, HistoryPass {
  readonly lastLayer: tf.Tensor2D;
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
    scenarioField: baselineFields.scenarioField,
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
    const { embeddingDim: dim, batchNorm, dropout, priorBias } = settings;
    const tables = settings.embeddings === 'own' ? scenarios : 1;
    const table = variables.table(tables * shape.vocabularySize, dim, tables);
    const make = createMakers(variables, { shape, own: true, batchNorm, dropout, priorBias });
    const read = createReader(make, shape, settings);
    const tower = make.mlp('tower', { input: read.width, widths: settings.hidden });
    const output = make.linear('output', { input: tower.outputWidth, output: 1, bias: 'prior' });
    return clickModel<SinglePass>({
      table,
      variables,
      forward(inputs, mode) {
        const { flat, attention } = read.read(inputs, mode);
        const h = tower.apply(flat, inputs, mode).output;
        return { logit: output.apply(h, inputs), lastLayer: h, historyAttention: attention };
      },
      probes: withHistory([lastLayer], shape, settings),
      losses: sumOfOwnMeans,
    });
  },
});
