/**
 * Forward kernel of the gated recurrent unit. The tape `[L, B, 4 D]` keeps z, r, n and h of every step, which is all that the
 * gradient needs. On WASM a step is two matrix products with a pass between them; on WebGPU all steps are one program.
 */
import * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../../operation/defineOperation';
import { newOutput, pointer, wasmKernels } from '../../backends/wasm/module';
import { gemmAt } from '../../backends/wasm/product';
import { newDeviceOutput, runDevice } from '../../backends/webgpu/device';
import { measures, MOST_UNITS, unit, workgroupOf } from './workgroup';
import type { Sizes } from './workgroup';

function sizesOf(projected: tf.TensorInfo): Sizes {
  const [batch, length, triple] = projected.shape as [number, number, number];
  return { batch, length, width: triple / 3 };
}

/** Columns `from … from + size` of the last axis of step k `[B, L, …]`, as `[B, size]`. */
function stepColumns(x: tf.Tensor, k: number, from: number, size: number): tf.Tensor2D {
  const batch = x.shape[0];
  return tf.reshape(tf.slice(x, [0, k, from], [batch, 1, size]), [batch, size]);
}

function composedTape(projected: tf.Tensor, weight: tf.Tensor, mask: tf.Tensor): tf.Tensor {
  const { batch, length, width } = sizesOf(projected);
  const gates = tf.slice(weight, [0, 0], [width, 2 * width]);
  const candidate = tf.slice(weight, [0, 2 * width], [width, width]);
  let h: tf.Tensor = tf.zeros([batch, width]);
  const rows: tf.Tensor[] = [];
  for (let k = 0; k < length; k++) {
    const both = tf.sigmoid(tf.add(stepColumns(projected, k, 0, 2 * width), tf.matMul(h, gates)));
    const z = tf.slice(both, [0, 0], [batch, width]);
    const r = tf.slice(both, [0, width], [batch, width]);
    const own = stepColumns(projected, k, 2 * width, width);
    const n = tf.tanh(tf.add(own, tf.matMul(tf.mul(r, h), candidate)));
    const move = tf.mul(tf.slice(mask, [0, k], [batch, 1]), z);
    h = tf.add(h, tf.mul(move, tf.sub(n, h)));
    rows.push(tf.concat([z, r, n, h], 1));
  }
  return tf.stack(rows);
}

const forwardBody = `
  ${unit}
  var h = 0.0;
  for (var k = 0; k < uniforms.steps; k = k + 1) {
    let at = (b * uniforms.steps + k) * 3 * w + d;
    var z = 0.0;
    var r = 0.0;
    if (live) {
      z = x[at];
      r = x[at + w];
      if (k > 0) {
        for (var i = 0; i < w; i = i + 1) {
          z = z + states[first + i] * u[i * 3 * w + d];
          r = r + states[first + i] * u[i * 3 * w + w + d];
        }
      }
      z = 1.0 / (1.0 + exp(-z));
      r = 1.0 / (1.0 + exp(-r));
      resets[local] = r * h;
    }
    workgroupBarrier();
    if (live) {
      var a = x[at + 2 * w];
      if (k > 0) {
        for (var i = 0; i < w; i = i + 1) { a = a + resets[first + i] * u[i * 3 * w + 2 * w + d]; }
      }
      let n = tanh(clamp(a, -20.0, 20.0));
      h = h + mask[b * uniforms.steps + k] * z * (n - h);
      let to = (k * uniforms.batch + b) * 4 * w + d;
      tape[to] = z;
      tape[to + w] = r;
      tape[to + 2 * w] = n;
      tape[to + 3 * w] = h;
      states[local] = h;
    }
    workgroupBarrier();
  }`;

/** `projected [B, L, 3 D]`, `weight [D, 3 D]`, `mask [B, L]` to the tape `[L, B, 4 D]`. */
export const gruTape = defineOperation({
  name: 'gruTape',
  shapes: 'projected: B,L,3D; weight: D,3D; mask: B,L -> L,B,4D',
  forward: ({ projected, weight, mask }) => composedTape(projected, weight, mask),
  wasm: ({ projected, weight, mask }) => {
    const kernels = wasmKernels();
    if (!kernels) return null;
    const { batch, length, width } = sizesOf(projected);
    const tape = newOutput([length, batch, 4 * width]);
    const product = newOutput([batch, 2 * width]);
    const resetState = newOutput([batch, width]);
    const stride = length * 3 * width;
    for (let k = 0; k < length; k++) {
      const x = pointer(projected) + 4 * k * 3 * width;
      const row = pointer(tape) + 4 * k * batch * 4 * width;
      const h = k === 0 ? 0 : row - 4 * batch * 4 * width + 4 * 3 * width;
      const [hu, rh] = k === 0 ? [0, 0] : [pointer(product), pointer(resetState)];
      if (k > 0) {
        const u = pointer(weight);
        gemmAt({ a: h, b: u, c: hu, m: batch, n: 2 * width, k: width, lda: 4 * width, ldb: 3 * width });
      }
      kernels.run.gruGates(x, stride, hu, row, h, rh, batch, width);
      if (k > 0) {
        const u = pointer(weight) + 4 * 2 * width;
        gemmAt({ a: rh, b: u, c: hu, m: batch, n: width, k: width, ldb: 3 * width });
      }
      kernels.run.gruState(
        x + 4 * 2 * width,
        stride,
        hu,
        row,
        h,
        pointer(mask) + 4 * k,
        length,
        batch,
        width,
      );
    }
    for (const { dataId } of [product, resetState]) tf.backend().disposeData(dataId);
    return tape;
  },
  webgpu: ({ projected, weight, mask }) => {
    const sizes = sizesOf(projected);
    const { batch, length, width } = sizes;
    if (width > MOST_UNITS) return null;
    const { threads, rows } = workgroupOf(width);
    const tape = newDeviceOutput([length, batch, 4 * width]);
    runDevice({
      name: 'gruTape',
      bindings: [
        { name: 'tape', tensor: tape, write: true },
        { name: 'x', tensor: projected },
        { name: 'u', tensor: weight },
        { name: 'mask', tensor: mask },
      ],
      uniforms: measures(sizes),
      declarations: `
        var<workgroup> states : array<f32, ${threads}>;
        var<workgroup> resets : array<f32, ${threads}>;`,
      body: forwardBody,
      threads: Math.ceil(batch / rows) * threads,
      workgroup: threads,
    });
    return tape;
  },
});
