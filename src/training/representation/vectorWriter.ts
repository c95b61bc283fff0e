/** Hidden vectors of one pass after another, in tensors that last, so that passes can be replayed. */
import * as tf from '@tensorflow/tfjs-core';
import { copyInto } from '../../engine';
import { keptRows } from './sample';
import type { WritePass } from '../repeatedPass';

/** A probe's vectors of the last pass. */
interface Written {
  /** Vectors a row. */
  readonly slots: number;
  readonly dim: number;
  /** Rows of the whole sample that are kept of it. */
  readonly kept: number;
  /** Of the pass's first rows, as many as may be kept `[rows * slots * dim]`. */
  readonly tensor: tf.Tensor;
}

export interface VectorWriter {
  readonly write: WritePass;
  /** Probabilities of the last pass `[batch]`. */
  probability(): Promise<Float32Array>;
  /** By probe. */
  readonly vectors: ReadonlyMap<string, Written>;
  dispose(): void;
}

/** @param count rows of the sample */
export function createVectorWriter(count: number): VectorWriter {
  const vectors = new Map<string, Written>();
  let chance: tf.Tensor | null = null;

  function place(name: string, { shape }: tf.Tensor): Written {
    const slots = shape.length === 3 ? shape[1] : 1;
    const dim = shape.at(-1)!;
    const kept = keptRows(count, slots, dim);
    const rows = Math.min(kept, shape[0]);
    const made = { slots, dim, kept, tensor: tf.keep(tf.zeros([rows, ...shape.slice(1)])) };
    vectors.set(name, made);
    return made;
  }

  return {
    vectors,
    write(pass) {
      const { probability } = pass.scores();
      chance ??= tf.keep(tf.zeros(probability.shape));
      copyInto({ target: chance, source: probability });
      for (const [name, tensor] of Object.entries(pass.vectors())) {
        const target = (vectors.get(name) ?? place(name, tensor)).tensor;
        const begin = tensor.shape.map(() => 0);
        const source = target.size === tensor.size ? tensor : tf.slice(tensor, begin, target.shape);
        copyInto({ target, source });
      }
    },
    async probability() {
      return chance ? chance.data<'float32'>() : new Float32Array(0);
    },
    dispose() {
      chance?.dispose();
      for (const { tensor } of vectors.values()) tensor.dispose();
    },
  };
}
