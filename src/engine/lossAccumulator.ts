import * as tf from '@tensorflow/tfjs-core';
import { demandNoDeviceErrors } from './backends/webgpu/deviceErrors';
import { addInto, copyInto } from './ops/copy';

/** Sums of loss terms on the device, read rarely and asynchronously. */
export interface LossAccumulator {
  /** Adds one step's terms. Names are fixed by the first call. @throws RangeError for other names. */
  add(terms: Readonly<Record<string, tf.Scalar>>): void;
  /** Counts a step whose terms were added by a replay. */
  count(): void;
  /** Means since the last read (an empty record if no step came), then starts anew. One readback. @throws Error where the device refused a step. */
  read(): Promise<Record<string, number>>;
  readonly steps: number;
  /** Sums since the last read, to the bit, without starting anew: what a checkpoint keeps. */
  snapshot(): Promise<LossSums>;
  /** Goes on from sums that `snapshot` gave. */
  restore(sums: LossSums): void;
  dispose(): void;
}

export interface LossSums {
  readonly names: readonly string[];
  readonly sums: Float32Array;
  readonly steps: number;
}

/** Holds one tensor `[terms]` on the device from the first `add` to `dispose`. */
export function createLossAccumulator(): LossAccumulator {
  let names: readonly string[] = [];
  let sums: tf.Tensor1D | null = null;
  let steps = 0;
  return {
    get steps() {
      return steps;
    },
    add(terms) {
      const given = Object.keys(terms);
      if (!sums) {
        names = given;
        sums = tf.keep(tf.zeros([given.length]));
      }
      if (given.length !== names.length || given.some((name, i) => name !== names[i])) {
        throw new RangeError(
          `Loss terms changed from ${names.join(', ')} to ${given.join(', ')} during training.`,
        );
      }
      const target = sums;
      tf.tidy(() => {
        const source = tf.concat1d(given.map((name) => tf.reshape(terms[name]!, [1])));
        addInto({ target, source }, { scale: 1 });
      });
      steps++;
    },
    count() {
      steps++;
    },
    async read() {
      if (!sums) return {};
      // The sums stay where they are: recorded steps add to that memory.
      const target = sums;
      const taken = tf.zeros<tf.Rank.R1>([names.length]);
      copyInto({ target: taken, source: target });
      tf.tidy(() => copyInto({ target, source: tf.zeros<tf.Rank.R1>([names.length]) }));
      const count = steps;
      steps = 0;
      const values = await taken.data();
      taken.dispose();
      demandNoDeviceErrors();
      return count === 0 ? {} : Object.fromEntries(names.map((name, i) => [name, values[i]! / count]));
    },
    async snapshot() {
      return { names, sums: sums ? (await sums.data<'float32'>()).slice() : new Float32Array(0), steps };
    },
    restore(from) {
      sums?.dispose();
      names = from.names;
      // In-place kernels write here: the device must hold its own copy.
      sums = from.names.length > 0 ? tf.keep(tf.tensor1d(from.sums.slice())) : null;
      steps = from.steps;
    },
    dispose() {
      sums?.dispose();
      sums = null;
      steps = 0;
    },
  };
}
