/**
 * Small kernels written twice and no more: once as a loop over host memory (CPU and WASM), once as a device program. For
 * work that would otherwise be a chain of a dozen element-wise operations.
 */
import * as tf from '@tensorflow/tfjs-core';
import { hostFloats } from '../backends/hostMemory';
import { newOutput } from '../backends/wasm/module';
import { elementProgram, float, int, webgpu } from '../backends/webgpu/program';

type Values<Names extends string, Optional extends string> = Readonly<
  Record<Names, Float32Array> & Partial<Record<Optional, Float32Array>>
>;
type Infos<Names extends string, Optional extends string> = Readonly<
  Record<Names, tf.TensorInfo> & Partial<Record<Optional, tf.TensorInfo>>
>;
type Numbers = Readonly<Record<string, number>>;

export interface Loop {
  /** Shape of the output. */
  readonly shape: readonly number[];
  /** Sizes, as `i32` uniforms. */
  readonly sizes: Numbers;
  /** Factors, as `f32` uniforms. */
  readonly factors?: Numbers;
  /** Invocations where they are not one per element of the output. */
  readonly threads?: number;
}

export interface LoopSpec<Names extends string, A extends object, Optional extends string> {
  readonly name: string;
  readonly plan: (inputs: Infos<Names, Optional>, attributes: A) => Loop;
  /** Fills `out`. */
  readonly host: (values: Values<Names, Optional>, out: Float32Array, loop: Loop) => void;
  /**
   * WGSL for invocation `index`; inputs are arrays by their names, the output is `result`. An input that may have been cast
   * from integers (a one-hot) still holds integers on the device: read it through `f32(…)`.
   */
  readonly device: (has: (name: Optional) => boolean) => string;
}

interface CpuBackend {
  makeTensorInfo(shape: number[], dtype: tf.DataType, values: Float32Array): tf.TensorInfo;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((all, length) => all * length, 1);

/** Registers the kernel on every backend and returns the function that runs it; it has no gradient. */
export function defineLoop<Names extends string, A extends object = object, Optional extends string = never>(
  spec: LoopSpec<Names, A, Optional>,
): (
  inputs: Readonly<Record<Names, tf.Tensor> & Partial<Record<Optional, tf.Tensor>>>,
  attributes: A,
) => tf.Tensor {
  const read = (inputs: Infos<Names, Optional>): Values<Names, Optional> =>
    Object.fromEntries(
      Object.entries<tf.TensorInfo>(inputs as Readonly<Record<string, tf.TensorInfo>>).map(([name, info]) => [
        name,
        hostFloats(info),
      ]),
    ) as Values<Names, Optional>;
  const runners = {
    cpu: (inputs: Infos<Names, Optional>, loop: Loop): tf.TensorInfo => {
      const out = new Float32Array(sizeOf(loop.shape));
      spec.host(read(inputs), out, loop);
      return (tf.backend() as unknown as CpuBackend).makeTensorInfo([...loop.shape], 'float32', out);
    },
    wasm: (inputs: Infos<Names, Optional>, loop: Loop): tf.TensorInfo => {
      // First the output: making it may move the heap that the inputs' views look at.
      const info = newOutput(loop.shape);
      spec.host(read(inputs), hostFloats(info), loop);
      return info;
    },
    webgpu: (inputs: Infos<Names, Optional>, loop: Loop): tf.TensorInfo => {
      const entries = Object.entries<tf.TensorInfo>(inputs as Readonly<Record<string, tf.TensorInfo>>);
      const names = entries.map(([name]) => name);
      const sizes = Object.entries(loop.sizes);
      const factors = Object.entries(loop.factors ?? {});
      const threads = loop.threads ?? sizeOf(loop.shape);
      const uniforms = [
        ...sizes.map(([name]) => `${name} : i32,`),
        ...factors.map(([name]) => `${name} : f32,`),
      ];
      const body = spec.device((name) => names.includes(name));
      return webgpu().runWebGPUProgram(
        elementProgram(
          `${spec.name} ${names.join()}`,
          names,
          [...loop.shape],
          uniforms.join(' '),
          body,
          threads,
        ),
        entries.map(([, info]) => info),
        'float32',
        [...sizes.map(([, value]) => int(value)), ...factors.map(([, value]) => float(value)), int(threads)],
      );
    },
  };
  for (const backendName of ['cpu', 'wasm', 'webgpu'] as const) {
    tf.registerKernel({
      kernelName: spec.name,
      backendName,
      kernelFunc: ({ inputs, attrs }) => {
        const given = inputs as unknown as Infos<Names, Optional>;
        return runners[backendName](given, spec.plan(given, attrs as unknown as A));
      },
    });
  }
  return (inputs, attributes) => tf.engine().runKernel(spec.name, inputs, attributes as tf.NamedAttrMap);
}
