/** Dropout masks from the counter-based generator, the same bits on every backend. */
import * as tf from '@tensorflow/tfjs-core';
import { hash3 } from '../random';
import { hostFloats } from '../backends/hostMemory';
import { pointer, wasmKernels } from '../backends/wasm/module';
import { elementProgram, float, int, uint, webgpu } from '../backends/webgpu/program';

interface MaskAttributes {
  readonly shape: readonly number[];
  /** An element is kept where its 24 random bits are at least this. */
  readonly threshold: number;
  /** Value of kept elements. */
  readonly scale: number;
  readonly key: number;
  readonly step: number;
}

const NAME = 'EngineDropoutMask';

interface Maker {
  makeOutput?(shape: number[], dtype: tf.DataType): tf.TensorInfo;
  makeTensorInfo?(shape: number[], dtype: tf.DataType, values?: Float32Array): tf.TensorInfo;
}

function fill(out: Float32Array, { threshold, scale, key, step }: MaskAttributes): void {
  for (let i = 0; i < out.length; i++) out[i] = hash3(i, key, step) >>> 8 >= threshold ? scale : 0;
}

tf.registerKernel({
  kernelName: NAME,
  backendName: 'cpu',
  kernelFunc: ({ attrs, backend }) => {
    const attributes = attrs as unknown as MaskAttributes;
    const values = new Float32Array(attributes.shape.reduce((all, length) => all * length, 1));
    fill(values, attributes);
    return (backend as Maker).makeTensorInfo!([...attributes.shape], 'float32', values);
  },
});

tf.registerKernel({
  kernelName: NAME,
  backendName: 'wasm',
  kernelFunc: ({ attrs, backend }) => {
    const attributes = attrs as unknown as MaskAttributes;
    const out = (backend as Maker).makeOutput!([...attributes.shape], 'float32');
    const kernels = wasmKernels();
    if (!kernels) {
      fill(hostFloats(out), attributes);
      return out;
    }
    const { shape, threshold, scale, key, step } = attributes;
    kernels.run.dropoutMask(pointer(out), tf.util.sizeFromShape([...shape]), threshold, scale, key, step);
    return out;
  },
});

tf.registerKernel({
  kernelName: NAME,
  backendName: 'webgpu',
  kernelFunc: ({ attrs }) => {
    const { shape, threshold, scale, key, step } = attrs as unknown as MaskAttributes;
    const count = shape.reduce((all, length) => all * length, 1);
    return webgpu().runWebGPUProgram(
      elementProgram(
        'engineDropoutMask',
        [],
        [...shape],
        'threshold : u32, scale : f32, key : u32, step : u32,',
        `var a = u32(index) * 1664525u + 1013904223u;
         var b = uniforms.key * 1664525u + 1013904223u;
         var c = uniforms.step * 1664525u + 1013904223u;
         a = a + b * c;
         b = b + c * a;
         c = c + a * b;
         a = a ^ (a >> 16u);
         b = b ^ (b >> 16u);
         c = c ^ (c >> 16u);
         let bits = (a + b * c) >> 8u;
         result[index] = select(0.0, uniforms.scale, bits >= uniforms.threshold);`,
        count,
      ),
      [],
      'float32',
      [uint(threshold), float(scale), uint(key), uint(step >>> 0), int(count)],
    );
  },
});

/** A mask of 0 (with probability `rate`) and 1/(1 - rate). */
export function dropoutMask(
  shape: readonly number[],
  rate: number,
  seed: number,
  step: number,
  call: number,
): tf.Tensor {
  const attributes: MaskAttributes = {
    shape: [...shape],
    threshold: Math.round(rate * 0x1000000),
    scale: 1 / (1 - rate),
    key: hash3(seed | 0, call, 0xd70b),
    step,
  };
  return tf.engine().runKernel(NAME, {}, attributes as unknown as tf.NamedAttrMap);
}
