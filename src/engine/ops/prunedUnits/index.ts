/**
 * Units that are weighed and in part switched off (AdaSparse): each of these in one pass, to the bits of the library's own operations in a
 * row, of which there were nine forwards and twice as many backwards.
 */
import * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../../operation/defineOperation';

/** A unit is on where `scale s > threshold`. */
export interface Switch {
  readonly scale: number;
  readonly threshold: number;
}

/** Not on; NaN is neither, so that it shows. */
const isOff = (strength: number, threshold: number): boolean => Math.fround(strength - threshold) <= 0;

/** `dy scale` where the unit is on, else 0. */
const factorGradient = defineOperation({
  name: 'prunedFactorGradient',
  shapes: 'dy: ...; s: ... -> ...',
  loop: {
    host: ({ dy, s }, out, _, attributes: Switch) => {
      const [scale, threshold] = [Math.fround(attributes.scale), Math.fround(attributes.threshold)];
      for (let i = 0; i < out.length; i++)
        out[i] = isOff(Math.fround(s[i]! * scale), threshold) ? 0 : dy[i]! * scale;
    },
    wasm: ({ kernels, at, out, size, attributes: { scale, threshold } }) =>
      kernels.run.scaleWhereOn(at.dy, at.s, out, size, scale, threshold),
    device: () =>
      'result[index] = select(dy[index] * uniforms.scale, 0.0, s[index] * uniforms.scale - uniforms.threshold <= 0.0);',
  },
});

const factor = defineOperation({
  name: 'prunedFactor',
  shapes: 's: ... -> ...',
  loop: {
    host: ({ s }, out, _, attributes: Switch) => {
      const [scale, threshold] = [Math.fround(attributes.scale), Math.fround(attributes.threshold)];
      for (let i = 0; i < out.length; i++) {
        const strength = Math.fround(s[i]! * scale);
        out[i] = isOff(strength, threshold) ? 0 : strength;
      }
    },
    wasm: ({ kernels, at, out, size, attributes: { scale, threshold } }) =>
      kernels.run.scaleWhereOn(at.s, at.s, out, size, scale, threshold),
    device: () => `
      let strength = s[index] * uniforms.scale;
      result[index] = select(strength, 0.0, strength - uniforms.threshold <= 0.0);`,
  },
  save: ['s'],
  gradient: ({ dy, s }, attributes) => ({ s: () => factorGradient({ dy, s }, attributes) }),
});

const share = defineOperation({
  name: 'prunedShare',
  shapes: 's: B,w -> B',
  loop: {
    host: ({ s }, out, { w }, attributes: Switch) => {
      const [scale, threshold] = [Math.fround(attributes.scale), Math.fround(attributes.threshold)];
      for (let b = 0; b < out.length; b++) {
        let sum = 0;
        for (let at = b * w; at < (b + 1) * w; at++) {
          const value = s[at]!;
          const on = isOff(Math.fround(value * scale), threshold) ? 0 : 1;
          // As a straight-through estimator is written: (on - s) + s.
          sum = Math.fround(sum + Math.fround(Math.fround(on - value) + value));
        }
        out[b] = sum / w;
      }
    },
    device: () => `
      var sum = 0.0;
      for (var c = 0; c < uniforms.w; c = c + 1) {
        let value = s[index * uniforms.w + c];
        let on = select(1.0, 0.0, value * uniforms.scale - uniforms.threshold <= 0.0);
        sum = sum + ((on - value) + value);
      }
      result[index] = sum / f32(uniforms.w);`,
    reads: ({ w }) => w,
  },
  save: ['s'],
  gradient: ({ dy, s }) => {
    const width = s.shape[1];
    return { s: () => tf.broadcastTo(tf.expandDims(tf.mul(dy, 1 / width), 1), [s.shape[0], width]) };
  },
});

/** `scale s` where that is above the threshold, else 0; the gradient reaches s where the unit is on. Any shape. */
export function prunedFactor<T extends tf.Tensor>(s: T, how: Switch): T {
  return factor({ s }, how) as T;
}

/** Share of a row's units that are on `[B, 1]`, of `s [B, w]`; the gradient goes straight through to s, as of the mean of s. */
export function prunedShare(s: tf.Tensor2D, how: Switch): tf.Tensor2D {
  return tf.expandDims<tf.Tensor2D>(share({ s }, how), 1);
}
