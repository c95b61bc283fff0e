/**
 * Sets values next to zero to zero, in place, before they become denormal numbers (below 2^-126), with which a processor computes twenty times
 * as long. Moments of rows and scenarios that come no more shrink by a tenth a step and would stay denormal for ever: rounding keeps the smallest from shrinking further.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { hostFloats } from '../../backends/hostMemory';
import { pointer, wasmKernels } from '../../backends/wasm/module';
import { defineOperation } from '../../operation/defineOperation';

/**
 * Every how many steps moments are flushed. By the next time a moment above `SMALLEST` has shrunk to 0.9^64 = 2^-9.7 of it, so it is no denormal yet.
 */
export const FLUSH_EVERY = 64;

/** 2^-110. A moment below it moves a weight by less than 1e-28: through Adam's epsilon, nothing that a weight of 1e-20 would notice. */
const SMALLEST = 2 ** -110;

interface Range {
  /** First value of a row of `target`. */
  readonly at: number;
  readonly count: number;
}

const operation = defineOperation({
  name: 'flushDenormals',
  shapes: 'target: two,n',
  inPlace: {
    host({ target }, { at, count }: Range, { two, n }) {
      const kernels = wasmKernels();
      for (let row = 0; row < two; row++) {
        const from = row * n + at;
        if (kernels) kernels.run.flush(pointer(target) + 4 * from, count, SMALLEST);
        else flush(hostFloats(target).subarray(from, from + count));
      }
    },
    device() {
      throw new Error('A device computes with denormal numbers as fast as with others.');
    },
  },
});

function flush(values: Float32Array): void {
  for (let i = 0; i < values.length; i++) if (Math.abs(values[i]!) < SMALLEST) values[i] = 0;
}

/** On a host backend: values of `moments [rows, n]` from column `at` on, `count` of them in every row, become zero where they are next to it. */
export function flushDenormals(moments: tf.Tensor2D, range: Range): void {
  operation({ target: moments }, range);
}
