/**
 * A differentiable operation of ours: one kernel per backend and one gradient, in the library's own registry, so that the
 * tape, profiles and traces see it by name.
 */
import * as tf from '@tensorflow/tfjs-core';

export type Attributes = object;
type NamedTensors<Names extends string> = Readonly<Record<Names, tf.Tensor>>;

/** What a native kernel gets: tensors' handles and the backend itself. */
export interface NativeCall<Names extends string, A extends Attributes> {
  readonly inputs: Readonly<Record<Names, tf.TensorInfo>>;
  readonly attributes: A;
  readonly backend: tf.KernelBackend;
}

export type NativeKernel<Names extends string, A extends Attributes> = (
  call: NativeCall<Names, A>,
) => tf.TensorInfo | tf.TensorInfo[];

export interface OperationSpec<Names extends string, A extends Attributes> {
  /** Kernel name in the registry, in profiles and in traces. */
  readonly name: string;
  /** The operation in terms of others; used on every backend without a native kernel. */
  readonly forward: (inputs: NamedTensors<Names>, attributes: A) => tf.Tensor;
  readonly native?: Partial<Record<'cpu' | 'wasm' | 'webgpu', NativeKernel<Names, A>>>;
  readonly saveInputs?: readonly NoInfer<Names>[];
  readonly saveOutput?: boolean;
  /** Gradient of each input, lazily: those that nobody asks for are not computed. `saved` is inputs, then the output. */
  readonly gradient: (
    dy: tf.Tensor,
    saved: readonly tf.Tensor[],
    attributes: A,
  ) => Readonly<Record<NoInfer<Names>, () => tf.Tensor>>;
}

const backends = ['cpu', 'wasm', 'webgpu'] as const;

/** Registers the operation on every backend and returns the function that runs it. */
export function defineOperation<Names extends string, A extends Attributes = Record<string, never>>(
  spec: OperationSpec<Names, A>,
): (inputs: NamedTensors<Names>, attributes: A) => tf.Tensor {
  for (const backendName of backends) {
    const native = spec.native?.[backendName];
    tf.registerKernel({
      kernelName: spec.name,
      backendName,
      kernelFunc: ({ inputs, attrs, backend }) =>
        native
          ? native({
              inputs: inputs as Readonly<Record<Names, tf.TensorInfo>>,
              attributes: attrs as unknown as A,
              backend: backend as tf.KernelBackend,
            })
          : tf.tidy(() => spec.forward(inputs as unknown as NamedTensors<Names>, attrs as unknown as A)),
    });
  }
  tf.registerGradient({
    kernelName: spec.name,
    inputsToSave: spec.saveInputs ? [...spec.saveInputs] : [],
    outputsToSave: [spec.saveOutput ?? false],
    gradFunc: (dy, saved, attrs) => spec.gradient(dy as tf.Tensor, saved, attrs as unknown as A),
  });
  return (inputs, attributes) => tf.engine().runKernel(spec.name, inputs, attributes as tf.NamedAttrMap);
}
