/** Wide & Deep (Cheng et al., DLRS 2016): a linear part that remembers values beside a deep part that generalises over them. */
import * as tf from '@tensorflow/tfjs-core';
import { lastLayer } from '../probes';
import { hidden, singleFields } from './common';
import { defineSingleScenario } from './defineSingleScenario';
import { fieldWeights } from './linearPart';
import { partsProbe } from './singleProbes';

export const wideDeep = defineSingleScenario({
  id: 'wide-deep',
  title: 'Wide & Deep',
  paper: {
    title: 'Wide & Deep Learning for Recommender Systems',
    authors: 'Cheng, Koc, Harmsen, Shaked, Chandra, Aradhye, Anderson, Corrado, Chai, Ispir and others',
    venue: 'DLRS',
    year: 2016,
    url: 'https://doi.org/10.1145/2988450.2988454',
  },
  summary:
    'A linear part remembers which values are clicked, a deep part generalises; both are trained together.',
  topics: ['gates', 'representation'],
  linearColumn: true,
  fields: {
    ...singleFields,
    hidden: hidden('Hidden layers', 'Widths of the deep part.', [256, 128]),
  },
  presets: {
    paper: { embeddingDim: 32, hidden: [1024, 512, 256], dropout: 0, batchNorm: 'off' },
    browser: { batchNorm: 'off', hidden: [64, 32] },
    tiny: { hidden: [8, 4], embeddingDim: 4, historyLength: 3 },
  },
  network({ make, read, shape, settings }) {
    const mlp = make.mlp('mlp', { input: read.width, widths: settings.hidden });
    const output = make.linear('output', { input: mlp.outputWidth, output: 1, bias: 'prior' });
    return {
      apply({ flat, linear }, inputs, mode) {
        const wide = tf.sum<tf.Tensor2D>(linear, 1, true);
        const h = mlp.apply(flat, inputs, mode).output;
        const deep = output.apply(h, inputs);
        return {
          logit: tf.add<tf.Tensor2D>(wide, deep),
          parts: () => tf.concat([wide, deep], 1),
          wide,
          deep,
          linear,
          lastLayer: h,
        };
      },
      probes: [partsProbe(shape, ['wide', 'deep']), fieldWeights(shape, read), lastLayer],
      outputs: ({ logit, wide, deep }) => ({ logit, wide, deep }),
    };
  },
});
