/** Weights as safetensors: the documented parameter names, states and the table, so that other tools read them too. */
import { readSafetensors, writeSafetensors } from './safetensors';
import type { SafeTensor } from './safetensors';

interface Named {
  readonly name: string;
  readonly tensor: { readonly shape: readonly number[] };
}

/** A safetensors file of `arrays` by variable name, in the variables' shapes. @throws RangeError where one is missing */
export function writeWeights(
  arrays: Readonly<Record<string, Float32Array>>,
  variables: readonly Named[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const tensors = new Map<string, SafeTensor>();
  for (const { name, tensor } of variables) {
    const values = arrays[name];
    if (!values) throw new RangeError(`There are no values of "${name}" to write.`);
    tensors.set(name, { shape: tensor.shape, values });
  }
  return writeSafetensors(tensors, { format: 'scenarium-weights/1', ...metadata });
}

/** @throws RangeError where the file is not readable or holds no float32 tensors */
export function readWeights(file: Uint8Array): Record<string, Float32Array> {
  const { tensors } = readSafetensors(file);
  const arrays: Record<string, Float32Array> = {};
  for (const [name, { values }] of tensors) if (values instanceof Float32Array) arrays[name] = values;
  if (Object.keys(arrays).length === 0)
    throw new RangeError('The file holds no float32 tensors; choose weights that were exported from a run.');
  return arrays;
}
