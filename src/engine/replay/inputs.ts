/** Inputs of a recorded step: all that may differ from one step to the next. Everything else is constant, and proved to be. */
import type * as tf from '@tensorflow/tfjs-core';

/** Values by input: of tensors all their values, of numbers among a program's uniforms a list of them. */
export type StepInputs = Readonly<Record<string, ArrayLike<number>>>;

/** Who wants to know which tensors are inputs: the recorder, while it records. */
interface Listener {
  declare(name: string, dataId: tf.DataId): void;
}

let listener: Listener | null = null;

/** Tells `given` of inputs from now on; null: nobody. */
export function listenForInputs(given: Listener | null): void {
  listener = given;
}

/** Marks a tensor made from values on the host as an input of the step. Costs nothing where nothing is recorded. */
export function declareInput<T extends tf.Tensor>(name: string, tensor: T): T {
  listener?.declare(name, tensor.dataId);
  return tensor;
}
