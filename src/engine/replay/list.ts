/** What a recorded step is: its programs in order and the buffers between them. Plain data, so that two can be compared. */
import type * as tf from '@tensorflow/tfjs-core';
import type { InputPlace, Uniform } from '../backends/webgpu/program';

export interface RecordedBuffer {
  /** A tensor that was there before the step (a variable, a moment); null: the buffer lives within the step. */
  readonly outer: { readonly buffer: GPUBuffer; readonly dataId: tf.DataId } | null;
  /** Bytes. */
  readonly size: number;
  /** Name of the input whose values it holds, if it holds one's. */
  readonly input: string | null;
  /** Values that came from the host, as bytes. */
  readonly values: Uint8Array | null;
  /** Whether a program writes over them: every replay then begins with a fresh copy. */
  readonly overwritten: boolean;
  /** What they are. */
  readonly type: 'float32' | 'int32';
}

/** A number among uniforms that differs from step to step. */
export interface OpenPlace extends InputPlace {
  readonly type: Uniform['type'];
  /** Bytes from the uniforms' start. */
  readonly offset: number;
}

export interface RecordedProgram {
  /** The operation that ran it, outermost first: `EngineDense/BatchMatMul`. */
  readonly operation: string;
  readonly shader: string;
  readonly pipeline: GPUComputePipeline;
  readonly dispatch: readonly [number, number, number];
  /** Places in the list's buffers, by binding. */
  readonly buffers: readonly number[];
  readonly uniforms: Uint8Array;
  readonly open: readonly OpenPlace[];
}

export interface RecordedList {
  readonly buffers: readonly RecordedBuffer[];
  readonly programs: readonly RecordedProgram[];
}
