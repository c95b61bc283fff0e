/** A model's variables: made on the host from the seed, kept on the device, written in place. */
import * as tf from '@tensorflow/tfjs-core';
import { copyInto } from './ops/copy';
import { UPDATE_GROUP, updateStates } from './ops/updateStates';
import { normalArray, streamSeed, uniformArray } from './random';
import type { RecordedState } from './mode';
import type { EmbeddingTable, Parameter, StateTensor, TensorOf, VariableFactory } from './types';

const product = (shape: readonly number[]): number => shape.reduce((all, length) => all * length, 1);

function keepTensor<const S extends readonly number[]>(values: Float32Array, shape: S): TensorOf<S> {
  // The rank of a tensor is the length of its shape, which the library's types do not follow.
  return tf.keep(tf.tensor(values.slice(), [...shape], 'float32')) as TensorOf<S>;
}

/** Collects a model's variables in order. Names must be unique. */
export interface Variables extends VariableFactory {
  readonly parameters: readonly Parameter[];
  readonly states: readonly StateTensor[];
}

/** @param seed every initial value follows from it and from the variable's name. */
export function createVariables(seed: number): Variables {
  const parameters: Parameter[] = [];
  const states: StateTensor[] = [];
  const names = new Set<string>();

  function take<const S extends readonly number[]>(
    name: string,
    shape: S,
    initial: Float32Array,
  ): TensorOf<S> {
    if (names.has(name)) throw new RangeError(`Variable ${name} exists already; give each its own name.`);
    if (initial.length !== product(shape)) {
      throw new RangeError(
        `Variable ${name} of shape [${shape.join(', ')}] needs ${product(shape)} values but got ${initial.length}.`,
      );
    }
    names.add(name);
    return keepTensor(initial, shape);
  }

  return {
    parameters,
    states,
    table: (vocabularySize, dim, padding) => createTable(vocabularySize, dim, seed, padding),
    parameter(name, kind, shape, initial, l2Centre = 0) {
      const made = { name, kind, shape, tensor: take(name, shape, initial), l2Centre };
      parameters.push(made);
      return made;
    },
    state(name, shape, initial) {
      const made = { name, shape, tensor: take(name, shape, initial) };
      states.push(made);
      return made;
    },
    glorot(name, shape, fanIn, fanOut) {
      const limit = Math.sqrt(6 / (fanIn + fanOut));
      return uniformArray(seed, name, product(shape), -limit, limit);
    },
    normal(name, shape, mean, deviation) {
      return normalArray(seed, name, product(shape), mean, deviation);
    },
    orthogonal(name, rows, columns) {
      return orthogonalArray(seed, name, rows, columns);
    },
  };
}

/** Orthonormal rows (or columns, if there are more rows than columns) by modified Gram–Schmidt over normal numbers. */
function orthogonalArray(seed: number, name: string, rows: number, columns: number): Float32Array {
  const tall = rows > columns;
  const vectors = tall ? columns : rows;
  const length = tall ? rows : columns;
  const basis = Float64Array.from(normalArray(seed, name, vectors * length));
  for (let i = 0; i < vectors; i++) {
    const own = basis.subarray(i * length, (i + 1) * length);
    for (let j = 0; j < i; j++) {
      const other = basis.subarray(j * length, (j + 1) * length);
      let dot = 0;
      for (let k = 0; k < length; k++) dot += own[k]! * other[k]!;
      for (let k = 0; k < length; k++) own[k]! -= dot * other[k]!;
    }
    let square = 0;
    for (let k = 0; k < length; k++) square += own[k]! * own[k]!;
    const scale = 1 / Math.sqrt(square);
    for (let k = 0; k < length; k++) own[k]! *= scale;
  }
  const out = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      out[i * columns + j] = tall ? basis[j * length + i]! : basis[i * length + j]!;
    }
  }
  return out;
}

/** A table with values from N(0, 0.01²); its first rows, padding, are zero. */
export function createTable(vocabularySize: number, dim: number, seed: number, padding = 1): EmbeddingTable {
  const values = normalArray(streamSeed(seed, 'embedding'), 'values', vocabularySize * dim, 0, 0.01);
  values.fill(0, 0, padding * dim);
  return {
    name: 'embedding',
    vocabularySize,
    dim,
    tensor: keepTensor(values, [vocabularySize, dim]),
  };
}

/** Anything with a live tensor: a parameter, a state or the table. */
export type Variable = Pick<Parameter, 'name' | 'tensor'>;

/** Writes values in place; the tensor stays the same object. @throws RangeError where the sizes differ. */
export function assign(variable: Variable, value: tf.Tensor | Float32Array): void {
  const { name, tensor } = variable;
  const count = value instanceof Float32Array ? value.length : value.size;
  if (count !== tensor.size) {
    throw new RangeError(`${name} holds ${tensor.size} values; it cannot take ${count}.`);
  }
  if (value instanceof Float32Array) {
    const source = tf.tensor(value.slice(), tensor.shape, 'float32');
    copyInto({ target: tensor, source });
    source.dispose();
  } else {
    copyInto({ target: tensor, source: value });
  }
}

/** Writes a parameter or the table in place (values, or another tensor of the same size). */
export const assignParameter: (
  variable: Parameter | EmbeddingTable,
  value: tf.Tensor | Float32Array,
) => void = assign;

/** Writes a state in place. */
export const assignState: (state: StateTensor, value: tf.Tensor | Float32Array) => void = assign;

/** Writes states in place, a few a dispatch: `decay * state + scale * value`. */
export function applyStateUpdates(recorded: readonly RecordedState[]): void {
  for (let from = 0; from < recorded.length; from += UPDATE_GROUP) {
    const group = recorded.slice(from, from + UPDATE_GROUP);
    updateStates(
      group.map(({ state, value, decay, scale }) => ({ target: state.tensor, source: value, decay, scale })),
    );
  }
}

/** A tensor's values, copied to the host without stalling the caller's thread on WebGPU. */
export async function readTensor(source: tf.Tensor | Variable): Promise<Float32Array> {
  const tensor = source instanceof tf.Tensor ? source : source.tensor;
  const values = await tensor.data<'float32'>();
  return values.slice();
}

/** Frees variables; they cannot be used afterwards. */
export function disposeVariables(variables: readonly (Variable | null)[]): void {
  for (const variable of variables) variable?.tensor.dispose();
}
