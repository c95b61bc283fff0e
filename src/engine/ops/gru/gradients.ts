/** Gradient kernels of the gated recurrent unit, from the tape of its forward pass. */
import * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../../operation/defineOperation';
import { newOutput, pointer, wasmKernels } from '../../backends/wasm/module';
import { gemmAt } from '../../backends/wasm/product';
import { newDeviceOutput, runDevice } from '../../backends/webgpu/device';
import { measures, MOST_UNITS, unit, workgroupOf } from './workgroup';

/** The gates' part of a step backwards, in tensors: gradients of z's and n's inputs, and of h past the gate. */
function composedInputGradient(
  dy: tf.Tensor,
  tape: tf.Tensor,
  weight: tf.Tensor,
  mask: tf.Tensor,
): tf.Tensor {
  const [length, batch, four] = tape.shape as [number, number, number];
  const width = four / 4;
  const part = (k: number, index: number): tf.Tensor2D =>
    tf.reshape(tf.slice(tape, [k, 0, index * width], [1, batch, width]), [batch, width]);
  const block = (index: number): tf.Tensor2D =>
    tf.slice(weight as tf.Tensor2D, [0, index * width], [width, width]);
  let dh = dy;
  const steps: tf.Tensor[] = [];
  for (let k = length - 1; k >= 0; k--) {
    const [z, r, n] = [part(k, 0), part(k, 1), part(k, 2)];
    const before: tf.Tensor = k > 0 ? part(k - 1, 3) : tf.zeros([batch, width]);
    const m = tf.slice(mask, [0, k], [batch, 1]);
    const move = tf.mul(m, z);
    const dz = tf.mul(tf.mul(m, dh), tf.sub(n, before));
    const az = tf.mul(dz, tf.mul(z, tf.sub(1, z)));
    const an = tf.mul(tf.mul(dh, move), tf.sub(1, tf.square(n)));
    const drh = tf.matMul(an, block(2), false, true);
    const ar = tf.mul(tf.mul(drh, before), tf.mul(r, tf.sub(1, r)));
    const past = tf.add(tf.mul(dh, tf.sub(1, move)), tf.mul(drh, r));
    const byGates = tf.add(tf.matMul(az, block(0), false, true), tf.matMul(ar, block(1), false, true));
    dh = tf.add(past, byGates);
    steps.unshift(tf.concat([az, ar, an], 1));
  }
  return tf.stack(steps, 1);
}

const backwardBody = `
  ${unit}
  var dh = 0.0;
  if (live) { dh = dy[b * w + d]; }
  for (var k = uniforms.steps - 1; k >= 0; k = k - 1) {
    var az = 0.0;
    var an = 0.0;
    var ar = 0.0;
    var past = 0.0;
    var before = 0.0;
    var r = 0.0;
    if (live) {
      let row = (k * uniforms.batch + b) * 4 * w + d;
      let z = tape[row];
      let n = tape[row + 2 * w];
      r = tape[row + w];
      if (k > 0) { before = tape[row - uniforms.batch * 4 * w + 3 * w]; }
      let m = mask[b * uniforms.steps + k];
      az = m * dh * (n - before) * z * (1.0 - z);
      an = m * z * dh * (1.0 - n * n);
      past = dh * (1.0 - m * z);
      updates[local] = az;
      candidates[local] = an;
    }
    workgroupBarrier();
    if (live) {
      var drh = 0.0;
      for (var i = 0; i < w; i = i + 1) { drh = drh + candidates[first + i] * u[d * 3 * w + 2 * w + i]; }
      ar = drh * before * r * (1.0 - r);
      past = past + drh * r;
      resets[local] = ar;
      let to = (b * uniforms.steps + k) * 3 * w + d;
      da[to] = az;
      da[to + w] = ar;
      da[to + 2 * w] = an;
    }
    workgroupBarrier();
    if (live) {
      dh = past;
      for (var i = 0; i < w; i = i + 1) {
        dh = dh + updates[first + i] * u[d * 3 * w + i] + resets[first + i] * u[d * 3 * w + w + i];
      }
    }
    workgroupBarrier();
  }`;

/** Gradient of the projected inputs `[B, L, 3 D]` from that of the last state `dy [B, D]`. */
export const gruInputGradient = defineOperation({
  name: 'gruInputGradient',
  shapes: 'dy: B,D; tape: L,B,4D; weight: D,3D; mask: B,L -> B,L,3D',
  forward: ({ dy, tape, weight, mask }) => composedInputGradient(dy, tape, weight, mask),
  wasm: ({ dy, tape, weight, mask }) => {
    const kernels = wasmKernels();
    if (!kernels) return null;
    const [length, batch, four] = tape.shape as [number, number, number];
    const width = four / 4;
    const da = newOutput([batch, length, 3 * width]);
    const dh = newOutput([batch, width]);
    const drh = newOutput([batch, width]);
    const heap = kernels.heap();
    heap.copyWithin(pointer(dh), pointer(dy), pointer(dy) + 4 * batch * width);
    const stride = length * 3 * width;
    const u = pointer(weight);
    for (let k = length - 1; k >= 0; k--) {
      const row = pointer(tape) + 4 * k * batch * four;
      const h = k === 0 ? 0 : row - 4 * batch * four + 4 * 3 * width;
      const to = pointer(da) + 4 * k * 3 * width;
      kernels.run.gruBackState(row, h, pointer(mask) + 4 * k, length, pointer(dh), to, stride, batch, width);
      if (k === 0) {
        // The first state is 0: its reset gate has no gradient.
        for (let b = 0; b < batch; b++)
          heap.fill(0, to + 4 * (b * stride + width), to + 4 * (b * stride + 2 * width));
        continue;
      }
      const common = { m: batch, n: width, lda: stride, ldb: 3 * width, transposeB: true } as const;
      gemmAt({ ...common, a: to + 4 * 2 * width, b: u + 4 * 2 * width, c: pointer(drh), k: width });
      kernels.run.gruBackReset(row, h, pointer(drh), pointer(dh), to, stride, batch, width);
      gemmAt({ ...common, a: to, b: u, c: pointer(dh), k: 2 * width, accumulate: true });
    }
    for (const { dataId } of [dh, drh]) tf.backend().disposeData(dataId);
    return da;
  },
  webgpu: ({ dy, tape, weight, mask }) => {
    const [length, batch, four] = tape.shape as [number, number, number];
    const sizes = { batch, length, width: four / 4 };
    if (sizes.width > MOST_UNITS) return null;
    const { threads, rows } = workgroupOf(sizes.width);
    const da = newDeviceOutput([batch, length, 3 * sizes.width]);
    runDevice({
      name: 'gruInputGradient',
      bindings: [
        { name: 'da', tensor: da, write: true },
        { name: 'dy', tensor: dy },
        { name: 'tape', tensor: tape },
        { name: 'u', tensor: weight },
        { name: 'mask', tensor: mask },
      ],
      uniforms: measures(sizes),
      declarations: `
        var<workgroup> updates : array<f32, ${threads}>;
        var<workgroup> candidates : array<f32, ${threads}>;
        var<workgroup> resets : array<f32, ${threads}>;`,
      body: backwardBody,
      threads: Math.ceil(batch / rows) * threads,
      workgroup: threads,
    });
    return da;
  },
});

/** Gradient of the state's weight `[D, 3 D]`: products of earlier states and the inputs' gradients, over all steps. */
export const gruWeightGradient = defineOperation({
  name: 'gruWeightGradient',
  shapes: 'da: B,L,3D; tape: L,B,4D -> D,3D',
  forward: ({ da, tape }) => {
    const [length, batch, four] = tape.shape;
    const width = four / 4;
    if (length === 1) return tf.zeros([width, 3 * width]);
    const rows = (length - 1) * batch;
    const before = tf.reshape(tf.slice(tape, [0, 0, 3 * width], [length - 1, batch, width]), [rows, width]);
    const r = tf.reshape(tf.slice(tape, [1, 0, width], [length - 1, batch, width]), [rows, width]);
    const later = tf.slice(tf.transpose(da, [1, 0, 2]), [1, 0, 0], [length - 1, batch, 3 * width]);
    const flat = tf.reshape(later, [rows, 3 * width]);
    const ofGates = tf.matMul(before, tf.slice(flat, [0, 0], [rows, 2 * width]), true, false);
    const ofCandidate = tf.matMul(
      tf.mul(r, before),
      tf.slice(flat, [0, 2 * width], [rows, width]),
      true,
      false,
    );
    return tf.concat([ofGates, ofCandidate], 1);
  },
});
