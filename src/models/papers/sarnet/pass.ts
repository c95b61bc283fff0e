/** What one forward pass of SAR-Net leaves. */
import type * as tf from '@tensorflow/tfjs-core';
import type { Pass } from '../../definition';

export interface SarNetPass extends Pass {
  /** Of a click, with bias nets in training and without them at inference `[batch, 1]` (Eq 10). */
  readonly probability: tf.Tensor2D;
  /** Weights of behaviours `[batch, L]` (Eq 5–7); they sum to 1 only where they are renormalised. */
  readonly behaviourWeight: tf.Tensor2D;
  /** The row's own gate over own and shared experts `[batch, m_k + m_s]`. */
  readonly gate: tf.Tensor2D;
  /** Attended behaviours beside the row's fields `[batch, width]`, before and after the transform (Eq 8). */
  readonly gathered: tf.Tensor2D;
  readonly vector: tf.Tensor2D;
  /** z of own and shared experts, in the gate's order `[batch, m_k + m_s]`. */
  readonly expertLogits: tf.Tensor2D;
}
