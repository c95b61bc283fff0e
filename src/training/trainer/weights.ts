/** Copies of a model's variables, on the device and on the host. */
import * as tf from '@tensorflow/tfjs-core';
import { assign, disposeVariables, readTensor } from '../../engine';
import type { Variable } from '../../engine';
import type { Snapshot, WeightsCopy } from './contract';

const emptyLike = ({ tensor }: Variable): tf.Tensor => tf.keep(tf.zeros(tensor.shape));

/** @throws RangeError where the snapshot lacks the variable or has another size of it */
export function arrayOf(
  arrays: Readonly<Record<string, Float32Array>>,
  { name, tensor }: Variable,
): Float32Array {
  const values = arrays[name];
  if (!values)
    throw new RangeError(
      `The weights hold no "${name}"; model and settings must be those that they were trained with.`,
    );
  if (values.length !== tensor.size) {
    throw new RangeError(
      `The weights hold ${values.length} values of "${name}", the model ${tensor.size}; model, settings and dataset must be the same.`,
    );
  }
  return values;
}

/** Values on the host, by name. */
export async function readAll(variables: readonly Variable[]): Promise<Record<string, Float32Array>> {
  const arrays = await Promise.all(variables.map((variable) => readTensor(variable)));
  return Object.fromEntries(variables.map(({ name }, i) => [name, arrays[i]!]));
}

/** A copy on the device of all variables (or of a snapshot's values of them). */
export function copyWeights(variables: readonly Variable[], from?: Snapshot): WeightsCopy {
  const copies = variables.map((variable) => {
    const copy = { name: variable.name, tensor: emptyLike(variable) };
    assign(copy, from ? arrayOf(from.arrays, variable) : variable.tensor);
    return copy;
  });
  return {
    restore: () => copies.forEach((copy, i) => assign(variables[i]!, copy.tensor)),
    read: async () => ({ arrays: await readAll(copies) }),
    dispose: () => disposeVariables(copies),
  };
}
