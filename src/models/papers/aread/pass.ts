/** What one forward pass of AREAD leaves. */
import type * as tf from '@tensorflow/tfjs-core';
import type { HistoryPass } from '../../baselines/reader';
import type { Pass } from '../../definition';
import type { Heads } from './heads';

export interface AreadPass extends Pass, HistoryPass {
  /** What the heads predict, and which of them count (Eq 7, 9). */
  readonly heads: Heads;
  /** z `[B, N_L]`. */
  readonly headLogits: tf.Tensor2D;
  /** Gates of every edge between layers before masks, in mask order `[B, E]` (Eq 3). */
  readonly gates: tf.Tensor2D;
  /** Gates over the base experts, one for each first-layer expert `[B, N_1, K]`. */
  readonly baseGates: tf.Tensor3D;
  /** What the first layer's experts read `[N_1, B, h]`, and what the last layer's say `[N_L, B, w]`. */
  readonly firstEntry: tf.Tensor3D;
  readonly lastOutputs: tf.Tensor3D;
}
