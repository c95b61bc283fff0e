/** Kernels of activation with a dropout mask, in one pass. */
import * as tf from '@tensorflow/tfjs-core';
import { defineKernel } from './defineOperation';
import { newDeviceOutput, runDevice } from '../backends/webgpu/device';
import { newOutput, pointer, wasmKernels } from '../backends/wasm/module';
import { float, int } from '../backends/webgpu/program';

export interface Slope {
  readonly slope: number;
}

const size = (x: tf.TensorInfo): number => tf.util.sizeFromShape(x.shape);

const leakyOf = (x: tf.Tensor, slope: number): tf.Tensor =>
  slope === 0 ? tf.relu(x) : tf.leakyRelu(x, slope);

/** `mask * leakyRelu(x)`; without a mask, the activation alone. */
export const activateForward = defineKernel<'x', Slope, 'mask'>({
  name: 'EngineActivateForward',
  forward: ({ x, mask }, { slope }) => (mask ? tf.mul(leakyOf(x, slope), mask) : leakyOf(x, slope)),
  native: {
    wasm: ({ x, mask }, { slope }) => {
      const kernels = wasmKernels();
      if (!kernels) return null;
      const y = newOutput(x.shape);
      if (mask) kernels.run.activate(pointer(x), pointer(mask), pointer(y), size(x), slope);
      else kernels.run.leaky(pointer(x), pointer(y), size(x), slope);
      return y;
    },
    webgpu: ({ x, mask }, { slope }) => {
      const y = newDeviceOutput(x.shape);
      runDevice({
        name: mask ? 'activateMasked' : 'activate',
        bindings: [
          { name: 'y', tensor: y, write: true },
          { name: 'x', tensor: x },
          ...(mask ? [{ name: 'mask', tensor: mask }] : []),
        ],
        uniforms: { slope: float(slope), size: int(size(x)) },
        body: `
          if (index < uniforms.size) {
            let value = x[index];
            y[index] = select(uniforms.slope * value, value, value > 0.0)${mask ? ' * mask[index]' : ''};
          }
        `,
        threads: size(x),
      });
      return y;
    },
  },
});

/** `dy * mask * (1 where x > 0, slope elsewhere)`. */
export const activateGradient = defineKernel<'dy' | 'x', Slope, 'mask'>({
  name: 'EngineActivateGradient',
  forward: ({ dy, x, mask }, { slope }) => {
    const d = tf.mul(dy, tf.step(x, slope));
    return mask ? tf.mul(d, mask) : d;
  },
  native: {
    wasm: ({ dy, x, mask }, { slope }) => {
      const kernels = wasmKernels();
      if (!kernels) return null;
      const dx = newOutput(x.shape);
      const inputs = [pointer(dy), pointer(x)] as const;
      if (mask) kernels.run.activateGradient(...inputs, pointer(mask), pointer(dx), size(x), slope);
      else kernels.run.leakyGradient(...inputs, pointer(dx), size(x), slope);
      return dx;
    },
    webgpu: ({ dy, x, mask }, { slope }) => {
      const dx = newDeviceOutput(x.shape);
      runDevice({
        name: mask ? 'activateGradientMasked' : 'activateGradient',
        bindings: [
          { name: 'dx', tensor: dx, write: true },
          { name: 'dy', tensor: dy },
          { name: 'x', tensor: x },
          ...(mask ? [{ name: 'mask', tensor: mask }] : []),
        ],
        uniforms: { slope: float(slope), size: int(size(x)) },
        body: `
          if (index < uniforms.size) {
            let factor = select(uniforms.slope, 1.0, x[index] > 0.0);
            dx[index] = dy[index] * factor${mask ? ' * mask[index]' : ''};
          }
        `,
        threads: size(x),
      });
      return dx;
    },
  },
});
