/** DeepFM (Guo et al., IJCAI 2017): a factorisation machine and a deep network over the same embeddings. */
import * as tf from '@tensorflow/tfjs-core';
import { lastLayer } from '../probes';
import { ablation } from '../settings';
import { hidden, singleFields } from './common';
import { defineSingleScenario } from './defineSingleScenario';
import { fieldPairs, pairProducts } from './fm';
import { fieldWeights } from './linearPart';
import { partsProbe } from './singleProbes';

export const deepfm = defineSingleScenario({
  id: 'deepfm',
  title: 'DeepFM',
  paper: {
    title: 'DeepFM: A Factorization-Machine based Neural Network for CTR Prediction',
    authors: 'Guo, Tang, Ye, Li, He',
    venue: 'IJCAI',
    year: 2017,
    url: 'https://doi.org/10.24963/ijcai.2017/239',
  },
  summary: 'A factorisation machine and a deep network read the same embeddings; their logits are added.',
  topics: ['gates', 'representation'],
  linearColumn: true,
  fields: {
    ...singleFields,
    hidden: hidden('Hidden layers', 'Widths of the deep part.', [400, 400, 400]),
    fm: ablation.toggle({
      label: 'FM part',
      help: 'The linear weights and the inner products of all pairs of fields.',
      default: true,
      paperName: 'DNN alone',
    }),
    deep: ablation.toggle({
      label: 'Deep part',
      help: 'The deep network; without it the model is a factorisation machine.',
      default: true,
      paperName: 'FM (Table 2)',
    }),
  },
  presets: {
    paper: { embeddingDim: 10, hidden: [400, 400, 400], dropout: 0.5, batchNorm: 'off' },
    browser: { batchNorm: 'off', hidden: [64, 32] },
    tiny: { hidden: [8, 4], embeddingDim: 4, historyLength: 3 },
  },
  network({ make, read, shape, settings }) {
    const { fm } = settings;
    if (!fm && !settings.deep)
      throw new RangeError('DeepFM needs its FM part or its deep part; turn one on.');
    const mlp = settings.deep ? make.mlp('mlp', { input: read.width, widths: settings.hidden }) : null;
    const output = mlp && make.linear('output', { input: mlp.outputWidth, output: 1, bias: 'prior' });
    const bias = mlp ? null : make.outputBias('output.bias', [1]);
    const names = [...(fm ? ['linear', 'pairs'] : []), ...(mlp ? ['deep'] : [])];
    return {
      apply(given, inputs, mode) {
        const h = mlp?.apply(given.flat, inputs, mode).output ?? null;
        const parts = [
          ...(fm ? [tf.sum<tf.Tensor2D>(given.linear, 1, true), pairProducts(given.fields).products] : []),
          ...(h && output ? [output.apply(h, inputs)] : []),
        ];
        const sum = parts.reduce((total, part) => tf.add<tf.Tensor2D>(total, part));
        return {
          logit: bias ? tf.add<tf.Tensor2D>(sum, bias.rows(inputs)) : sum,
          parts: () => tf.concat(parts, 1),
          terms: parts,
          linear: given.linear,
          factors: given.fields,
          lastLayer: h ?? given.flat,
        };
      },
      probes: [
        partsProbe(shape, names),
        ...(fm ? [fieldWeights(shape, read), fieldPairs(read)] : []),
        ...(mlp ? [lastLayer] : []),
      ],
      outputs: ({ logit, terms }) => ({
        logit,
        ...Object.fromEntries(names.map((name, p) => [name, terms[p]!])),
      }),
    };
  },
});
