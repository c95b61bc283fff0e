import * as tf from '@tensorflow/tfjs-core';
import { newDeviceOutput, runDevice } from '../../backends/webgpu/device';
import { int } from '../../backends/webgpu/program';
import { defineOperation } from '../../operation/defineOperation';

const gradients = defineOperation({
  name: 'concatWithProductGradient',
  shapes: 'dy: B,L,2w; x: B,L,w; factor: B,w -> dx: B,L,w; dfactor: B,w',
  forward: ({ dy, x, factor }, _, { B, L, w }) => {
    const plain = tf.slice(dy, [0, 0, 0], [B, L, w]);
    const scaled = tf.slice(dy, [0, 0, w], [B, L, w]);
    return {
      dx: tf.add(plain, tf.mul(scaled, tf.expandDims(factor, 1))),
      dfactor: tf.sum(tf.mul(scaled, x), 1),
    };
  },
  webgpu: ({ dy, x, factor }, _, { B, L, w }) => {
    const dx = newDeviceOutput([B, L, w]);
    const dfactor = newDeviceOutput([B, w]);
    runDevice({
      name: 'concatWithProductGradient',
      bindings: [
        { name: 'dx', tensor: dx, write: true },
        { name: 'dfactor', tensor: dfactor, write: true },
        { name: 'dy', tensor: dy },
        { name: 'x', tensor: x },
        { name: 'factor', tensor: factor },
      ],
      uniforms: { steps: int(L), width: int(w), size: int(B * w) },
      body: `
        if (index < uniforms.size) {
          let b = index / uniforms.width;
          let c = index - b * uniforms.width;
          var sum = 0.0;
          for (var l = 0; l < uniforms.steps; l = l + 1) {
            let place = b * uniforms.steps + l;
            let first = place * 2 * uniforms.width + c;
            let at = place * uniforms.width + c;
            let slope = dy[first + uniforms.width];
            dx[at] = dy[first] + slope * factor[index];
            sum = sum + slope * x[at];
          }
          dfactor[index] = sum;
        }
      `,
      threads: B * w,
    });
    return { dx, dfactor };
  },
});

const operation = defineOperation({
  name: 'concatWithProduct',
  shapes: 'x: B,L,w; factor: B,w -> B,L,2w',
  forward: ({ x, factor }) => tf.concat([x, tf.mul(x, tf.expandDims(factor, 1))], 2),
  webgpu: ({ x, factor }, _, { B, L, w }) => {
    const out = newDeviceOutput([B, L, 2 * w]);
    const threads = B * L * w;
    runDevice({
      name: 'concatWithProduct',
      bindings: [
        { name: 'out', tensor: out, write: true },
        { name: 'x', tensor: x },
        { name: 'factor', tensor: factor },
      ],
      uniforms: { steps: int(L), width: int(w), size: int(threads) },
      body: `
        if (index < uniforms.size) {
          let place = index / uniforms.width;
          let c = index - place * uniforms.width;
          let first = place * 2 * uniforms.width + c;
          out[first] = x[index];
          out[first + uniforms.width] = x[index] * factor[place / uniforms.steps * uniforms.width + c];
        }
      `,
      threads,
    });
    return out;
  },
  save: ['x', 'factor'],
  gradient: ({ dy, x, factor }) => {
    const { dx, dfactor } = gradients({ dy, x, factor });
    return { x: () => tf.clone(dx), factor: () => tf.clone(dfactor) };
  },
});

/**
 * `[x, x ⊙ factor]` side by side: `x [B, L, w]`, `factor [B, w]` the same for every position, to `[B, L, 2 w]`. What attention by
 * a small network reads of a key and a query. @throws RangeError naming the shapes.
 */
export function concatWithProduct(x: tf.Tensor3D, factor: tf.Tensor2D): tf.Tensor3D {
  return operation({ x, factor });
}
