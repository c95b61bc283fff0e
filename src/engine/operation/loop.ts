/**
 * Operations written twice and no more: once as a loop over host memory (CPU and WASM), once as a device program. For work
 * that would otherwise be a chain of a dozen element-wise operations.
 */
import * as tf from '@tensorflow/tfjs-core';
import { hostFloats } from '../backends/hostMemory';
import { openedBackend } from '../backends/opened';
import { newOutput } from '../backends/wasm/module';
import { elementProgram, float, int, webgpu } from '../backends/webgpu/program';
import type { DimsOf, InputNames, ValuesOf } from './contractTypes';
import type { OnBackend } from './library';

export interface Loop<S extends string, A extends object> {
  /** Fills `out`, whose shape is the contract's. */
  readonly host: (values: ValuesOf<S>, out: Float32Array, dims: DimsOf<S>, attributes: A) => void;
  /**
   * WGSL for invocation `index`; inputs are arrays by their names, the output is `result`, dimensions are `uniforms.<letter>`
   * and numbers among the attributes `uniforms.<name>`. An input that may have been cast from integers (a one-hot) still holds
   * integers on the device: read it through `f32(…)`.
   */
  readonly device: (has: (name: InputNames<S>) => boolean) => string;
  /** Invocations where they are not one per element of the output, which has `size` elements. */
  readonly threads?: (dims: DimsOf<S>, size: number) => number;
}

interface CpuBackend {
  makeTensorInfo(shape: number[], dtype: tf.DataType, values: Float32Array): tf.TensorInfo;
}

type Infos = Readonly<Record<string, tf.TensorInfo>>;

function hostValues(inputs: Infos): Record<string, Float32Array> {
  const values: Record<string, Float32Array> = {};
  for (const name of Object.keys(inputs)) values[name] = hostFloats(inputs[name]!);
  return values;
}

export function runLoop<S extends string, A extends object>(
  backend: OnBackend,
  name: string,
  loop: Loop<S, A>,
  inputs: Infos,
  attributes: A,
  dims: Readonly<Record<string, number>>,
  shape: number[],
): tf.TensorInfo {
  // The contract that bound `dims` and named the inputs is the one whose letters and names `S` holds.
  const sizes = dims as DimsOf<S>;
  if (backend === 'cpu') {
    const out = new Float32Array(tf.util.sizeFromShape(shape));
    loop.host(hostValues(inputs) as ValuesOf<S>, out, sizes, attributes);
    return openedBackend<CpuBackend>().makeTensorInfo(shape, 'float32', out);
  }
  if (backend === 'wasm') {
    // First the output: making it may move the heap that the inputs' views look at.
    const info = newOutput(shape);
    loop.host(hostValues(inputs) as ValuesOf<S>, hostFloats(info), sizes, attributes);
    return info;
  }
  const names = Object.keys(inputs);
  const whole = Object.entries(dims);
  const factors = Object.entries(attributes).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number',
  );
  const size = tf.util.sizeFromShape(shape);
  const threads = loop.threads?.(sizes, size) ?? size;
  const uniforms = [
    ...whole.map(([letter]) => `${letter} : i32,`),
    ...factors.map(([factor]) => `${factor} : f32,`),
  ].join(' ');
  const body = loop.device((input) => names.includes(input));
  const program = elementProgram(`${name} ${names.join()}`, names, shape, uniforms, body, threads);
  return webgpu().runWebGPUProgram(
    program,
    names.map((input) => inputs[input]!),
    'float32',
    [...whole.map(([, size]) => int(size)), ...factors.map(([, value]) => float(value)), int(threads)],
  );
}
