/** A mixture of what a row's own branch and a few fixed ones say: `mixtureOwnGradient` where asking every branch would cost too much. */
import * as tf from '@tensorflow/tfjs-core';
import { deferFormula } from '../../backends/webgpu/deferred/values';
import { int } from '../../backends/webgpu/program';
import { free, newOutput, pointer, wasmKernels } from '../../backends/wasm/module';
import { gemmAll } from '../../backends/wasm/product';
import { defineOperation } from '../../operation/defineOperation';
import { leakyRelu, leakyReluDerivative } from '../activations';
import { mixExpertsStacked, mixExpertsWeightGradient } from '../mixExperts';
import { multiDenseStacked } from '../multiDense';
import { routedDense, routedInputGradient, routedWeightGradient } from '../routedDense';
import { forwardOnWasm } from '../routedDense/wasm';
import { sumByRoute } from '../routeRows';

const BYTES = 4;

interface Attributes {
  /** Numbers of the branches that every row asks, P of them. */
  readonly pool: readonly number[];
  readonly slope: number;
}

/** Of one matrix or vector a branch `[N, ...]`, those of the pool, in its order: on the device they are read where they lie. */
const pickBranches = defineOperation({
  name: 'pickBranches',
  shapes: 'x: any -> any',
  forward: ({ x }, { pool }: Pick<Attributes, 'pool'>) => tf.gather(x, tf.tensor1d([...pool], 'int32')),
  webgpu: ({ x }, { pool }) => {
    const [, ...own] = x.shape;
    const size = own.reduce((all, length) => all * length, 1);
    const choices = pool.map((_, slot) => `if (slot == ${slot}) { n = uniforms.branch${slot}; }`);
    return deferFormula({
      name: 'pickBranches',
      shape: [pool.length, ...own],
      inputs: { x },
      uniforms: Object.fromEntries(pool.map((n, slot) => [`branch${slot}`, int(n)])),
      code: `let slot = index / ${size}; var n = 0; ${choices.join(' ')} return x[n * ${size} + index % ${size}];`,
      layout: true,
      cost: 2,
    });
  },
});

/** One of a stack `[S, B, w]` or one column of `[B, S]`, its last. */
const lastOf = (x: tf.Tensor3D): tf.Tensor2D => {
  const [slots, rows, width] = x.shape;
  return tf.reshape(tf.slice3d(x, [slots - 1, 0, 0], [1, rows, width]), [rows, width]);
};
const lastColumn = (x: tf.Tensor2D): tf.Tensor2D => tf.slice2d(x, [0, x.shape[1] - 1], [x.shape[0], 1]);

const operation = defineOperation({
  name: 'askedMixture',
  shapes: 'x: B,in; weight: N,in,w; bias: N,w; alpha: B,S; own: B,N -> B,w | h: S,B,w',
  forward: ({ x, weight, bias, alpha, own }, { pool, slope }: Attributes) => {
    const [weights, biases] = [pickBranches({ x: weight }, { pool }), pickBranches({ x: bias }, { pool })];
    const others = multiDenseStacked(x, weights as tf.Tensor3D, biases as tf.Tensor2D);
    const mine = routedDense(x, weight, bias, own);
    const h = tf.concat([leakyRelu(others, slope), leakyRelu(tf.expandDims<tf.Tensor3D>(mine, 0), slope)], 0);
    return { y: mixExpertsStacked(h, alpha), h };
  },
  // The pool's weights are multiplied where they lie, and every branch is written where the mixture reads it: h is 9 MB for 1,024 rows.
  wasm: ({ x, weight, bias, alpha, own }, { pool, slope }, { B, in: input, w: width, S: slots }) => {
    const kernels = wasmKernels();
    if (!kernels) return null;
    const h = newOutput([slots, B, width]);
    const y = newOutput([B, width]);
    const mine = forwardOnWasm(x, { weight, combine: 'none' }, bias, own);
    const at = pointer(h);
    const size = BYTES * B * width;
    gemmAll(
      pool.map((n, slot) => ({
        a: pointer(x),
        b: pointer(weight) + BYTES * n * input * width,
        c: at + slot * size,
        bias: pointer(bias) + BYTES * n * width,
        m: B,
        n: width,
        k: input,
      })),
    );
    kernels.heap().copyWithin(at + pool.length * size, pointer(mine), pointer(mine) + size);
    kernels.run.leaky(at, at, slots * B * width, slope);
    kernels.run.mix(at, pointer(alpha), pointer(y), B, slots, width, width, B * width, slots, 1);
    free(mine);
    return { y, h };
  },
  save: ['x', 'weight', 'alpha', 'own', 'h'],
  constants: ['own'],
  gradient: ({ dy, x, weight, alpha, own, h }, { slope }) => {
    // LeakyReLU keeps the sign, so its output tells its slope.
    const steepness = leakyReluDerivative(lastOf(h), slope);
    const inner = tf.mul<tf.Tensor2D>(tf.mul(dy, lastColumn(alpha)), steepness);
    return {
      x: () => routedInputGradient({ dy: inner, weight, route: own }, { combine: 'none' }),
      weight: () => routedWeightGradient({ x, dy: inner, route: own }),
      bias: () => sumByRoute(inner, own),
      alpha: () => mixExpertsWeightGradient({ dy, h }, { layout: 'stack' }),
    };
  },
});

export interface AskedMixtureInputs {
  /** `[B, in]` */
  readonly x: tf.Tensor2D;
  /** `[N, in, w]` */
  readonly weight: tf.Tensor3D;
  /** `[N, w]` */
  readonly bias: tf.Tensor2D;
  /** Weights of the pool's branches, in its order, and of the row's own `[B, P + 1]`. */
  readonly alpha: tf.Tensor2D;
  /** Which branch is a row's own `[B, N]`. */
  readonly own: tf.Tensor2D;
  /** Numbers of the branches that every row asks. */
  readonly pool: readonly number[];
  readonly slope: number;
}

/**
 * `Σ_p alpha_p LeakyReLU(x W_pool[p] + b_pool[p]) + alpha_P LeakyReLU(x W_own + b_own)`, `[B, w]`, where a row trains its own branch only, by
 * the last weight: gradients through the pool's branches are stopped. @throws RangeError naming the shapes.
 */
export function askedMixture({ pool, slope, ...inputs }: AskedMixtureInputs): tf.Tensor2D {
  return operation(inputs, { pool, slope });
}
