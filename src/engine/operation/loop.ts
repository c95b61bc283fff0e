/**
 * Operations written twice and no more: once as a loop over host memory (CPU and WASM), once as a device program. For work
 * that would otherwise be a chain of a dozen element-wise operations. Loops over much memory have a form of their own on WASM.
 */
import * as tf from '@tensorflow/tfjs-core';
import { hostFloats } from '../backends/hostMemory';
import { openedBackend } from '../backends/opened';
import type { Pointer } from '../backends/wasm/exports';
import { newOutput, pointer, wasmKernels, type WasmKernels } from '../backends/wasm/module';
import { deferFormula } from '../backends/webgpu/deferred/values';
import { elementProgram, float, int, webgpu } from '../backends/webgpu/program';
import type { AddressesOf, DimsOf, InfosOf, InputNames, ValuesOf } from './contractTypes';
import type { OnBackend } from './tfRegistry';

/** What a loop's form on WASM is given. */
interface WasmCall<S extends string, A extends object> {
  readonly kernels: WasmKernels;
  /** Addresses of the inputs, by their names. */
  readonly at: AddressesOf<S>;
  readonly out: Pointer;
  /** Values of the output. */
  readonly size: number;
  readonly dims: DimsOf<S>;
  readonly attributes: A;
}

export interface Loop<S extends string, A extends object> {
  /** Fills `out`, whose shape is the contract's. */
  readonly host: (values: ValuesOf<S>, out: Float32Array, dims: DimsOf<S>, attributes: A) => void;
  /** On WASM instead of `host`, where our kernels run: fills the memory at `out`, to the bits of `host` unless `wasmFor` is given. */
  readonly wasm?: (call: WasmCall<S, A>) => void;
  /** For which dimensions `wasm` is taken, all unless said; results there are within float32's rounding of `host`'s. */
  readonly wasmFor?: (dims: DimsOf<S>) => boolean;
  /**
   * WGSL for element `index`, whose last statement is `result[index] = …;`. Inputs are arrays by their names, dimensions are `uniforms.<letter>`
   * and numbers among the attributes `uniforms.<name>`. An input that may have been cast from integers (a one-hot) still holds
   * integers on the device: read it through `f32(…)`.
   */
  readonly device?: (has: (name: InputNames<S>) => boolean) => string;
  /**
   * Invocations where they are not one per element of the output, which has `size` elements: the program then stands alone, and
   * its body writes `result` where it likes.
   */
  readonly threads?: (dims: DimsOf<S>, size: number) => number;
  /** Reads of an input for one element, where the program loops over a dimension. */
  readonly reads?: (dims: DimsOf<S>) => number;
  /** On the device instead of `device`, where the value is made of others that are deferred too. */
  readonly deferred?: (inputs: InfosOf<S>, dims: DimsOf<S>, attributes: A) => tf.TensorInfo;
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

function deviceCode<S extends string, A extends object>({ device }: Loop<S, A>): NonNullable<typeof device> {
  if (!device) throw new Error('A loop needs a device form.');
  return device;
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
    const kernels = wasmKernels();
    if (kernels && loop.wasm && (loop.wasmFor?.(sizes) ?? true)) {
      const at = Object.fromEntries(Object.entries(inputs).map(([input, given]) => [input, pointer(given)]));
      const size = tf.util.sizeFromShape(shape);
      loop.wasm({ kernels, at: at as AddressesOf<S>, out: pointer(info), size, dims: sizes, attributes });
      return info;
    }
    loop.host(hostValues(inputs) as ValuesOf<S>, hostFloats(info), sizes, attributes);
    return info;
  }
  if (loop.deferred) return loop.deferred(inputs, sizes, attributes);
  if (loop.threads) return runAlone(name, loop, inputs, attributes, dims, shape, loop.threads);
  const uniforms = Object.fromEntries(
    Object.entries(attributes)
      .filter((entry): entry is [string, number] => typeof entry[1] === 'number')
      .map(([factor, value]) => [factor, float(value)]),
  );
  const code = deviceCode(loop)((input) => Object.hasOwn(inputs, input))
    .replace(/\buniforms\.(\w+)/g, (whole, letter: string) =>
      Object.hasOwn(dims, letter) ? String(dims[letter]) : whole,
    )
    .replace(/\bresult\[index\] = /, 'return ');
  const reads = loop.reads?.(sizes);
  return deferFormula({ name, shape, inputs, uniforms, code, ...(reads && { reads, cost: 3 * reads }) });
}

/** A program of its own. */
function runAlone<S extends string, A extends object>(
  name: string,
  loop: Loop<S, A>,
  inputs: Infos,
  attributes: A,
  dims: Readonly<Record<string, number>>,
  shape: number[],
  threadsOf: (dims: DimsOf<S>, size: number) => number,
): tf.TensorInfo {
  const names = Object.keys(inputs);
  const whole = Object.entries(dims);
  const factors = Object.entries(attributes).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number',
  );
  const threads = threadsOf(dims, tf.util.sizeFromShape(shape));
  const uniforms = [
    ...whole.map(([letter]) => `${letter} : i32,`),
    ...factors.map(([factor]) => `${factor} : f32,`),
  ].join(' ');
  const body = deviceCode(loop)((input) => names.includes(input));
  const program = elementProgram(`${name} ${names.join()}`, names, shape, uniforms, body, threads);
  return webgpu().runWebGPUProgram(
    program,
    names.map((input) => inputs[input]!),
    'float32',
    [...whole.map(([, size]) => int(size)), ...factors.map(([, value]) => float(value)), int(threads)],
  );
}
