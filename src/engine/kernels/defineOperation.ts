/**
 * Operations of ours in the library's own registry: one kernel per backend and one gradient, so that the tape, profiles and
 * traces see them by name.
 */
import * as tf from '@tensorflow/tfjs-core';

/** Inputs by name; those of `Optional` may be absent. */
type NamedTensors<Names extends string, Optional extends string> = Readonly<
  Record<Names, tf.Tensor> & Partial<Record<Optional, tf.Tensor>>
>;
type NamedInfos<Names extends string, Optional extends string> = Readonly<
  Record<Names, tf.TensorInfo> & Partial<Record<Optional, tf.TensorInfo>>
>;
type Result = tf.TensorInfo | tf.TensorInfo[];

/** A kernel written for one backend. Null means "not this call": the composed form runs instead. */
export type NativeKernel<Names extends string, A extends object, Optional extends string = never> = (
  inputs: NamedInfos<Names, Optional>,
  attributes: A,
) => Result | null;

export interface KernelSpec<Names extends string, A extends object, Optional extends string = never> {
  /** Kernel name in the registry, in profiles and in traces. */
  readonly name: string;
  /** The operation in terms of others; used where there is no native kernel. */
  readonly forward: (inputs: NamedTensors<Names, Optional>, attributes: A) => tf.Tensor | tf.Tensor[];
  readonly native?: Partial<Record<'cpu' | 'wasm' | 'webgpu', NativeKernel<Names, A, Optional>>>;
}

export interface OperationSpec<
  Names extends string,
  A extends object,
  Optional extends string = never,
> extends KernelSpec<Names, A, Optional> {
  readonly saveInputs?: readonly NoInfer<Names | Optional>[];
  /** Which outputs the gradient reads. */
  readonly saveOutputs?: readonly boolean[];
  /**
   * Gradient of each input, lazily: those that nobody asks for are not computed. `dys` has one entry an output, `saved` is
   * inputs, then outputs.
   */
  readonly gradient: (
    dys: readonly tf.Tensor[],
    saved: readonly tf.Tensor[],
    attributes: A,
  ) => Readonly<
    Record<NoInfer<Names>, () => tf.Tensor> & Partial<Record<NoInfer<Optional>, () => tf.Tensor>>
  >;
}

const backends = ['cpu', 'wasm', 'webgpu'] as const;

/** Registers a kernel without a gradient on every backend and returns the function that runs it (always a list of outputs). */
export function defineKernel<
  Names extends string,
  A extends object = object,
  Optional extends string = never,
>(
  spec: KernelSpec<Names, A, Optional>,
): (inputs: NamedTensors<Names, Optional>, attributes: A) => tf.Tensor[] {
  for (const backendName of backends) {
    const native = spec.native?.[backendName];
    tf.registerKernel({
      kernelName: spec.name,
      backendName,
      kernelFunc: ({ inputs, attrs }) => {
        const attributes = attrs as unknown as A;
        const result = native?.(inputs as NamedInfos<Names, Optional>, attributes) ?? null;
        if (result) return result;
        return tf.tidy(() => spec.forward(inputs as unknown as NamedTensors<Names, Optional>, attributes));
      },
    });
  }
  return (inputs, attributes) => {
    const result: tf.Tensor | tf.Tensor[] = tf
      .engine()
      .runKernel(spec.name, inputs, attributes as tf.NamedAttrMap);
    return Array.isArray(result) ? result : [result];
  };
}

/** Registers a differentiable operation of one or more outputs. */
export function defineOperations<
  Names extends string,
  A extends object = object,
  Optional extends string = never,
>(
  spec: OperationSpec<Names, A, Optional>,
): (inputs: NamedTensors<Names, Optional>, attributes: A) => tf.Tensor[] {
  tf.registerGradient({
    kernelName: spec.name,
    inputsToSave: spec.saveInputs ? [...spec.saveInputs] : [],
    outputsToSave: spec.saveOutputs ? [...spec.saveOutputs] : [],
    gradFunc: (dy, saved, attrs) =>
      spec.gradient(Array.isArray(dy) ? dy : [dy], saved, attrs as unknown as A),
  });
  return defineKernel(spec);
}

/** Registers a differentiable operation of one output. */
export function defineOperation<
  Names extends string,
  A extends object = object,
  Optional extends string = never,
>(
  spec: OperationSpec<Names, A, Optional>,
): (inputs: NamedTensors<Names, Optional>, attributes: A) => tf.Tensor {
  const run = defineOperations(spec);
  return (inputs, attributes) => run(inputs, attributes)[0]!;
}
