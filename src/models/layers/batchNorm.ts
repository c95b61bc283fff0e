/**
 * Batch normalisation over rows that count (weight 1), in the variants that multi-scenario models use.
 *
 * - `shared`: one mean and variance over the batch.
 * - `domain`: mean and variance per scenario, one scale and shift.
 * - `own`: mean, variance, scale and shift per scenario (as separate networks would have).
 * - `partitioned`: STAR (CIKM 2021, Eq 4–5): per-scenario statistics, scale γ·γ_n, shift β + β_n.
 *
 * Moving statistics are 0.9 old + 0.1 batch; a scenario with fewer than two rows in a batch is normalised by its moving
 * statistics and leaves them as they are.
 */
import * as tf from '@tensorflow/tfjs-core';
import { batchNorm, domainMoments, normalise, NORM_EPSILON, routeRows, stopGradient } from '../../engine';
import type {
  BatchNormalised,
  Mode,
  Parameter,
  StateUpdate,
  StateTensor,
  VariableFactory,
} from '../../engine';
import type { Inputs } from '../definition';

export type Normalisation = 'off' | 'shared' | 'domain' | 'own' | 'partitioned';

/** What normalisation reads of a batch. */
export type NormInputs = Pick<Inputs, 'weight' | 'scenarioOneHot'>;

export interface Normalised {
  /** Same shape as the input. */
  readonly output: tf.Tensor2D;
  /**
   * Derivative of the output by the input with statistics held fixed: scale / sqrt(variance + eps), broadcastable over
   * the input. Its gradient reaches the scale, not the statistics.
   */
  inputScale(): tf.Tensor2D;
}

export interface BatchNorm {
  apply(x: tf.Tensor2D, inputs: NormInputs, mode: Mode): Normalised;
}

const MOMENTUM = 0.9;

/** Moving statistics. */
export const MOVING: StateUpdate = { decay: MOMENTUM, scale: 1 - MOMENTUM };

function ones(length: number): Float32Array {
  return new Float32Array(length).fill(1);
}

/** Parameters `<name>.gamma`, `<name>.beta`; states `<name>.mean`, `<name>.variance`. Returns null for `off`. */
export function createBatchNorm(
  variables: VariableFactory,
  name: string,
  width: number,
  kind: Normalisation,
  scenarios: number,
): BatchNorm | null {
  switch (kind) {
    case 'off':
      return null;
    case 'shared':
      return createShared(variables, name, width);
    case 'domain':
    case 'own':
    case 'partitioned':
      return createPerScenario(variables, name, width, kind, scenarios);
    default:
      return kind satisfies never;
  }
}

function createShared(variables: VariableFactory, name: string, width: number): BatchNorm {
  const gamma = variables.parameter(`${name}.gamma`, 'norm', [width], ones(width));
  const beta = variables.parameter(`${name}.beta`, 'norm', [width], new Float32Array(width));
  const mean = variables.state(`${name}.mean`, [width], new Float32Array(width));
  const variance = variables.state(`${name}.variance`, [width], ones(width));
  return {
    apply(x, inputs, mode) {
      const now = sharedNorm(x, inputs, mode, { gamma, beta, mean, variance });
      return {
        output: now.output,
        inputScale: () =>
          tf.mul(
            gamma.tensor,
            tf.rsqrt(tf.add(stopGradient(tf.reshape(now.variance, [1, width])), NORM_EPSILON)),
          ),
      };
    },
  };
}

/** Normalised output and the statistics that made it: the batch's in training (recorded as moving ones), else the moving ones. */
function sharedNorm(
  x: tf.Tensor2D,
  inputs: NormInputs,
  mode: Mode,
  held: {
    readonly gamma: Pick<Parameter, 'tensor'>;
    readonly beta: Pick<Parameter, 'tensor'>;
    readonly mean: StateTensor;
    readonly variance: StateTensor;
  },
): BatchNormalised<tf.Tensor2D> {
  const { gamma, beta, mean, variance } = held;
  if (mode.kind === 'evaluate') {
    const output = normalise(x, mean.tensor, variance.tensor, gamma.tensor, beta.tensor);
    return { output, mean: mean.tensor, variance: variance.tensor };
  }
  const batch = batchNorm(x, inputs.weight, gamma.tensor, beta.tensor);
  mode.recordState(mean, batch.mean, MOVING);
  mode.recordState(variance, batch.variance, MOVING);
  return batch;
}

/** Scale and shift of each row `[B, w]`, or `[w]` where they are the same for all. */
interface RowAffine {
  scale(scenarioOneHot: tf.Tensor2D): tf.Tensor;
  shift(scenarioOneHot: tf.Tensor2D): tf.Tensor;
}

type PerScenario = 'domain' | 'own' | 'partitioned';

function createRowAffine(
  variables: VariableFactory,
  name: string,
  width: number,
  kind: PerScenario,
  scenarios: number,
): RowAffine {
  const size = scenarios * width;
  const own = (part: string, initial: Float32Array) =>
    variables.parameter(`${name}.${part}`, 'norm', [scenarios, width], initial);
  if (kind === 'own') {
    const gamma = own('gamma', ones(size));
    const beta = own('beta', new Float32Array(size));
    return {
      scale: (oneHot) => routeRows(gamma.tensor, oneHot),
      shift: (oneHot) => routeRows(beta.tensor, oneHot),
    };
  }
  const gamma = variables.parameter(`${name}.gamma`, 'norm', [width], ones(width));
  const beta = variables.parameter(`${name}.beta`, 'norm', [width], new Float32Array(width));
  if (kind === 'domain') return { scale: () => gamma.tensor, shift: () => beta.tensor };
  const ownGamma = own('ownGamma', ones(size));
  const ownBeta = own('ownBeta', new Float32Array(size));
  return {
    scale: (oneHot) => tf.mul(routeRows(ownGamma.tensor, oneHot), gamma.tensor),
    shift: (oneHot) => tf.add(routeRows(ownBeta.tensor, oneHot), beta.tensor),
  };
}

function createPerScenario(
  variables: VariableFactory,
  name: string,
  width: number,
  kind: PerScenario,
  scenarios: number,
): BatchNorm {
  const affine = createRowAffine(variables, name, width, kind, scenarios);
  const size = scenarios * width;
  const mean = variables.state(`${name}.mean`, [scenarios, width], new Float32Array(size));
  const variance = variables.state(`${name}.variance`, [scenarios, width], ones(size));
  return {
    apply(x, inputs, mode) {
      const { scenarioOneHot: oneHot } = inputs;
      const now = scenarioMoments(x, inputs, mode, mean, variance);
      const rowMean = routeRows(now.mean, oneHot);
      const rowVariance = routeRows(now.variance, oneHot);
      const scale = affine.scale(oneHot);
      return {
        output: normalise(x, rowMean, rowVariance, scale, affine.shift(oneHot)),
        inputScale: () => tf.mul(scale, tf.rsqrt(tf.add(stopGradient(rowVariance), NORM_EPSILON))),
      };
    },
  };
}

function scenarioMoments(
  x: tf.Tensor2D,
  inputs: NormInputs,
  mode: Mode,
  mean: StateTensor<tf.Tensor2D>,
  variance: StateTensor<tf.Tensor2D>,
): { readonly mean: tf.Tensor2D; readonly variance: tf.Tensor2D } {
  const oldMean = mean.tensor;
  const oldVariance = variance.tensor;
  if (mode.kind === 'evaluate') return { mean: oldMean, variance: oldVariance };
  const batch = domainMoments(x, inputs.scenarioOneHot, inputs.weight);
  // 1 where a scenario has at least two rows, else 0: no branch on data.
  const enough = tf.step(tf.sub(batch.count, 1.5));
  const tooFew = tf.sub(1, enough);
  // Of the two products one is 0, so what is chosen comes out to the bit; `old + enough (fresh - old)` would round a variance of 1e-5
  // beside an old one of 1 to steps of 6e-8.
  const blend = (fresh: tf.Tensor, old: tf.Tensor2D): tf.Tensor2D =>
    tf.add(tf.mul(enough, fresh), tf.mul(tooFew, old));
  const now = { mean: blend(batch.mean, oldMean), variance: blend(batch.variance, oldVariance) };
  mode.recordState(mean, now.mean, MOVING);
  mode.recordState(variance, now.variance, MOVING);
  return now;
}

/** Normalisation without a scale or a shift. */
export interface Standardise {
  /** `[R, w]` to the same shape, in units of its deviation. */
  apply(x: tf.Tensor2D, inputs: NormInputs, mode: Mode): tf.Tensor2D;
}

/** Over the batch, or (`own`) over a scenario's own rows. States `<name>.mean`, `<name>.variance`: `[w]`, own `[N, w]`. */
export function createStandardise(
  variables: VariableFactory,
  name: string,
  width: number,
  kind: 'shared' | 'own',
  scenarios: number,
): Standardise {
  if (kind === 'own') {
    const size = scenarios * width;
    const mean = variables.state(`${name}.mean`, [scenarios, width], new Float32Array(size));
    const variance = variables.state(`${name}.variance`, [scenarios, width], ones(size));
    return {
      apply(x, inputs, mode) {
        const now = scenarioMoments(x, inputs, mode, mean, variance);
        const own = (of: tf.Tensor2D): tf.Tensor2D => routeRows(of, inputs.scenarioOneHot);
        return normalise(x, own(now.mean), own(now.variance), tf.ones([width]), tf.zeros([width]));
      },
    };
  }
  const mean = variables.state(`${name}.mean`, [width], new Float32Array(width));
  const variance = variables.state(`${name}.variance`, [width], ones(width));
  return {
    apply: (x, inputs, mode) =>
      sharedNorm(x, inputs, mode, {
        ...{ mean, variance },
        gamma: { tensor: tf.ones([width]) },
        beta: { tensor: tf.zeros([width]) },
      }).output,
  };
}

/** What a stacked normalisation gives; as `Normalised`, with the stack's axis first. */
export interface StackedNormalised {
  readonly output: tf.Tensor3D;
  /** Derivative of the output by the input with statistics held fixed, broadcastable over `[E, B, w]`. */
  inputScale(): tf.Tensor3D;
  /** What that derivative is made of `[E, 1, w]` where one serves all rows, else null. */
  readonly shared: { readonly gamma: tf.Tensor; readonly variance: tf.Tensor } | null;
}

/** Normalisation of a stack `[E, B, w]`: every expert has its own statistics, scale and shift `[E, w]`. */
export interface StackedBatchNorm {
  apply(x: tf.Tensor3D, inputs: NormInputs, mode: Mode): tf.Tensor3D;
  /** The same, with what closed-form gradients need. */
  trace(x: tf.Tensor3D, inputs: NormInputs, mode: Mode): StackedNormalised;
}

/** Parameters `<name>.gamma`, `<name>.beta` `[E, w]`; states `[E, w]`, or `[N, E*w]` for `domain`. Null for `off`. */
export function createStackedBatchNorm(
  variables: VariableFactory,
  name: string,
  stack: number,
  width: number,
  kind: 'off' | 'shared' | 'domain',
  scenarios: number,
): StackedBatchNorm | null {
  if (kind === 'off') return null;
  const shape = [stack, width] as const;
  const gamma = variables.parameter(`${name}.gamma`, 'norm', shape, ones(stack * width));
  const beta = variables.parameter(`${name}.beta`, 'norm', shape, new Float32Array(stack * width));
  const stateShape = kind === 'domain' ? ([scenarios, stack * width] as const) : shape;
  const size = stateShape[0] * stateShape[1];
  const mean = variables.state(`${name}.mean`, stateShape, new Float32Array(size));
  const variance = variables.state(`${name}.variance`, stateShape, ones(size));
  const overRows = (x: tf.Tensor): tf.Tensor3D => tf.reshape(x, [stack, 1, width]);
  const frozen = (now: tf.Tensor): tf.Tensor => tf.rsqrt(tf.add(stopGradient(now), NORM_EPSILON));

  if (kind === 'shared') {
    const evaluated = (x: tf.Tensor3D): BatchNormalised<tf.Tensor3D> => {
      const statistics = { mean: overRows(mean.tensor), variance: overRows(variance.tensor) };
      const [scale, shift] = [overRows(gamma.tensor), overRows(beta.tensor)];
      return { ...statistics, output: normalise(x, statistics.mean, statistics.variance, scale, shift) };
    };
    const trace = (x: tf.Tensor3D, inputs: NormInputs, mode: Mode): StackedNormalised => {
      const train = mode.kind === 'train';
      const now = train ? batchNorm(x, inputs.weight, gamma.tensor, beta.tensor, 1) : evaluated(x);
      if (train) {
        mode.recordState(mean, now.mean, MOVING);
        mode.recordState(variance, now.variance, MOVING);
      }
      return {
        output: now.output,
        inputScale: () => tf.mul(overRows(gamma.tensor), frozen(now.variance)),
        shared: { gamma: overRows(gamma.tensor), variance: now.variance },
      };
    };
    return { trace, apply: (x, inputs, mode) => trace(x, inputs, mode).output };
  }
  const trace = (x: tf.Tensor3D, inputs: NormInputs, mode: Mode): StackedNormalised => {
    const rows = x.shape[1];
    const flat = tf.reshape<tf.Rank.R2>(tf.transpose(x, [1, 0, 2]), [rows, stack * width]);
    const stacked = (y: tf.Tensor): tf.Tensor3D =>
      tf.transpose<tf.Tensor3D>(tf.reshape(y, [rows, stack, width]), [1, 0, 2]);
    const now = scenarioMoments(flat, inputs, mode, mean, variance);
    const flatGamma = tf.reshape(gamma.tensor, [stack * width]);
    const flatBeta = tf.reshape(beta.tensor, [stack * width]);
    const rowMean = routeRows(now.mean, inputs.scenarioOneHot);
    const rowVariance = routeRows(now.variance, inputs.scenarioOneHot);
    return {
      output: stacked(normalise(flat, rowMean, rowVariance, flatGamma, flatBeta)),
      inputScale: () => stacked(tf.mul(flatGamma, frozen(rowVariance))),
      shared: null,
    };
  };
  return { trace, apply: (x, inputs, mode) => trace(x, inputs, mode).output };
}
