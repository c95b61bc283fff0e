import * as tf from '@tensorflow/tfjs-core';
import { mixWeightGradient } from '../kernels/mixture';
import { ownBranch } from '../kernels/ownBranch';
import { rawProduct } from '../kernels/product';
import { leakyRelu } from './activations';
import { multiDense } from './dense';
import { mixExperts } from './mixture';

export interface MixtureOwnGradientInputs {
  /** `[B, in]` */
  readonly x: tf.Tensor2D;
  /** `[N, in, w]` */
  readonly weight: tf.Tensor3D;
  /** `[N, w]` */
  readonly bias: tf.Tensor2D;
  /** `[B, N]` */
  readonly alpha: tf.Tensor2D;
  /** Which branch is a row's own `[B, N]`. */
  readonly oneHot: tf.Tensor2D;
  readonly slope: number;
}

type Inputs = [tf.Tensor2D, tf.Tensor3D, tf.Tensor2D, tf.Tensor2D, tf.GradSaveFunc];

/**
 * `Σ_n alpha_n LeakyReLU(x W_n + b_n)`, `[B, w]`, where a row trains its own branch only: gradients through all other
 * branches are stopped. Written as one operation, because no gradient of `[B, N, w]` is then ever made.
 */
export function mixtureOwnGradient({
  x,
  weight,
  bias,
  alpha,
  oneHot,
  slope,
}: MixtureOwnGradientInputs): tf.Tensor2D {
  const run = tf.customGrad<tf.Tensor2D>((...given) => {
    const [xIn, wIn, bIn, alphaIn, save] = given as Inputs;
    const h = leakyRelu(multiDense(xIn, wIn, bIn), slope);
    save([xIn, wIn, alphaIn, h, oneHot]);
    return {
      value: mixExperts(h, alphaIn),
      gradFunc: (dy: tf.Tensor2D, saved: tf.Tensor[]) => gradient(dy, saved, slope),
    };
  });
  return run(x, weight, bias, alpha);
}

function gradient(dy: tf.Tensor2D, saved: readonly tf.Tensor[], slope: number): tf.Tensor[] {
  const [x, weight, alpha, h, oneHot] = saved as [
    tf.Tensor2D,
    tf.Tensor3D,
    tf.Tensor2D,
    tf.Tensor3D,
    tf.Tensor2D,
  ];
  const [branches, input, width] = weight.shape;
  const rows = x.shape[0];
  const inner = ownBranch({ dy, h, alpha, oneHot }, { slope });
  /** Row b's vector in the place of its own branch, zeros elsewhere `[B, N k]`. */
  const spread = (y: tf.Tensor, k: number): tf.Tensor =>
    tf.reshape(tf.mul(tf.expandDims(oneHot, 2), tf.expandDims(y, 1)), [rows, branches * k]);
  const byWeight = rawProduct(spread(x, input), inner, true, false);
  const stacked = tf.reshape(tf.transpose(weight, [0, 2, 1]), [branches * width, input]);
  return [
    rawProduct(spread(inner, width), stacked, false, false),
    tf.reshape(byWeight, [branches, input, width]),
    rawProduct(oneHot, inner, true, false),
    mixWeightGradient({ dy, h }, { layout: 'rows' })[0]!,
  ];
}
