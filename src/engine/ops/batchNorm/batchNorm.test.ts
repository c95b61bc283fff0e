import * as tf from '@tensorflow/tfjs-core';
import { as2 } from '../../testing/operation';
import { testAgainstPyTorch, type OfInputs } from '../../testing/pytorch';
import { batchMoments, batchNorm, domainMoments, normalise } from '.';

/** Moments, then normalisation by them. */
const inTwo =
  (rowAxis: 0 | 1): OfInputs =>
  ({ x, weight, gamma, beta }) => {
    const { mean, variance } = batchMoments(x!, as2(weight), rowAxis);
    return normalise(x!, mean, variance, gamma!, beta!);
  };

const fused =
  (rowAxis: 0 | 1): OfInputs =>
  ({ x, weight, gamma, beta }) =>
    batchNorm(x!, as2(weight), gamma!, beta!, rowAxis).output;

testAgainstPyTorch({
  'batchNorm.rows': inTwo(0),
  'batchNorm.rowsOfStacks': inTwo(0),
  'batchNorm.stacks': inTwo(1),
  'batchNorm.rows (fused)': fused(0),
  'batchNorm.rowsOfStacks (fused)': fused(0),
  'batchNorm.stacks (fused)': fused(1),
  domainMoments: ({ x, oneHot, weight }) => {
    const { mean, variance } = domainMoments(as2(x), as2(oneHot), as2(weight));
    return tf.concat([mean, variance], 1);
  },
});
