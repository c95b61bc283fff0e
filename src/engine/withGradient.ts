/** A function of one tensor whose gradient is written out. */
import * as tf from '@tensorflow/tfjs-core';

/**
 * @param forward the value, and by name the tensors that the gradient reads (they may be any, `x` among them)
 * @param gradient of the loss by `x`, from `dy`, its gradient by the value; nothing else gets a gradient
 */
export function withGradient<T extends tf.Tensor, U extends tf.Tensor, S extends Record<string, tf.Tensor>>(
  x: T,
  forward: (x: T) => { readonly value: U; readonly saved: S },
  gradient: (dy: U, saved: S) => tf.Tensor,
): U {
  // The library types neither the arguments nor what is saved: they are those that stand here.
  const run = tf.customGrad((...args: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [given, save] = args as [T, tf.GradSaveFunc];
    const { value, saved } = forward(given);
    const names = Object.keys(saved);
    save(Object.values(saved));
    const byName = (list: readonly tf.Tensor[]): S =>
      Object.fromEntries(names.map((name, i) => [name, list[i]])) as S;
    return { value, gradFunc: (dy: tf.Tensor, list: tf.Tensor[]) => gradient(dy as U, byName(list)) };
  });
  return run(x);
}
