/** Cross layers of DCN-V2 (Wang et al., WWW 2021): the input times a linear map of the layer below, whole, of low rank, or mixed. */
import * as tf from '@tensorflow/tfjs-core';
import { dense, multiDense, routedDense, sigmoid, softmaxLast, stackedDense, tanh } from '../../engine';
import type { Makers, RowInputs } from '../layers';

export type CrossKind = 'matrix' | 'low-rank' | 'mixture';

interface Crossed {
  /** `[B, D]` */
  readonly output: tf.Tensor2D;
  /** Weights of the experts `[B, K]`; null without. */
  readonly gate: tf.Tensor2D | null;
}

export interface MatrixCross {
  /** `x_0 [B, D]` and the layer below `x [B, D]`. */
  apply(first: tf.Tensor2D, x: tf.Tensor2D, rows: RowInputs): Crossed;
}

interface MatrixCrossOptions {
  readonly kind: CrossKind;
  /** D */
  readonly width: number;
  /** r */
  readonly rank: number;
  /** K */
  readonly numExperts: number;
  readonly gate: 'softmax' | 'sigmoid';
}

/** `x [B, in]` by a weight of all rows `[in, out]`, or by each row's own of `[N, in, out]`. */
function mapped(
  x: tf.Tensor2D,
  weight: tf.Tensor,
  input: number,
  output: number,
  rows: RowInputs,
): tf.Tensor2D {
  if (weight.size === input * output) return dense(x, tf.reshape<tf.Rank.R2>(weight, [input, output]), null);
  const stack = tf.reshape<tf.Rank.R3>(weight, [weight.size / (input * output), input, output]);
  return routedDense(x, stack, null, rows.scenarioOneHot);
}

/**
 * Parameters of `matrix`: `<name>.weight [D, D]`, `<name>.bias [D]`; `low-rank`: `<name>.v [D, r]`, `<name>.u [r, D]`, `<name>.bias [D]`;
 * `mixture`: `<name>.v [K, D, r]`, `<name>.c [K, r, r]`, `<name>.u [K, r, D]`, `<name>.gate.weight [D, K]`, `<name>.gate.bias [K]`,
 * `<name>.bias [D]`.
 */
export function createMatrixCross(make: Makers, name: string, options: MatrixCrossOptions): MatrixCross {
  const { kind, width, rank } = options;
  if (kind === 'mixture') return createMixture(make, name, options);
  if (kind === 'matrix') {
    const map = make.linear(name, { input: width, output: width });
    return {
      apply: (first, x, rows) => ({ output: tf.add(tf.mul(first, map.apply(x, rows)), x), gate: null }),
    };
  }
  const v = make.weight(`${name}.v`, [width, rank], { glorot: [width, rank] });
  const u = make.weight(`${name}.u`, [rank, width], { glorot: [rank, width] });
  const bias = make.weight(`${name}.bias`, [width], 0, 'bias');
  return {
    apply(first, x, rows) {
      const low = mapped(x, v.tensor, width, rank, rows);
      const map = tf.add(mapped(low, u.tensor, rank, width, rows), bias.rows(rows));
      return { output: tf.add(tf.mul(first, map), x), gate: null };
    },
  };
}

function createMixture(
  make: Makers,
  name: string,
  { width, rank, numExperts, gate: kind }: MatrixCrossOptions,
): MatrixCross {
  const wide = numExperts * rank;
  const v = make.weight(`${name}.v`, [numExperts, width, rank], { glorot: [width, rank] });
  const c = make.weight(`${name}.c`, [numExperts, rank, rank], { glorot: [rank, rank] });
  const u = make.weight(`${name}.u`, [numExperts, rank, width], { glorot: [rank, width] });
  const gates = make.linear(`${name}.gate`, { input: width, output: numExperts });
  const bias = make.weight(`${name}.bias`, [width], 0, 'bias');

  /** Every expert's `x V_k`: `[B, D]` to `[B, K, r]`. */
  function lowered(x: tf.Tensor2D, rows: RowInputs): tf.Tensor3D {
    if (!make.own) return multiDense(x, tf.reshape<tf.Rank.R3>(v.tensor, [numExperts, width, rank]), null);
    // Experts side by side, so that a row meets its scenario's matrix alone.
    const side = tf.transpose(v.tensor, [0, 2, 1, 3]);
    return tf.reshape(mapped(x, side, width, wide, rows), [x.shape[0], numExperts, rank]);
  }

  /** Every expert's `[r]` times its own `[r, r]`: `[B, K, r]` to the same shape. */
  function turned(h: tf.Tensor3D, rows: RowInputs): tf.Tensor3D {
    if (make.own) return tf.sum(tf.mul(tf.expandDims(h, 3), c.rows(rows)), 2);
    const stack = tf.reshape<tf.Rank.R3>(c.tensor, [numExperts, rank, rank]);
    return tf.transpose(stackedDense(tf.transpose(h, [1, 0, 2]), stack, null), [1, 0, 2]);
  }

  return {
    apply(first, x, rows) {
      const batch = x.shape[0];
      const logits = gates.apply(x, rows);
      const gate = kind === 'softmax' ? softmaxLast(logits) : sigmoid(logits);
      const h = tanh(turned(tanh(lowered(x, rows)), rows));
      // Σ_k G_k (h_k U_k + b) in one product: the gates weigh the experts' r numbers before they are mapped back.
      const weighed = tf.reshape<tf.Rank.R2>(tf.mul(h, tf.expandDims(gate, 2)), [batch, wide]);
      const shift = tf.mul(bias.rows(rows), tf.sum(gate, 1, true));
      const map = tf.add(mapped(weighed, u.tensor, wide, width, rows), shift);
      return { output: tf.add(tf.mul(first, map), x), gate };
    },
  };
}
