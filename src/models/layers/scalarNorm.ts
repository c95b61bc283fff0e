/** Normalisation by one mean and one variance of all numbers of a layer: what its columns are worth beside each other stays. */
import * as tf from '@tensorflow/tfjs-core';
import { batchNorm, domainMoments, normalise, routeRows } from '../../engine';
import type { Mode, VariableFactory } from '../../engine';
import { MOVING, type NormInputs } from './batchNorm';
import { repeatRows } from './makers';

export interface ScalarNorm {
  /** `[B, w]` to the same shape. */
  apply(x: tf.Tensor2D, inputs: NormInputs, mode: Mode): tf.Tensor2D;
}

/**
 * `gamma (x - mean) / sqrt(variance + 1e-5) + beta` with moments over rows that count and all columns. Parameters `<name>.gamma`, `<name>.beta`,
 * states `<name>.mean`, `<name>.variance`: `[1]`; `own`: `[N, 1]`, a scenario by its own rows, or by the moving moments where it has fewer than two.
 */
export function createScalarNorm(
  variables: VariableFactory,
  name: string,
  own: boolean,
  scenarios: number,
): ScalarNorm {
  const count = own ? scenarios : 1;
  const shape = own ? ([scenarios, 1] as const) : ([1] as const);
  const start = (value: number): Float32Array => new Float32Array(count).fill(value);
  const gamma = variables.parameter(`${name}.gamma`, 'norm', shape, start(1));
  const beta = variables.parameter(`${name}.beta`, 'norm', shape, start(0));
  const mean = variables.state(`${name}.mean`, shape, start(0));
  const variance = variables.state(`${name}.variance`, shape, start(1));
  const table = (x: tf.Tensor): tf.Tensor2D => tf.reshape(x, [count, 1]);

  function ofAll(x: tf.Tensor2D, inputs: NormInputs, mode: Mode): tf.Tensor2D {
    const numbers = tf.reshape<tf.Rank.R2>(x, [x.size, 1]);
    if (mode.kind === 'evaluate') {
      const output = normalise(numbers, mean.tensor, variance.tensor, gamma.tensor, beta.tensor);
      return tf.reshape(output, x.shape);
    }
    const { weight } = repeatRows(inputs, x.shape[1]);
    const now = batchNorm(numbers, weight, gamma.tensor, beta.tensor);
    mode.recordState(mean, now.mean, MOVING);
    mode.recordState(variance, now.variance, MOVING);
    return tf.reshape(now.output, x.shape);
  }

  /** By way of each row's mean, so that no route is as long as a row is wide. */
  function momentsOfOwn(x: tf.Tensor2D, { scenarioOneHot, weight }: NormInputs, mode: Mode) {
    const old = [table(mean.tensor), table(variance.tensor)] as const;
    if (mode.kind === 'evaluate') return old;
    const byScenario = (row: tf.Tensor) =>
      domainMoments(tf.reshape<tf.Rank.R2>(row, [x.shape[0], 1]), scenarioOneHot, weight);
    const fresh = byScenario(tf.mean(x, 1));
    const centred = tf.sub(x, routeRows(table(fresh.mean), scenarioOneHot));
    const spread = byScenario(tf.mean(tf.square(centred), 1));
    const enough = tf.step(tf.sub(fresh.count, 1.5));
    const tooFew = tf.sub(1, enough);
    const blend = (one: tf.Tensor, other: tf.Tensor2D): tf.Tensor2D =>
      tf.add(tf.mul(enough, one), tf.mul(tooFew, other));
    const now = [blend(fresh.mean, old[0]), blend(spread.mean, old[1])] as const;
    mode.recordState(mean, now[0], MOVING);
    mode.recordState(variance, now[1], MOVING);
    return now;
  }

  function ofOwn(x: tf.Tensor2D, inputs: NormInputs, mode: Mode): tf.Tensor2D {
    const row = (of: tf.Tensor): tf.Tensor2D => routeRows(table(of), inputs.scenarioOneHot);
    const [now, spread] = momentsOfOwn(x, inputs, mode);
    return normalise(x, row(now), row(spread), row(gamma.tensor), row(beta.tensor));
  }

  return { apply: own ? ofOwn : ofAll };
}
