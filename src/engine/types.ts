/** Types that every folder above the engine uses. */
import type * as tf from '@tensorflow/tfjs-core';

export type BackendName = 'webgpu' | 'wasm' | 'cpu';
export type BackendRequest = 'auto' | BackendName;

/** What was chosen, and why, in words that the status line shows. */
export interface BackendInfo {
  readonly name: BackendName;
  /** Adapter's own description on WebGPU, else null. */
  readonly adapter: string | null;
  /** True for a software WebGPU adapter. */
  readonly software: boolean;
  /** Threads that compute on WASM, the caller's included (1 without cross-origin isolation); 1 elsewhere. */
  readonly threads: number;
  readonly simd: boolean;
  /** Whether WASM's products run 256 bits wide, where the browser joins pairs of 128-bit values; absent in older records. */
  readonly wide?: boolean | undefined;
  /** One sentence: why this backend, what was tried before it and why that failed. */
  readonly reason: string;
}

/** `weight` is under L2; `bias`, `norm` (batch norm, scale and shift) and `free` are not. */
export type ParameterKind = 'weight' | 'bias' | 'norm' | 'free';

/** The tensor of a shape, of known rank where the shape is written as a tuple. */
export type TensorOf<S extends readonly number[]> = S extends readonly []
  ? tf.Scalar
  : S extends readonly [number]
    ? tf.Tensor1D
    : S extends readonly [number, number]
      ? tf.Tensor2D
      : S extends readonly [number, number, number]
        ? tf.Tensor3D
        : tf.Tensor;

/** A trainable dense tensor. Updated in place by the optimiser: never keep a copy of its values. */
export interface Parameter<T extends tf.Tensor = tf.Tensor> {
  /** Unique in its model; documented; the key in safetensors files and reference fixtures, e.g. `expert.0.weight`. */
  readonly name: string;
  readonly kind: ParameterKind;
  readonly shape: readonly number[];
  /** The live tensor. */
  readonly tensor: T;
  /** L2 pulls towards this value (0 unless a model says otherwise, e.g. 1 for OptMSM's Wsp). */
  readonly l2Centre: number;
}

/** A tensor that training changes but no gradient reaches: moving statistics, masks. */
export interface StateTensor<T extends tf.Tensor = tf.Tensor> {
  readonly name: string;
  readonly shape: readonly number[];
  /** The live tensor; write with `assignState`. */
  readonly tensor: T;
}

/** The one embedding table `[vocabularySize, dim]`; row 0 is padding and stays as it is. */
export interface EmbeddingTable {
  readonly name: 'embedding';
  readonly vocabularySize: number;
  readonly dim: number;
  readonly tensor: tf.Tensor2D;
}

/** Makes a model's variables: collects them in order and draws initial values from the seed, on the host. */
export interface VariableFactory {
  /** The model's one embedding table, N(0, 0.01²), its first `padding` rows (by default one) zero. */
  table(vocabularySize: number, dim: number, padding?: number): EmbeddingTable;
  /** @param initial values in row-major order; length must equal the product of `shape`. */
  parameter<const S extends readonly number[]>(
    name: string,
    kind: ParameterKind,
    shape: S,
    initial: Float32Array,
    l2Centre?: number,
  ): Parameter<TensorOf<S>>;
  state<const S extends readonly number[]>(
    name: string,
    shape: S,
    initial: Float32Array,
  ): StateTensor<TensorOf<S>>;
  /** Glorot-uniform values; `fanIn`, `fanOut` are those of one slice. Same seed and name: same values on every backend. */
  glorot(name: string, shape: readonly number[], fanIn: number, fanOut: number): Float32Array;
  normal(name: string, shape: readonly number[], mean: number, deviation: number): Float32Array;
  orthogonal(name: string, rows: number, columns: number): Float32Array;
}

/**
 * Per-step facts of a forward pass. `train` uses batch statistics and dropout and its gradients are wanted;
 * `evaluate` uses moving statistics and no dropout.
 */
export interface Mode {
  readonly kind: 'train' | 'evaluate';
  /** Draws a dropout mask (already scaled by 1/(1-rate)) of a shape; the n-th call of a step always sees the same stream. */
  readonly dropoutMask: (shape: readonly number[], rate: number) => tf.Tensor;
  /**
   * A state's next value is handed here: `decay * state + scale * value`, by default the value itself. The runner writes it after
   * the gradient, many states at once.
   */
  readonly recordState: (state: StateTensor, value: tf.Tensor, blend?: StateUpdate) => void;
}

/** How a state and a new value make the next one: 0.9 and 0.1 a moving average, 1 and 1 a sum. */
export interface StateUpdate {
  readonly decay: number;
  readonly scale: number;
}
