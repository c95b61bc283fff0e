/**
 * Gradients by a network's input, in closed form and as ordinary forward operations.
 *
 * Nested tapes are silently wrong for every operation whose gradient re-uses its own output, so a loss that contains a
 * gradient (CausalInt's orthogonality, meta-learning steps) writes that gradient down: one first-order tape then
 * differentiates it exactly. Batch statistics are held fixed, so that a row's gradient depends on that row alone, and
 * the forward pass's own dropout masks are used again.
 */
import * as tf from '@tensorflow/tfjs-core';
import { normActivationBackward, batchMatMulTransposed, matMul } from '../../engine';
import { applyOwnTransposed } from './linear';
import type { LayerTrace, Mlp, MlpTrace } from './mlp';
import type { StackedMlp, StackedMlpTrace } from './stackedMlp';
import type { TowerBank } from './towerBank';

/** Through dropout, activation and normalisation of one layer: `delta [B, w]` by output to `[B, w]` by the linear part. */
function throughLayer(delta: tf.Tensor2D, layer: LayerTrace): tf.Tensor2D {
  let inner = tf.mul<tf.Tensor2D>(delta, layer.activationFactor());
  if (layer.mask) inner = tf.mul(inner, layer.mask);
  if (layer.normScale) inner = tf.mul(inner, layer.normScale());
  return inner;
}

/**
 * dL/dx `[B, in]` from `delta` = dL/dh_n `[B, out]`, per row: for k = n … 1
 * `delta ← ((delta · m_k · A_k) · γ_k / sqrt(var_k + eps)) W_k^T`.
 *
 * The result is differentiable (once) by the weights, by γ and by `delta`; masks, activation factors and statistics are
 * constants of it.
 */
export function mlpInputGradient(mlp: Mlp, trace: MlpTrace, delta: tf.Tensor2D): tf.Tensor2D {
  let gradient = delta;
  for (let k = trace.layers.length - 1; k >= 0; k--) {
    const weight = mlp.linears[k]!.weight.tensor;
    gradient = matMul(throughLayer(gradient, trace.layers[k]!), tf.transpose(weight));
  }
  return gradient;
}

/** The same for a bank of towers: row b goes back through its own scenario's weights. */
export function towerInputGradient(
  bank: TowerBank,
  trace: MlpTrace,
  delta: tf.Tensor2D,
  scenarioOneHot: tf.Tensor2D,
): tf.Tensor2D {
  let gradient = delta;
  for (let k = trace.layers.length - 1; k >= 0; k--) {
    const weight = bank.linears[k]!.weight.tensor;
    gradient = applyOwnTransposed(throughLayer(gradient, trace.layers[k]!), weight, scenarioOneHot);
  }
  return gradient;
}

/** The same for a stack: `delta [E, B, out]` to each network's own gradient by the (shared or own) input `[E, B, in]`. */
export function stackedInputGradient(
  stack: StackedMlp,
  trace: StackedMlpTrace,
  delta: tf.Tensor3D,
): tf.Tensor3D {
  let gradient = delta;
  for (let k = trace.layers.length - 1; k >= 0; k--) {
    const { norm, ...layer } = trace.layers[k]!;
    let inner = normActivationBackward(gradient, { ...layer, norm: norm?.shared ?? null });
    if (norm && !norm.shared) inner = tf.mul(inner, norm.inputScale());
    gradient = batchMatMulTransposed(inner, stack.weights[k]!.tensor);
  }
  return gradient;
}
