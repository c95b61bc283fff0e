/** What one forward pass of M-scan leaves. */
import type * as tf from '@tensorflow/tfjs-core';
import type { Pass } from '../../definition';
import type { CoAttended } from './coAttention';

export interface MscanPass extends Pass {
  /** ŷ_m `[batch, 1]` (Eq 6). */
  readonly matchScore: tf.Tensor2D;
  /** Last layer below ŷ_m `[batch, units]`. */
  readonly matchHidden: tf.Tensor2D;
  /** h, the state of the current scenario's behaviours `[batch, item width]` (Eq 4). */
  readonly state: tf.Tensor2D;
  /** R_h, the behaviours of all scenarios pooled by co-attention `[batch, width]` (Eq 5). */
  readonly interest: tf.Tensor2D;
  /** Attention over behaviours, and C of Eq 16 where there is co-attention. */
  readonly attended: CoAttended;
  /** The scenario's direct effect (Eq 7): ŷ_s `[batch, 1]` and the layer below it; null without the eliminator. */
  readonly direct: { readonly logit: tf.Tensor2D; readonly hidden: tf.Tensor2D } | null;
}
