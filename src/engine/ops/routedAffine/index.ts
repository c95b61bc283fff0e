/** Kernels of a scale and a shift that a row reaches by a route: `x[b] ⊙ Σ_n route[b, n] scale[n] + Σ_n route[b, n] shift[n]`. */
import * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../../operation/defineOperation';
import { deferFold, deferFormula, dropInfo } from '../../backends/webgpu/deferred/values';
import { routeRows, sumByRoute } from '../routeRows';

/** `dy ⊙ Σ_n route[b, n] scale[n]`. */
const inputGradient = defineOperation({
  name: 'routedAffineInputGradient',
  shapes: 'dy: B,w; scale: N,w; route: B,N -> B,w',
  forward: ({ dy, scale, route }) => tf.mul(dy, routeRows(scale, route)),
  webgpu: ({ dy, scale, route }, _, { N, w }) =>
    deferFormula({
      name: 'routedAffineInput',
      shape: dy.shape,
      inputs: { dy, scale, route },
      code: `
        let c = index % ${w};
        let own = index / ${w} * ${N};
        var factor = 0.0;
        for (var n = 0; n < ${N}; n = n + 1) { factor = factor + route[own + n] * scale[n * ${w} + c]; }
        return dy[index] * factor;`,
      reads: N,
      cost: 4 * N,
    }),
});

/** Gradients of scale and shift `[N, w]`: sums over rows of `route ⊙ dy x` and of `route ⊙ dy`. */
const scaleGradients = defineOperation({
  name: 'routedAffineScaleGradients',
  shapes: 'dy: B,w; x: B,w; route: B,N -> dScale: N,w; dShift: N,w',
  forward: ({ dy, x, route }) => ({
    dScale: sumByRoute(tf.mul(dy, x), route),
    dShift: sumByRoute(dy, route),
  }),
  webgpu: ({ dy, x, route }, _, { B, w, N }) => {
    const [dScale, dShift] = [true, false].map((scaled) => {
      const terms = deferFormula({
        name: 'routedAffineTerms',
        shape: [N, B, w],
        inputs: { dy, route, ...(scaled && { x }) },
        code: `
          let place = index % ${B * w};
          return route[place / ${w} * ${N} + index / ${B * w}] * dy[place]${scaled ? ' * x[place]' : ''};`,
        cost: 6,
      });
      const sums = deferFold('sum', terms, [N, w], [N, B, w]);
      dropInfo(terms);
      return sums;
    }) as [tf.TensorInfo, tf.TensorInfo];
    return { dScale, dShift };
  },
});

const operation = defineOperation({
  name: 'routedAffine',
  shapes: 'x: B,w; scale: N,w; shift: N,w; route: B,N -> B,w',
  forward: ({ x, scale, shift, route }) =>
    tf.add(tf.mul(x, routeRows(scale, route)), routeRows(shift, route)),
  webgpu: ({ x, scale, shift, route }, _, { N, w }) =>
    deferFormula({
      name: 'routedAffine',
      shape: x.shape,
      inputs: { x, scale, shift, route },
      code: `
        let c = index % ${w};
        let own = index / ${w} * ${N};
        var factor = 0.0;
        var offset = 0.0;
        for (var n = 0; n < ${N}; n = n + 1) {
          let share = route[own + n];
          factor = factor + share * scale[n * ${w} + c];
          offset = offset + share * shift[n * ${w} + c];
        }
        return x[index] * factor + offset;`,
      reads: N,
      cost: 6 * N,
    }),
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
