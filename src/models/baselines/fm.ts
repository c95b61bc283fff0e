/** Factorisation machine (Rendle, ICDM 2010): a weight a value, and a product of factors for every pair of fields. */
import * as tf from '@tensorflow/tfjs-core';
import { batchMatMul } from '../../engine';
import type { Probe } from '../definition';
import type { FieldReader } from '../layers';
import { rowVectors } from '../probes';
import { baselineFields, singleControls } from './common';
import { defineSingleScenario } from './defineSingleScenario';
import { fieldWeights, type LinearPass } from './linearPart';

interface FmPass extends LinearPass {
  /** Factors of each field's value `[B, F', d]`, and their sum `[B, d]`. */
  readonly factors: tf.Tensor3D;
  readonly sum: tf.Tensor2D;
}

/** Lemma 3.1: the sum over pairs in time linear in fields. `factors [B, F, d]`, to `[B, 1]` and the factors' sum `[B, d]`. */
export function pairProducts(factors: tf.Tensor3D): {
  readonly products: tf.Tensor2D;
  readonly sum: tf.Tensor2D;
} {
  const sum = tf.sum<tf.Tensor2D>(factors, 1);
  const squares = tf.sum<tf.Tensor2D>(tf.square(factors), 1);
  const products = tf.sum<tf.Tensor2D>(tf.sub(tf.square(sum), squares), 1, true);
  return { products: tf.mul(products, 0.5), sum };
}

/** `fieldPairs [F', F']`: the mean product of two fields' factors; the diagonal, which the model does not read, is their squared length. */
export function fieldPairs({ names }: FieldReader): Probe<Pick<FmPass, 'factors'>> {
  return {
    name: 'fieldPairs',
    topic: 'gates',
    title: 'What each pair of fields adds to the logit',
    reading:
      'Mean product of two fields’ factors over all evaluation rows; the diagonal is no part of the model.',
    equation: String.raw`\operatorname{mean}_x \langle v_{x_i}, v_{x_j} \rangle`,
    axes: [
      { name: 'field', labels: names },
      { name: 'field', labels: names },
    ],
    scale: 'signed',
    quantity: 'product',
    compute({ factors }, { weight }) {
      const [batch, fields] = factors.shape;
      const counted = tf.mul<tf.Tensor3D>(factors, tf.reshape(weight, [batch, 1, 1]));
      const products = batchMatMul(counted, tf.transpose(factors, [0, 2, 1]));
      return { sum: tf.reshape(tf.sum(products, 0), [fields, fields]), count: tf.sum(weight) };
    },
  };
}

export const fm = defineSingleScenario({
  id: 'fm',
  title: 'FM',
  paper: {
    title: 'Factorization Machines',
    authors: 'Rendle',
    venue: 'ICDM',
    year: 2010,
    url: 'https://doi.org/10.1109/ICDM.2010.127',
  },
  summary:
    'Factorisation machine: a weight for each value and a product of factors for each pair, a control.',
  topics: ['gates', 'representation'],
  fields: { embeddingDim: baselineFields.embeddingDim, ...singleControls },
  presets: {
    paper: {},
    browser: {},
    tiny: { embeddingDim: 4, historyLength: 3 },
  },
  linearColumn: true,
  network({ make, read, shape }) {
    const bias = make.outputBias('bias');
    return {
      apply({ fields: factors, linear }, inputs): FmPass {
        const { products, sum } = pairProducts(factors);
        const weights = tf.add<tf.Tensor2D>(tf.sum(linear, 1, true), bias.rows(inputs));
        return { logit: tf.add(weights, products), linear, factors, sum };
      },
      probes: [
        fieldWeights(shape, read),
        fieldPairs(read),
        rowVectors<FmPass>({
          name: 'factorSum',
          title: 'Sum of a row’s factors',
          reading: 'Rows that stand together have values whose factors point the same way.',
          equation: String.raw`\textstyle\sum_f v_{x_f}`,
          vectors: (pass) => pass.sum,
        }),
      ],
    };
  },
});
