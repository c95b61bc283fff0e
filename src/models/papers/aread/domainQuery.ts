/** What the upper gates read where they look at the scenario alone (`gate` is `domain`, as in the official code). */
import * as tf from '@tensorflow/tfjs-core';
import { matMul } from '../../../engine';
import type { VariableFactory } from '../../../engine';
import type { DataShape, Inputs } from '../../definition';
import type { MaskStates } from './maskStates';
import type { AreadSettings } from './settings';

/** Index of the field that names the row's scenario. @throws RangeError where the data has none. */
export function scenarioFieldIndex(shape: Pick<DataShape, 'fields' | 'scenarios'>): number {
  const index = shape.fields.findIndex(
    (field) => field.role === 'scenario' && field.size === shape.scenarios + 1,
  );
  if (index < 0)
    throw new RangeError('AREAD reads the scenario as a field; give the scenario column that role.');
  return index;
}

/**
 * What the upper gates look at when `gate` is `domain`: the scenario's embedding and the mean embedding of its active
 * first-layer experts (zeros while warming up), `[B, 2d]`.
 */
export function createDomainQuery(
  variables: VariableFactory,
  shape: DataShape,
  settings: AreadSettings,
  states: MaskStates,
): (inputs: Inputs) => tf.Tensor2D {
  const field = scenarioFieldIndex(shape);
  const dim = settings.embeddingDim;
  const size = [settings.firstExperts, dim] as const;
  const group = variables.parameter(
    'group.embedding',
    'weight',
    size,
    variables.normal('group.embedding', size, 0, 0.01),
  );
  return (inputs) => {
    const own = tf.reshape<tf.Rank.R2>(tf.slice(inputs.fields, [0, field, 0], [inputs.batch, 1, dim]), [
      inputs.batch,
      dim,
    ]);
    const active = tf.max<tf.Tensor2D>(states.masks[0]!.tensor, 2);
    const share = tf.div<tf.Tensor2D>(active, tf.sum(active, 1, true));
    const byScenario = matMul(share, group.tensor);
    const row = matMul(inputs.scenarioOneHot, tf.mul(byScenario, states.phase.tensor));
    return tf.concat([own, row], 1);
  };
}
