/**
 * AdaptDHM (Li et al., 2022): rows are sorted into clusters by their embeddings, without scenarios; every layer is a shared matrix times
 * the cluster's own, as in STAR.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { dropout, leakyRelu } from '../../engine';
import { createStarLinear, priorBias } from '../layers';
import { lastLayer } from '../probes';
import { createClusterRouting, routingFields, routingProbes } from './clusterRouting';
import { baselineFields, hidden } from './common';
import { defineBaseline } from './defineBaseline';

const { batchNorm: _none, ...fields } = baselineFields;

export const adaptdhm = defineBaseline({
  id: 'adaptdhm',
  title: 'AdaptDHM',
  paper: {
    title: 'AdaptDHM: Adaptive Distribution Hierarchical Model for Multi-Domain CTR Prediction',
    authors: 'Li, Zheng, Liu, Lu, Wu, Hu',
    venue: 'arXiv',
    year: 2022,
    url: 'https://arxiv.org/abs/2211.12105',
  },
  family: 'multi-scenario',
  summary:
    'Rows are sorted into clusters by moving centres; every layer is a shared matrix times the cluster’s own.',
  topics: ['clusters', 'representation'],
  fields: {
    ...fields,
    hidden: hidden('Hidden layers', 'Widths of the network.', [256, 128, 64]),
    ...routingFields,
  },
  presets: {
    paper: { sharpness: 1, hidden: [256, 128, 64] },
    browser: { sharpness: 100, hidden: [64, 32] },
    tiny: { hidden: [6, 4], clusters: 2, embeddingDim: 4, historyLength: 3 },
  },
  network({ variables, input, shape, settings }) {
    const routing = createClusterRouting(variables, settings, { width: input, inertia: 'step' });
    const widths = [input, ...settings.hidden, 1];
    const layers = widths.slice(1).map((output, k) => {
      const names = { shared: `shared.${k}`, own: `own.${k}` };
      const bias = k === widths.length - 2 ? priorBias(shape, settings.priorBias) : new Float32Array(output);
      return createStarLinear(variables, names, { own: settings.clusters, input: widths[k]!, output, bias });
    });
    const [last, ...rest] = [...layers].reverse();
    const inner = rest.reverse();
    return {
      apply(flat, inputs, mode) {
        const routed = routing.apply(flat, inputs, mode);
        const h = inner.reduce<tf.Tensor2D>(
          (below, layer) => dropout(leakyRelu(layer.apply(below, routed.route), 0), settings.dropout, mode),
          flat,
        );
        return { logit: last!.apply(h, routed.route), lastLayer: h, routed };
      },
      probes: [...routingProbes(shape, routing), lastLayer],
      outputs: ({ logit, routed }) => ({ logit, ...routed }),
    };
  },
});
