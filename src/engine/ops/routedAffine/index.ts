/** Kernels of a scale and a shift that a row reaches by a route: `x[b] ⊙ Σ_n route[b, n] scale[n] + Σ_n route[b, n] shift[n]`. */
import * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../../operation/defineOperation';
import { newDeviceOutput, runDevice } from '../../backends/webgpu/device';
import { int } from '../../backends/webgpu/program';
import { routeRows, sumByRoute } from '../routeRows';

const measures = (rows: number, routes: number, columns: number, size: number) => ({
  rows: int(rows),
  routes: int(routes),
  columns: int(columns),
  size: int(size),
});

/** `dy ⊙ Σ_n route[b, n] scale[n]`. */
const inputGradient = defineOperation({
  name: 'routedAffineInputGradient',
  shapes: 'dy: B,w; scale: N,w; route: B,N -> B,w',
  forward: ({ dy, scale, route }) => tf.mul(dy, routeRows(scale, route)),
  webgpu: ({ dy, scale, route }) => {
    const [rows, columns] = dy.shape as [number, number];
    const dx = newDeviceOutput(dy.shape);
    runDevice({
      name: 'routedAffineInput',
      bindings: [
        { name: 'dx', tensor: dx, write: true },
        { name: 'dy', tensor: dy },
        { name: 'scale', tensor: scale },
        { name: 'route', tensor: route },
      ],
      uniforms: measures(rows, route.shape[1]!, columns, rows * columns),
      body: `
          if (index < uniforms.size) {
            let b = index / uniforms.columns;
            let c = index - b * uniforms.columns;
            var factor = 0.0;
            for (var n = 0; n < uniforms.routes; n = n + 1) {
              factor = factor + route[b * uniforms.routes + n] * scale[n * uniforms.columns + c];
            }
            dx[index] = dy[index] * factor;
          }
        `,
      threads: rows * columns,
    });
    return dx;
  },
});

/** Gradients of scale and shift `[N, w]`: sums over rows of `route ⊙ dy x` and of `route ⊙ dy`. */
const scaleGradients = defineOperation({
  name: 'routedAffineScaleGradients',
  shapes: 'dy: B,w; x: B,w; route: B,N -> dScale: N,w; dShift: N,w',
  forward: ({ dy, x, route }) => ({
    dScale: sumByRoute(tf.mul(dy, x), route),
    dShift: sumByRoute(dy, route),
  }),
  webgpu: ({ dy, x, route }) => {
    const [rows, columns] = dy.shape as [number, number];
    const routes = route.shape[1]!;
    const dScale = newDeviceOutput([routes, columns]);
    const dShift = newDeviceOutput([routes, columns]);
    runDevice({
      name: 'routedAffineScale',
      bindings: [
        { name: 'dScale', tensor: dScale, write: true },
        { name: 'dShift', tensor: dShift, write: true },
        { name: 'dy', tensor: dy },
        { name: 'x', tensor: x },
        { name: 'route', tensor: route },
      ],
      uniforms: measures(rows, routes, columns, routes * columns),
      body: `
          if (index < uniforms.size) {
            let n = index / uniforms.columns;
            let c = index - n * uniforms.columns;
            var moment = 0.0;
            var sum = 0.0;
            for (var b = 0; b < uniforms.rows; b = b + 1) {
              let share = route[b * uniforms.routes + n];
              if (share != 0.0) {
                let d = share * dy[b * uniforms.columns + c];
                sum = sum + d;
                moment = moment + d * x[b * uniforms.columns + c];
              }
            }
            dScale[index] = moment;
            dShift[index] = sum;
          }
        `,
      threads: routes * columns,
    });
    return { dScale, dShift };
  },
});

const operation = defineOperation({
  name: 'routedAffine',
  shapes: 'x: B,w; scale: N,w; shift: N,w; route: B,N -> B,w',
  forward: ({ x, scale, shift, route }) =>
    tf.add(tf.mul(x, routeRows(scale, route)), routeRows(shift, route)),
  webgpu: ({ x, scale, shift, route }) => {
    const [rows, columns] = x.shape as [number, number];
    const y = newDeviceOutput(x.shape);
    runDevice({
      name: 'routedAffine',
      bindings: [
        { name: 'y', tensor: y, write: true },
        { name: 'x', tensor: x },
        { name: 'scale', tensor: scale },
        { name: 'shift', tensor: shift },
        { name: 'route', tensor: route },
      ],
      uniforms: measures(rows, route.shape[1]!, columns, rows * columns),
      body: `
          if (index < uniforms.size) {
            let b = index / uniforms.columns;
            let c = index - b * uniforms.columns;
            var factor = 0.0;
            var offset = 0.0;
            for (var n = 0; n < uniforms.routes; n = n + 1) {
              let share = route[b * uniforms.routes + n];
              factor = factor + share * scale[n * uniforms.columns + c];
              offset = offset + share * shift[n * uniforms.columns + c];
            }
            y[index] = x[index] * factor + offset;
          }
        `,
      threads: rows * columns,
    });
    return y;
  },
  save: ['x', 'scale', 'route'],
  gradient: ({ dy, x, scale, route }) => {
    const { dScale, dShift } = scaleGradients({ dy, x, route });
    return {
      x: () => inputGradient({ dy, scale, route }),
      scale: () => tf.clone(dScale),
      shift: () => tf.clone(dShift),
    };
  },
});

/**
 * Each row scaled and shifted as its route says: `x[b] ⊙ Σ_n route[b, n] scale[n] + Σ_n route[b, n] shift[n]`, `x [B, w]`,
 * `scale` and `shift` `[N, w]`, one-hot (or shares) `route [B, N]`, to `[B, w]`. The route is a constant: no gradient
 * reaches it. @throws RangeError naming the shapes.
 */
export function routedAffine(
  x: tf.Tensor2D,
  scale: tf.Tensor2D,
  shift: tf.Tensor2D,
  route: tf.Tensor2D,
): tf.Tensor2D {
  return operation({ x, scale, shift, route });
}
