import * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../../operation/defineOperation';

interface Parts {
  readonly axis: number;
  readonly sizes: readonly number[];
}

const operation = defineOperation({
  name: 'split',
  shapes: 'x: any -> *',
  forward: ({ x }, { axis, sizes }: Parts) => {
    let from = 0;
    return sizes.map((size) => {
      const begin = x.shape.map((_, at) => (at === axis ? from : 0));
      from += size;
      return tf.slice(
        x,
        begin,
        x.shape.map((length, at) => (at === axis ? size : length)),
      );
    });
  },
  gradient: ({ dy }, { axis }) => ({ x: () => tf.concat([...dy], axis) }),
});

/**
 * Neighbouring parts of a tensor along `axis`, of `sizes` that add up to its length. Their gradient is one concatenation, where
 * slices would pad and add each. @throws RangeError where the sizes do not add up.
 */
export function split<T extends tf.Tensor>(x: T, sizes: readonly number[], axis: number): T[] {
  const whole = sizes.reduce((sum, size) => sum + size, 0);
  if (whole !== x.shape[axis]) {
    throw new RangeError(
      `split got [${x.shape.join(', ')}] and parts of ${sizes.join(' + ')} along axis ${axis}.`,
    );
  }
  return sizes.length === 1 ? [x] : (operation({ x }, { axis, sizes }) as T[]);
}
