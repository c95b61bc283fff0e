/** Device programs of ours: a thin, typed door to the library's program runner. */
import type * as tf from '@tensorflow/tfjs-core';
import { openedBackend } from '../opened';
import { beforeRead, beforeWrite } from './demand';
import type { Submitting } from './submit';

export interface Uniform {
  readonly type: 'int32' | 'uint32' | 'float32';
  readonly data: number[];
  /** Set where the number differs from step to step: a recording writes it anew before every replay. */
  readonly input?: InputPlace | undefined;
}

/** Which number of which input of a step (`engine/replay`). */
export interface InputPlace {
  readonly name: string;
  readonly index: number;
}

/** What the backend's runner reads of a program. */
export interface Program {
  readonly variableNames: string[];
  readonly outputShape: number[];
  /** Declarations of the uniforms given at run time, e.g. `rate : f32,`. */
  readonly uniforms: string;
  shaderKey: string;
  dispatchLayout: { x: number[] };
  dispatch: [number, number, number];
  workgroupSize: [number, number, number];
  size: boolean;
  getUserCode(): string;
}

export interface WebGpuBackend extends Submitting {
  readonly device: GPUDevice;
  readonly queue: GPUQueue;
  readonly tensorMap: {
    get(dataId: tf.DataId): { values: Float32Array | Int32Array | null; resource?: GPUBuffer };
  };
  uploadToGPU(dataId: tf.DataId): void;
  ensureCommandEncoderReady(): void;
  runWebGPUProgram(
    program: Program,
    inputs: readonly tf.TensorInfo[],
    dtype: tf.DataType,
    uniforms?: readonly Uniform[],
    output?: tf.TensorInfo,
  ): tf.TensorInfo;
}

/** The current backend, which must be WebGPU. */
export function webgpu(): WebGpuBackend {
  return openedBackend<WebGpuBackend>();
}

const WORKGROUP = 64;

/**
 * A program that runs `body` once for each element `index` of the output (or of `threads` elements).
 *
 * @param name also the shader's cache key, so one name must mean one body.
 * @param threads number of invocations where it differs from the output's size.
 */
export function elementProgram(
  name: string,
  variableNames: string[],
  outputShape: number[],
  uniforms: string,
  body: string,
  threads = outputShape.reduce((product, length) => product * length, 1),
): Program {
  return {
    variableNames,
    outputShape,
    uniforms: `${uniforms} threads : i32,`,
    shaderKey: name,
    dispatchLayout: { x: [0] },
    dispatch: [Math.ceil(threads / WORKGROUP), 1, 1],
    workgroupSize: [WORKGROUP, 1, 1],
    size: false,
    getUserCode: () => `
      fn main(index : i32) {
        if (index < uniforms.threads) {
          ${body}
        }
      }
    `,
  };
}

/** Runs a program that writes (part of) an existing tensor; copies of its values on the host are dropped. */
export function runInPlace(
  program: Program,
  inputs: readonly tf.TensorInfo[],
  uniforms: readonly Uniform[],
  output: tf.TensorInfo,
): void {
  const backend = webgpu();
  beforeRead(inputs);
  beforeWrite(output.dataId);
  backend.runWebGPUProgram(program, inputs, output.dtype, uniforms, output);
  backend.tensorMap.get(output.dataId).values = null;
}

/** Uniforms of a program, by WGSL's types. `input` says where the number comes from if steps differ in it. */
export function float(value: number, input?: InputPlace): Uniform {
  return { type: 'float32', data: [value], input };
}

export function int(value: number): Uniform {
  return { type: 'int32', data: [value] };
}

export function uint(value: number, input?: InputPlace): Uniform {
  return { type: 'uint32', data: [value], input };
}
