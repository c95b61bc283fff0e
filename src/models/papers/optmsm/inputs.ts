/** Feature partition (Eq 4) and adaptive gate (Eq 5). */
import * as tf from '@tensorflow/tfjs-core';
import { mixExpertsStacked, multiDenseStacked, routedDense } from '../../../engine';
import type { Mode, VariableFactory } from '../../../engine';
import type { DataShape, Inputs } from '../../definition';
import { createBatchNorm, fieldIndices, meanOverSequence, pickFields, pickFlat } from '../../layers';
import type { Views } from './contrast';
import type { OptMsmSettings } from './settings';

export interface Partition {
  /** Number F_c of shared fields, pooled behaviours included. */
  readonly sharedCount: number;
  /** Width of the specific fields side by side; 0 without priors. */
  readonly specificWidth: number;
  /** `shared [B, F_c, d]`, `specific [B, F_s d]` or null without any. */
  apply(inputs: Inputs, mode: Mode): { readonly shared: tf.Tensor3D; readonly specific: tf.Tensor2D | null };
}

/** @throws RangeError where no field is shared. */
export function createPartition(
  variables: VariableFactory,
  { priors, history, normalisation }: OptMsmSettings,
  shape: DataShape,
  dim: number,
): Partition {
  const shared = priors
    ? fieldIndices(shape, { exceptRoles: ['scenario'], scenarioSpecific: false })
    : fieldIndices(shape);
  const specific = priors ? fieldIndices(shape).filter((index) => !shared.includes(index)) : [];
  if (shared.length === 0) {
    throw new RangeError(
      'Every field is scenario-specific; OptMSM needs one that all scenarios share; choose another dataset or model.',
    );
  }
  const pooled = history === 'mean' ? (shape.history?.itemFields.length ?? 0) : 0;
  const sharedCount = shared.length + pooled;
  const norm = createBatchNorm(variables, 'norm', sharedCount * dim, normalisation, shape.scenarios);

  return {
    sharedCount,
    specificWidth: (specific.length + (priors ? pooled : 0)) * dim,
    apply(inputs, mode) {
      const { batch } = inputs;
      let common: tf.Tensor3D = pickFields(inputs.fields, shared);
      const own: tf.Tensor2D[] = specific.length > 0 ? [pickFlat(inputs.fields, specific)] : [];
      if (pooled > 0) {
        const { history: all, ownHistory } = inputs;
        if (!all || !ownHistory)
          throw new RangeError('OptMSM was asked to read histories and the batch has none.');
        const mean = meanOverSequence(all.items, all.mask);
        common = tf.concat3d([common, tf.reshape(mean, [batch, pooled, dim])], 1);
        if (priors) own.push(meanOverSequence(ownHistory.items, ownHistory.mask));
      }
      if (norm) {
        const flat = tf.reshape<tf.Rank.R2>(common, [batch, sharedCount * dim]);
        common = tf.reshape(norm.apply(flat, inputs, mode).output, [batch, sharedCount, dim]);
      }
      const joined = own.length > 1 ? tf.concat2d(own, 1) : (own[0] ?? null);
      return { shared: common, specific: joined };
    },
  };
}

/** The shared fields as every scenario sees them. */
export interface GatedInputs {
  /**
   * All scenarios' inputs `[N, B, F_c d]` (of a batch with views, the views' `[V, B, F_c d]`), or the one that all share
   * `[B, F_c d]` without a gate.
   */
  readonly all: tf.Tensor3D | tf.Tensor2D;
  /** The row's own `[B, F_c d]`. */
  own(): tf.Tensor2D;
  /** z^m of the row's own scenario `[B, F_c]`; null without a gate. */
  readonly weights: (() => tf.Tensor2D) | null;
}

export interface AdaptiveGate {
  /** @param views null: in all scenarios */
  apply(shared: tf.Tensor3D, scenarioOneHot: tf.Tensor2D, views: Views | null): GatedInputs;
}

/** Parameters `seGate.weight [N, F_c, F_c]`, `seGate.bias [N, F_c]`; none with the gate off. */
export function createAdaptiveGate(
  variables: VariableFactory,
  on: boolean,
  scenarios: number,
  count: number,
): AdaptiveGate {
  if (!on) {
    return {
      apply(shared) {
        const [batch, fieldCount, dim] = shared.shape;
        const flat = tf.reshape<tf.Rank.R2>(shared, [batch, fieldCount * dim]);
        return { all: flat, own: () => flat, weights: null };
      },
    };
  }
  const shape = [scenarios, count, count] as const;
  const weight = variables.parameter(
    'seGate.weight',
    'weight',
    shape,
    variables.glorot('seGate.weight', shape, count, count),
  );
  const bias = variables.parameter(
    'seGate.bias',
    'bias',
    [scenarios, count],
    new Float32Array(scenarios * count),
  );
  return {
    apply(shared, oneHot, views) {
      const [batch, , dim] = shared.shape;
      const squeezed = tf.mean<tf.Tensor2D>(shared, 2);
      if (views) {
        const rows = tf.tile<tf.Tensor2D>(squeezed, [views.count, 1]);
        const z = tf.sigmoid(routedDense(rows, weight.tensor, bias.tensor, views.route));
        const spread = tf.reshape(z, [views.count, batch, count, 1]);
        const scaled = tf.mul(spread, tf.expandDims(shared, 0));
        const all = tf.reshape<tf.Rank.R3>(scaled, [views.count, batch, count * dim]);
        return { all, own: () => firstView(all), weights: () => tf.slice2d(z, [0, 0], [batch, count]) };
      }
      const logits = multiDenseStacked(squeezed, weight.tensor, bias.tensor);
      const z = tf.sigmoid(logits);
      const scaled = tf.mul(tf.expandDims(z, 3), tf.expandDims(shared, 0));
      const all = tf.reshape<tf.Rank.R3>(scaled, [scenarios, batch, count * dim]);
      return { all, own: () => mixExpertsStacked(all, oneHot), weights: () => mixExpertsStacked(z, oneHot) };
    },
  };
}

/** Of views `[V, B, w]`, the one of each row's own scenario `[B, w]`. */
export function firstView(views: tf.Tensor3D): tf.Tensor2D {
  const [, batch, width] = views.shape;
  return tf.reshape(tf.slice3d(views, [0, 0, 0], [1, batch, width]), [batch, width]);
}
