import * as tf from '@tensorflow/tfjs-core';

/** The open backend as what our kernels know of it: the library's own type has none of its memory and programs. */
export function openedBackend<B>(): B {
  return tf.backend() as unknown as B;
}
