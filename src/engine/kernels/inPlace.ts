/** Kernels that write into a tensor's own memory. They return an alias of it, so that traces and profiles see them. */
import * as tf from '@tensorflow/tfjs-core';
import { alias, markChanged } from '../backends/hostMemory';

export type InPlaceKernel<A> = (inputs: Readonly<Record<string, tf.TensorInfo>>, attributes: A) => void;

/**
 * Registers an in-place kernel: `host` for CPU and WASM, `device` for WebGPU. The input named `target` is written.
 * Returns the function that runs it.
 */
export function defineInPlace<A extends object>(spec: {
  readonly name: string;
  readonly host: InPlaceKernel<A>;
  readonly device: InPlaceKernel<A>;
}): (inputs: Readonly<Record<string, tf.Tensor>>, attributes: A) => void {
  for (const backendName of ['cpu', 'wasm', 'webgpu']) {
    const run = backendName === 'webgpu' ? spec.device : spec.host;
    tf.registerKernel({
      kernelName: spec.name,
      backendName,
      kernelFunc: ({ inputs, attrs }) => {
        const given = inputs as Readonly<Record<string, tf.TensorInfo>>;
        const target = given.target;
        if (!target) throw new Error(`${spec.name} has no input named target.`);
        run(given, attrs as unknown as A);
        markChanged(target);
        return alias(target);
      },
    });
  }
  return (inputs, attributes) => {
    const out: tf.Tensor = tf.engine().runKernel(spec.name, inputs, attributes as tf.NamedAttrMap);
    out.dispose();
  };
}
