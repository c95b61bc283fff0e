/** What one forward pass of CausalInt leaves. */
import type * as tf from '@tensorflow/tfjs-core';
import type { Pass } from '../../definition';
import type { Contribution, Fused } from './fusion';
import type { Representation } from './representation';

export interface CausalIntPass extends Pass {
  readonly representation: Representation;
  /** X′ of Eq 14, or X_IR where no step was taken `[B, M]`. */
  readonly xPrime: tf.Tensor2D;
  /** What the row's scenario contributes. */
  readonly from: Contribution;
  /** Logits of α, of every scenario's expert `[B, N]` (Eq 5); null without experts. */
  readonly gateLogit: tf.Tensor2D | null;
  /** The scenario's own logit and its gradient by X′. */
  readonly fused: Fused;
  /** The pass whose gradients Eq 12 takes: `fused`, or a second one at X_IR. */
  readonly compared: Fused;
  /** Which scenarios’ gradients this step compares, in what order (`ScenarioSampler`); null for all as the dataset lists them. */
  readonly sample: tf.Tensor2D | null;
}
