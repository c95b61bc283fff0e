/** Wide & Deep (Cheng et al., DLRS 2016): a linear part that remembers values beside a deep part that generalises over them. */
import * as tf from '@tensorflow/tfjs-core';
import { crossedPairs } from '../crosses';
import type { CrossedFields, DataShape, Probe } from '../definition';
import { lastLayer, scenarioAxis, sumByScenario } from '../probes';
import { hyper } from '../settings';
import { hidden, singleFields } from './common';
import { defineSingleScenario } from './defineSingleScenario';
import { fieldWeights } from './linearPart';
import { partsProbe } from './singleProbes';

/** `[B, C, d]` to the weights of pairs `[B, C]`. */
function firstColumn(crosses: tf.Tensor3D): tf.Tensor2D {
  const [rows, pairs] = crosses.shape;
  return tf.reshape(tf.slice(crosses, [0, 0, 0], [rows, pairs, 1]), [rows, pairs]);
}

/** `wideCrosses [N, C]`: what each pair of values adds to the logit, on average over a scenario's rows. */
function pairWeights(shape: DataShape, of: CrossedFields): Probe<{ readonly crossed: tf.Tensor2D | null }> {
  const nameOf = (place: number): string => shape.fields[place]?.name ?? '';
  const pairs = crossedPairs(shape, of).map(([one, other]) => `${nameOf(one)} × ${nameOf(other)}`);
  return {
    name: 'wideCrosses',
    topic: 'gates',
    title: 'What each cross adds to the logit',
    reading:
      'A row is a scenario’s mean weights of the pairs of values that its rows have: red raises the click’s odds, blue lowers them.',
    equation: String.raw`\operatorname{mean}_{x \in s} w_{\phi_c(x)}`,
    axes: [scenarioAxis(shape), { name: 'field', labels: pairs }],
    scale: 'signed',
    quantity: 'weight',
    compute: ({ crossed }, inputs) =>
      sumByScenario(crossed ?? tf.zeros<tf.Rank.R2>([inputs.batch, pairs.length]), inputs),
  };
}

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
  crosses: ({ crosses, crossBuckets }) =>
    crosses === 'off' ? undefined : { of: crosses, buckets: crossBuckets },
  fields: {
    ...singleFields,
    hidden: hidden('Hidden layers', 'Widths of the deep part.', [256, 128]),
    crosses: hyper.choice({
      label: 'Crosses',
      help: 'Pairs of values with a weight of their own in the wide part (Section 3.1): somebody chooses them.',
      options: ['off', 'scenario', 'user-item'],
      optionLabels: {
        off: 'none',
        scenario: 'scenario × every field',
        'user-item': 'user fields × item fields',
      },
      default: 'off',
    }),
    crossBuckets: hyper.int({
      label: 'Weights a cross',
      help: 'Pairs of values beyond so many share a weight.',
      default: 4096,
      min: 1,
      max: 1_000_000,
      advanced: true,
    }),
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
        const crossed = inputs.crosses ? firstColumn(inputs.crosses) : null;
        const weights = crossed ? tf.concat([linear, crossed], 1) : linear;
        const wide = tf.sum<tf.Tensor2D>(weights, 1, true);
        const h = mlp.apply(flat, inputs, mode).output;
        const deep = output.apply(h, inputs);
        return {
          logit: tf.add<tf.Tensor2D>(wide, deep),
          parts: () => tf.concat([wide, deep], 1),
          wide,
          deep,
          linear,
          crossed,
          lastLayer: h,
        };
      },
      probes: [
        partsProbe(shape, ['wide', 'deep']),
        fieldWeights(shape, read),
        ...(settings.crosses === 'off' ? [] : [pairWeights(shape, settings.crosses)]),
        lastLayer,
      ],
      outputs: ({ logit, wide, deep }) => ({ logit, wide, deep }),
    };
  },
});
