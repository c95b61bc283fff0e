/**
 * Kernels of the gated recurrent unit. The tape `[L, B, 4 D]` keeps z, r, n and h of every step, which is all that the
 * gradient needs. On WASM a step is two matrix products with a pass between them; on WebGPU it is two programs.
 */
import * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../../operation/defineOperation';
import { newOutput, pointer, wasmKernels } from '../../backends/wasm/module';
import { gemmAt } from '../../backends/wasm/product';
import { elementProgram, int, runInPlace, webgpu, type Program } from '../../backends/webgpu/program';

interface Sizes {
  readonly batch: number;
  readonly length: number;
  readonly width: number;
}

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

const gatesProgram = (tape: number[], threads: number): Program =>
  elementProgram(
    'engineGruGates',
    ['x', 'u'],
    tape,
    'k : i32, rows : i32, steps : i32, width : i32,',
    `let w = uniforms.width;
     let b = index / w;
     let d = index % w;
     let at = (b * uniforms.steps + uniforms.k) * 3 * w + d;
     var z = x[at];
     var r = x[at + w];
     if (uniforms.k > 0) {
       let h = ((uniforms.k - 1) * uniforms.rows + b) * 4 * w + 3 * w;
       for (var i = 0; i < w; i = i + 1) {
         z = z + result[h + i] * u[i * 3 * w + d];
         r = r + result[h + i] * u[i * 3 * w + w + d];
       }
     }
     let to = (uniforms.k * uniforms.rows + b) * 4 * w + d;
     result[to] = 1.0 / (1.0 + exp(-z));
     result[to + w] = 1.0 / (1.0 + exp(-r));`,
    threads,
  );

const stateProgram = (tape: number[], threads: number): Program =>
  elementProgram(
    'engineGruState',
    ['x', 'u', 'mask'],
    tape,
    'k : i32, rows : i32, steps : i32, width : i32,',
    `let w = uniforms.width;
     let b = index / w;
     let d = index % w;
     let to = (uniforms.k * uniforms.rows + b) * 4 * w;
     var a = x[(b * uniforms.steps + uniforms.k) * 3 * w + 2 * w + d];
     var before = 0.0;
     if (uniforms.k > 0) {
       let h = ((uniforms.k - 1) * uniforms.rows + b) * 4 * w + 3 * w;
       before = result[h + d];
       for (var i = 0; i < w; i = i + 1) {
         a = a + result[to + w + i] * result[h + i] * u[i * 3 * w + 2 * w + d];
       }
     }
     let n = tanh(clamp(a, -20.0, 20.0));
     result[to + 2 * w + d] = n;
     let change = mask[b * uniforms.steps + uniforms.k] * result[to + d];
     result[to + 3 * w + d] = before + change * (n - before);`,
    threads,
  );

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
    const { batch, length, width } = sizesOf(projected);
    const shape = [length, batch, 4 * width];
    const threads = batch * width;
    const uniforms = (k: number) => [k, batch, length, width, threads].map(int);
    const gates = gatesProgram(shape, threads);
    const state = stateProgram(shape, threads);
    const tape = webgpu().runWebGPUProgram(gates, [projected, weight], 'float32', uniforms(0));
    for (let k = 0; k < length; k++) {
      if (k > 0) runInPlace(gates, [projected, weight], uniforms(k), tape);
      runInPlace(state, [projected, weight, mask], uniforms(k), tape);
    }
    return tape;
  },
});

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

/** Offsets of dh `[B, D]` behind the gradient `[B, L, 3 D]` in one buffer: a program writes one buffer only. */
const backOutput = ({ batch, length, width }: Sizes): number[] => [
  batch * length * 3 * width + batch * width,
];

const backGates = (shape: number[], threads: number): Program =>
  elementProgram(
    'engineGruBackGates',
    ['dy', 'tape', 'u', 'mask'],
    shape,
    'k : i32, rows : i32, steps : i32, width : i32,',
    `let w = uniforms.width;
     let b = index / w;
     let d = index % w;
     let k = uniforms.k;
     let own = uniforms.rows * uniforms.steps * 3 * w + index;
     var dh = 0.0;
     if (k == uniforms.steps - 1) {
       dh = dy[index];
     } else {
       dh = result[own];
       let after = (b * uniforms.steps + k + 1) * 3 * w;
       for (var i = 0; i < w; i = i + 1) {
         dh = dh + result[after + i] * u[d * 3 * w + i] + result[after + w + i] * u[d * 3 * w + w + i];
       }
     }
     let row = (k * uniforms.rows + b) * 4 * w + d;
     let z = tape[row];
     let n = tape[row + 2 * w];
     var before = 0.0;
     if (k > 0) {
       before = tape[((k - 1) * uniforms.rows + b) * 4 * w + 3 * w + d];
     }
     let m = mask[b * uniforms.steps + k];
     let to = (b * uniforms.steps + k) * 3 * w + d;
     result[to] = m * dh * (n - before) * z * (1.0 - z);
     result[to + 2 * w] = m * z * dh * (1.0 - n * n);
     result[own] = dh * (1.0 - m * z);`,
    threads,
  );

const backReset = (shape: number[], threads: number): Program =>
  elementProgram(
    'engineGruBackReset',
    ['tape', 'u'],
    shape,
    'k : i32, rows : i32, steps : i32, width : i32,',
    `let w = uniforms.width;
     let b = index / w;
     let d = index % w;
     let k = uniforms.k;
     let to = (b * uniforms.steps + k) * 3 * w;
     var drh = 0.0;
     for (var i = 0; i < w; i = i + 1) {
       drh = drh + result[to + 2 * w + i] * u[d * 3 * w + 2 * w + i];
     }
     var before = 0.0;
     if (k > 0) {
       before = tape[((k - 1) * uniforms.rows + b) * 4 * w + 3 * w + d];
     }
     let r = tape[(k * uniforms.rows + b) * 4 * w + w + d];
     result[to + w + d] = drh * before * r * (1.0 - r);
     let own = uniforms.rows * uniforms.steps * 3 * w + index;
     result[own] = result[own] + drh * r;`,
    threads,
  );

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
    const shape = backOutput(sizes);
    const threads = batch * sizes.width;
    const uniforms = (k: number) => [k, batch, length, sizes.width, threads].map(int);
    const gates = backGates(shape, threads);
    const reset = backReset(shape, threads);
    const inputs = [dy, tape, weight, mask];
    const packed = webgpu().runWebGPUProgram(gates, inputs, 'float32', uniforms(length - 1));
    runInPlace(reset, [tape, weight], uniforms(length - 1), packed);
    for (let k = length - 2; k >= 0; k--) {
      runInPlace(gates, inputs, uniforms(k), packed);
      runInPlace(reset, [tape, weight], uniforms(k), packed);
    }
    return tf.tidy(() => {
      const whole = tf.engine().makeTensorFromTensorInfo(packed);
      const own = tf.slice(whole, [0], [batch * length * 3 * sizes.width]);
      return tf.reshape(own, [batch, length, 3 * sizes.width]);
    });
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
