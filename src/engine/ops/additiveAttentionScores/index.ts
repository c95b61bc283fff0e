/** Kernels of pair scores `sum_q relu(a[b, j, q] + p[b, k, q]) v[q]`; `a [B, J, q]`, `p [B, K, q]`, `v [q, 1]`, scores `[B, J, K]`. */
import * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../../operation/defineOperation';
import { newOutput, pointer, wasmKernels } from '../../backends/wasm/module';
import { elementProgram, int, webgpu } from '../../backends/webgpu/program';

/** Hidden units of every pair `[B, J, K, q]`: only the composed forms make it. */
function activeUnits(a: tf.Tensor, p: tf.Tensor): tf.Tensor {
  return tf.relu(tf.add(tf.expandDims(a, 2), tf.expandDims(p, 1)));
}

interface Side {
  /** Which set the gradient is of. */
  readonly side: 'a' | 'p';
}

/** Gradient of one set: `v[q] sum_other dy [own + other > 0]`. */
const gradientOf = defineOperation({
  name: 'additiveAttentionScoresGradient',
  shapes: ({ side }: Side) =>
    side === 'a'
      ? 'dy: B,J,K; a: B,J,q; p: B,K,q; v: q,1 -> B,J,q'
      : 'dy: B,J,K; a: B,J,q; p: B,K,q; v: q,1 -> B,K,q',
  forward: ({ dy, a, p, v }, { side }) => {
    const hidden = a.shape[2];
    const open = tf.step(tf.add(tf.expandDims(a, 2), tf.expandDims(p, 1)));
    const sum = tf.sum(tf.mul(open, tf.expandDims(dy, 3)), side === 'a' ? 2 : 1);
    return tf.mul(sum, tf.reshape(v, [1, 1, hidden]));
  },
  wasm: ({ dy, a, p, v }, { side }) => {
    const kernels = wasmKernels();
    if (!kernels) return null;
    const [batch, left, hidden] = a.shape as [number, number, number];
    const right = p.shape[1]!;
    const [own, other] = side === 'a' ? [a, p] : [p, a];
    const out = newOutput(own.shape);
    const [strideOwn, strideOther] = side === 'a' ? [right, 1] : [1, right];
    const [count, others] = side === 'a' ? [left, right] : [right, left];
    kernels.run.pairGradient(
      pointer(dy),
      pointer(own),
      pointer(other),
      pointer(v),
      pointer(out),
      batch,
      count,
      others,
      hidden,
      strideOwn,
      strideOther,
    );
    return out;
  },
  webgpu: ({ dy, a, p, v }, { side }) => {
    const [batch, left, hidden] = a.shape as [number, number, number];
    const right = p.shape[1]!;
    const [own, other] = side === 'a' ? [a, p] : [p, a];
    const [count, others] = side === 'a' ? [left, right] : [right, left];
    const threads = batch * count * hidden;
    const program = elementProgram(
      'enginePairGradient',
      ['dy', 'own', 'other', 'v'],
      [...own.shape],
      'count : i32, others : i32, hidden : i32, strideOwn : i32, strideOther : i32,',
      `let q = index % uniforms.hidden;
         let place = index / uniforms.hidden;
         let b = place / uniforms.count;
         let g = b * uniforms.count * uniforms.others + (place % uniforms.count) * uniforms.strideOwn;
         let y = b * uniforms.others * uniforms.hidden + q;
         let mine = own[index];
         var sum = 0.0;
         for (var o = 0; o < uniforms.others; o = o + 1) {
           if (mine + other[y + o * uniforms.hidden] > 0.0) {
             sum = sum + dy[g + o * uniforms.strideOther];
           }
         }
         result[index] = sum * v[q];`,
      threads,
    );
    const strides = side === 'a' ? [right, 1] : [1, right];
    return webgpu().runWebGPUProgram(
      program,
      [dy, own, other, v],
      'float32',
      [count, others, hidden, ...strides, threads].map(int),
    );
  },
});

/** Gradient of v `[q, 1]`. */
const weightGradient = defineOperation({
  name: 'additiveAttentionScoresWeightGradient',
  shapes: 'dy: B,J,K; a: B,J,q; p: B,K,q -> q,1',
  forward: ({ dy, a, p }) =>
    tf.reshape(tf.sum(tf.mul(activeUnits(a, p), tf.expandDims(dy, 3)), [0, 1, 2]), [a.shape[2], 1]),
  wasm: ({ dy, a, p }) => {
    const kernels = wasmKernels();
    if (!kernels) return null;
    const [batch, left, hidden] = a.shape as [number, number, number];
    const out = newOutput([hidden, 1]);
    kernels.run.pairWeightGradient(
      pointer(dy),
      pointer(a),
      pointer(p),
      pointer(out),
      batch,
      left,
      p.shape[1]!,
      hidden,
    );
    return out;
  },
  webgpu: ({ dy, a, p }) => {
    const [batch, left, hidden] = a.shape as [number, number, number];
    const right = p.shape[1]!;
    const threads = batch * hidden;
    // One sum a row and unit, then over rows: a fixed order, no atomics.
    const program = elementProgram(
      'enginePairWeightGradient',
      ['dy', 'a', 'p'],
      [batch, hidden],
      'left : i32, right : i32, hidden : i32,',
      `let q = index % uniforms.hidden;
         let b = index / uniforms.hidden;
         var sum = 0.0;
         for (var j = 0; j < uniforms.left; j = j + 1) {
           let mine = a[(b * uniforms.left + j) * uniforms.hidden + q];
           for (var k = 0; k < uniforms.right; k = k + 1) {
             let other = p[(b * uniforms.right + k) * uniforms.hidden + q];
             sum = sum + max(mine + other, 0.0) * dy[(b * uniforms.left + j) * uniforms.right + k];
           }
         }
         result[index] = sum;`,
      threads,
    );
    const rows = webgpu().runWebGPUProgram(
      program,
      [dy, a, p],
      'float32',
      [left, right, hidden, threads].map(int),
    );
    return tf.tidy(() => {
      const kept = tf.engine().makeTensorFromTensorInfo(rows);
      return tf.reshape(tf.sum(kept, 0), [hidden, 1]);
    });
  },
});

const operation = defineOperation({
  name: 'additiveAttentionScores',
  shapes: 'a: B,J,q; p: B,K,q; v: q,1 -> B,J,K',
  forward: ({ a, p, v }) => {
    const [batch, left, hidden] = a.shape;
    const right = p.shape[1];
    const flat = tf.reshape(activeUnits(a, p), [batch * left * right, hidden]);
    return tf.reshape(tf.matMul(flat, v), [batch, left, right]);
  },
  wasm: ({ a, p, v }) => {
    const kernels = wasmKernels();
    if (!kernels) return null;
    const [batch, left, hidden] = a.shape as [number, number, number];
    const right = p.shape[1]!;
    const out = newOutput([batch, left, right]);
    kernels.run.pairScores(pointer(a), pointer(p), pointer(v), pointer(out), batch, left, right, hidden);
    return out;
  },
  webgpu: ({ a, p, v }) => {
    const [batch, left, hidden] = a.shape as [number, number, number];
    const right = p.shape[1]!;
    const threads = batch * left * right;
    const program = elementProgram(
      'enginePairScores',
      ['a', 'p', 'v'],
      [batch, left, right],
      'left : i32, right : i32, hidden : i32,',
      `let pair = index / uniforms.right;
         let x = pair * uniforms.hidden;
         let y = ((pair / uniforms.left) * uniforms.right + index % uniforms.right) * uniforms.hidden;
         var sum = 0.0;
         for (var q = 0; q < uniforms.hidden; q = q + 1) {
           sum = sum + max(a[x + q] + p[y + q], 0.0) * v[q];
         }
         result[index] = sum;`,
      threads,
    );
    return webgpu().runWebGPUProgram(program, [a, p, v], 'float32', [
      int(left),
      int(right),
      int(hidden),
      int(threads),
    ]);
  },
  save: ['a', 'p', 'v'],
  gradient: ({ dy, a, p, v }) => ({
    a: () => gradientOf({ dy, a, p, v }, { side: 'a' }),
    p: () => gradientOf({ dy, a, p, v }, { side: 'p' }),
    v: () => weightGradient({ dy, a, p }),
  }),
});

/**
 * Scores of all pairs of two sets by a network with one hidden layer whose input part is already split:
 * `sum_q relu(a[b, j, q] + p[b, k, q]) v[q]`. No `[B, J, K, q]` tensor is made, forwards or backwards.
 *
 * @param a `[B, J, q]`, @param p `[B, K, q]`, @param v `[q, 1]`
 * @returns `[B, J, K]`
 * @throws RangeError where rows or units differ
 */
export function additiveAttentionScores(a: tf.Tensor3D, p: tf.Tensor3D, v: tf.Tensor2D): tf.Tensor3D {
  return operation({ a, p, v });
}
