/** ADL (Li et al., SIGIR 2023): shared layers, then the layers of the cluster that a row's embeddings are nearest to. */
import type * as tf from '@tensorflow/tfjs-core';
import { createMlp, createOwnLinear, createTowerBank, priorBias } from '../layers';
import { lastLayer, rowVectors } from '../probes';
import { createClusterRouting, routingFields, routingProbes } from './clusterRouting';
import { baselineFields, hidden } from './common';
import { defineBaseline } from './defineBaseline';

export const adl = defineBaseline({
  id: 'adl',
  title: 'ADL',
  paper: {
    title: 'ADL: Adaptive Distribution Learning Framework for Multi-Scenario CTR Prediction',
    authors: 'Li, Zheng, Liu, Lu, Wu, Hu',
    venue: 'SIGIR',
    year: 2023,
    url: 'https://doi.org/10.1145/3539618.3591944',
  },
  family: 'multi-scenario',
  summary: 'Shared layers, then one branch for each cluster that rows are sorted into by moving centres.',
  topics: ['clusters', 'representation'],
  fields: {
    ...baselineFields,
    bottomHidden: hidden('Shared layers', 'Widths of the layers that all rows share.', [256, 128]),
    towerHidden: hidden('Cluster layers', 'Widths of each cluster’s own layers.', [64]),
    ...routingFields,
  },
  presets: {
    paper: { sharpness: 1, bottomHidden: [256, 128], towerHidden: [64] },
    browser: { sharpness: 100, batchNorm: 'off', bottomHidden: [64], towerHidden: [32] },
    tiny: { bottomHidden: [6], towerHidden: [4], clusters: 2, embeddingDim: 4, historyLength: 3 },
  },
  network({ variables, input, shape, settings }) {
    const { batchNorm, dropout, clusters, towerHidden } = settings;
    const routing = createClusterRouting(variables, settings, { width: input, inertia: 'batch' });
    const bottom = createMlp(variables, 'bottom', {
      input,
      widths: settings.bottomHidden,
      batchNorm,
      scenarios: shape.scenarios,
      dropout,
    });
    // Rows meet clusters here as they meet scenarios elsewhere.
    const tower = createTowerBank(variables, 'tower', {
      input: bottom.outputWidth,
      widths: towerHidden,
      batchNorm,
      scenarios: clusters,
      dropout,
    });
    const [prior = 0] = priorBias(shape, settings.priorBias);
    const output = createOwnLinear(variables, 'output', clusters, {
      input: tower.outputWidth,
      output: 1,
      bias: new Float32Array(clusters).fill(prior),
    });
    return {
      apply(flat, inputs, mode) {
        const routed = routing.apply(flat, inputs, mode);
        const shared = bottom.apply(flat, inputs, mode).output;
        const own = { weight: inputs.weight, scenarioOneHot: routed.route };
        const h = tower.apply(shared, own, mode).output;
        return { logit: output.apply(h, routed.route), lastLayer: h, shared, routed };
      },
      probes: [
        ...routingProbes(shape, routing),
        rowVectors<{ readonly shared: tf.Tensor2D }>({
          name: 'shared',
          title: 'Shared layers, before the branches',
          reading:
            'What every branch reads; rows of one cluster stand together where clusters part what was learned.',
          equation: String.raw`h = \mathrm{MLP}(x)`,
          vectors: (pass) => pass.shared,
        }),
        lastLayer,
      ],
      outputs: ({ logit, routed }) => ({ logit, ...routed }),
    };
  },
});
