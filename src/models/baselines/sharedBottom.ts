/** Shared Bottom (Caruana, 1997): a common network under one tower per scenario. */
import type * as tf from '@tensorflow/tfjs-core';
import { createMlp } from '../layers';
import { lastLayer, rowVectors } from '../probes';
import { ablation } from '../settings';
import { clusterFields } from './clusters';
import { baselineFields, hidden } from './common';
import { defineBaseline } from './defineBaseline';
import { createScenarioTowers } from './scenarioTowers';

export const sharedBottom = defineBaseline({
  id: 'shared-bottom',
  title: 'Shared Bottom',
  paper: {
    title: 'Multitask Learning',
    authors: 'Caruana',
    venue: 'Machine Learning',
    year: 1997,
    url: 'https://doi.org/10.1023/A:1007379606734',
  },
  family: 'multi-task',
  summary: 'A common network below, one tower per scenario above.',
  topics: ['representation'],
  fields: {
    ...baselineFields,
    ...clusterFields,
    hidden: hidden('Bottom layers', 'Widths of the common network.', [256, 128]),
    towerHidden: hidden('Tower layers', 'Widths of each scenario’s tower.', [64]),
    bottom: ablation.choice({
      label: 'Shared part',
      help: 'Share a network, or only the embeddings (towers stand directly on them).',
      options: ['mlp', 'embedding'],
      optionLabels: { mlp: 'network', embedding: 'embeddings only' },
      default: 'mlp',
    }),
  },
  presets: {
    // As CausalInt and M-scan describe their baseline: embeddings are shared, three layers a scenario.
    paper: { bottom: 'embedding', towerHidden: [256, 128, 64] },
    browser: { batchNorm: 'off' },
    tiny: { hidden: [8], towerHidden: [4], embeddingDim: 4, historyLength: 3 },
  },
  network({ variables, input, shape, settings }) {
    const bottom =
      settings.bottom === 'mlp'
        ? createMlp(variables, 'bottom', {
            input,
            widths: settings.hidden,
            batchNorm: settings.batchNorm,
            scenarios: shape.scenarios,
            dropout: settings.dropout,
          })
        : null;
    const towers = createScenarioTowers(variables, shape, settings, bottom?.outputWidth ?? input);
    return {
      apply(flat, inputs, mode) {
        const shared = bottom ? bottom.apply(flat, inputs, mode).output : flat;
        return { ...towers.apply(shared, inputs, mode), shared };
      },
      probes: [
        rowVectors({
          name: 'shared',
          title: settings.bottom === 'mlp' ? 'Shared bottom, before the towers' : 'Shared embeddings',
          reading: 'What every scenario’s tower reads: scenarios that this part cannot tell apart overlap.',
          equation: String.raw`f(x),\quad \hat y^n = h^n(f(x))`,
          vectors: (pass: { readonly shared: tf.Tensor2D }) => pass.shared,
        }),
        lastLayer,
      ],
    };
  },
});
