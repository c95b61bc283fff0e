/** What one forward pass of OptMSM leaves. */
import type * as tf from '@tensorflow/tfjs-core';
import type { Pass } from '../../definition';
import type { Gate } from '../../layers';
import type { GatedInputs } from './inputs';
import type { Transferred } from './transfer';

export interface OptMsmPass extends Pass {
  readonly gated: GatedInputs;
  /** Whether `transferred` holds views, a row's own scenario first, and not all scenarios. */
  readonly drawn: boolean;
  /** Null where nothing is transferred. */
  readonly transferred: Transferred | null;
  /** The row's own representation `[B, R]`, or its gated input where nothing is transferred. */
  readonly own: tf.Tensor2D;
  /** G_l of every layer of the predictor `[B, width]` (Eq 11). */
  readonly scales: readonly Gate[];
}

/** @throws Error where nothing is transferred */
export function transferredOf({ transferred }: OptMsmPass): Transferred {
  if (!transferred) throw new Error('This model transfers nothing between scenarios.');
  return transferred;
}
