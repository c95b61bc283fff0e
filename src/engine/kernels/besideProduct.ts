/** Kernels of `[x, x ⊙ y]` side by side: `x [B, L, w]`, `y [B, w]` the same for all L, to `[B, L, 2 w]`. */
import * as tf from '@tensorflow/tfjs-core';
import { defineKernel } from './defineOperation';
import { newDeviceOutput, runDevice } from '../backends/webgpu/device';
import { int } from '../backends/webgpu/program';

type Shape = readonly [number, number, number];

const measures = ([rows, length, width]: Shape, size: number) => ({
  rows: int(rows),
  steps: int(length),
  width: int(width),
  size: int(size),
});

export const besideProductForward = defineKernel<'x' | 'y'>({
  name: 'EngineBesideProductForward',
  forward: ({ x, y }) => tf.concat([x, tf.mul(x, tf.expandDims(y, 1))], 2),
  native: {
    webgpu: ({ x, y }) => {
      const shape = x.shape as unknown as Shape;
      const [rows, length, width] = shape;
      const out = newDeviceOutput([rows, length, 2 * width]);
      const threads = rows * length * width;
      runDevice({
        name: 'besideProduct',
        bindings: [
          { name: 'out', tensor: out, write: true },
          { name: 'x', tensor: x },
          { name: 'y', tensor: y },
        ],
        uniforms: measures(shape, threads),
        body: `
          if (index < uniforms.size) {
            let place = index / uniforms.width;
            let c = index - place * uniforms.width;
            let first = place * 2 * uniforms.width + c;
            out[first] = x[index];
            out[first + uniforms.width] = x[index] * y[place / uniforms.steps * uniforms.width + c];
          }
        `,
        threads,
      });
      return out;
    },
  },
});

/** Gradients of x and of y. */
export const besideProductGradient = defineKernel<'dout' | 'x' | 'y'>({
  name: 'EngineBesideProductGradient',
  forward: ({ dout, x, y }) => {
    const [rows, length, width] = x.shape as unknown as Shape;
    const plain = tf.slice(dout, [0, 0, 0], [rows, length, width]);
    const scaled = tf.slice(dout, [0, 0, width], [rows, length, width]);
    return [tf.add(plain, tf.mul(scaled, tf.expandDims(y, 1))), tf.sum(tf.mul(scaled, x), 1)];
  },
  native: {
    webgpu: ({ dout, x, y }) => {
      const shape = x.shape as unknown as Shape;
      const [rows, , width] = shape;
      const dx = newDeviceOutput(shape);
      const dy = newDeviceOutput([rows, width]);
      const threads = rows * width;
      runDevice({
        name: 'besideProductGradient',
        bindings: [
          { name: 'dx', tensor: dx, write: true },
          { name: 'dy', tensor: dy, write: true },
          { name: 'dout', tensor: dout },
          { name: 'x', tensor: x },
          { name: 'y', tensor: y },
        ],
        uniforms: measures(shape, threads),
        body: `
          if (index < uniforms.size) {
            let b = index / uniforms.width;
            let c = index - b * uniforms.width;
            var sum = 0.0;
            for (var l = 0; l < uniforms.steps; l = l + 1) {
              let place = b * uniforms.steps + l;
              let first = place * 2 * uniforms.width + c;
              let at = place * uniforms.width + c;
              let slope = dout[first + uniforms.width];
              dx[at] = dout[first] + slope * y[index];
              sum = sum + slope * x[at];
            }
            dy[index] = sum;
          }
        `,
        threads,
      });
      return [dx, dy];
    },
  },
});
