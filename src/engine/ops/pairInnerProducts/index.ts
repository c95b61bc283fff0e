import type * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../../operation/defineOperation';

const innerGradient = defineOperation({
  name: 'pairInnerProductsGradient',
  shapes: 'dy: B,3; x: 2,B,w -> 2,B,w',
  loop: {
    host: ({ dy, x }, out, { B, w }) => {
      const second = B * w;
      for (let b = 0; b < B; b++) {
        const inner = dy[3 * b]!;
        const one = 2 * dy[3 * b + 1]!;
        const two = 2 * dy[3 * b + 2]!;
        for (let c = b * w; c < (b + 1) * w; c++) {
          const p = x[c]!;
          const q = x[second + c]!;
          out[c] = inner * q + one * p;
          out[second + c] = inner * p + two * q;
        }
      }
    },
    device: () => `
      let size = uniforms.B * uniforms.w;
      let side = index / size;
      let place = index - side * size;
      let b = place / uniforms.w;
      let other = x[(1 - side) * size + place];
      result[index] = dy[3 * b] * other + 2.0 * dy[3 * b + 1 + side] * x[index];`,
  },
});

const innerProducts = defineOperation({
  name: 'pairInnerProducts',
  shapes: 'x: 2,B,w -> B,3',
  loop: {
    reads: ({ w }) => 2 * w,
    host: ({ x }, out, { B, w }) => {
      const second = B * w;
      for (let b = 0; b < B; b++) {
        let inner = 0;
        let one = 0;
        let two = 0;
        for (let c = b * w; c < (b + 1) * w; c++) {
          const p = x[c]!;
          const q = x[second + c]!;
          inner += p * q;
          one += p * p;
          two += q * q;
        }
        out[3 * b] = inner;
        out[3 * b + 1] = one;
        out[3 * b + 2] = two;
      }
    },
    device: () => `
      let second = uniforms.B * uniforms.w;
      let which = index % 3;
      let left = index / 3 * uniforms.w + select(0, second, which == 2);
      let right = index / 3 * uniforms.w + select(second, 0, which == 1);
      var sum = 0.0;
      for (var c = 0; c < uniforms.w; c = c + 1) { sum = sum + x[left + c] * x[right + c]; }
      result[index] = sum;`,
  },
  save: ['x'],
  gradient: ({ dy, x }) => ({ x: () => innerGradient({ dy, x }) }),
});

/**
 * Inner product and both squared lengths of every pair of rows: `x [2, B, w]` to `[B, 3]`. @throws RangeError naming the shape.
 */
export function pairInnerProducts(x: tf.Tensor3D): tf.Tensor2D {
  return innerProducts({ x });
}

interface Floor {
  readonly floor: number;
}

const cosineGradient = defineOperation({
  name: 'squaredCosineSimilarityGradient',
  shapes: 'dy: B,1; inner: B,3 -> B,3',
  loop: {
    host: ({ dy, inner }, out, { B }, { floor }: Floor) => {
      for (let b = 0; b < B; b++) {
        const d = inner[3 * b]!;
        const one = inner[3 * b + 1]!;
        const two = inner[3 * b + 2]!;
        const inverse = 1 / (one * two + floor);
        const pull = -dy[b]! * d * d * inverse * inverse;
        out[3 * b] = 2 * dy[b]! * d * inverse;
        out[3 * b + 1] = pull * two;
        out[3 * b + 2] = pull * one;
      }
    },
    device: () => `
      let b = index / 3;
      let which = index % 3;
      let d = inner[3 * b];
      let one = inner[3 * b + 1];
      let two = inner[3 * b + 2];
      let inverse = 1.0 / (one * two + uniforms.floor);
      let pull = -dy[b] * d * d * inverse * inverse;
      result[index] = select(pull * select(one, two, which == 1), 2.0 * dy[b] * d * inverse, which == 0);`,
  },
});

const cosine = defineOperation({
  name: 'squaredCosineSimilarity',
  shapes: 'inner: B,3 -> B,1',
  loop: {
    host: ({ inner }, out, { B }, { floor }: Floor) => {
      for (let b = 0; b < B; b++) {
        out[b] = inner[3 * b]! ** 2 / (inner[3 * b + 1]! * inner[3 * b + 2]! + floor);
      }
    },
    device: () => `
      let d = inner[3 * index];
      result[index] = d * d / (inner[3 * index + 1] * inner[3 * index + 2] + uniforms.floor);`,
  },
  save: ['inner'],
  gradient: ({ dy, inner }, { floor }) => ({ inner: () => cosineGradient({ dy, inner }, { floor }) }),
});

/**
 * Squared cosine of every pair `[B, 1]` from `pairInnerProducts`: inner² / (product of squared lengths + floor).
 * @throws RangeError naming the shape.
 */
export function squaredCosineSimilarity(products: tf.Tensor2D, floor: number): tf.Tensor2D {
  return cosine({ inner: products }, { floor });
}
