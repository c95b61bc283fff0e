/** A registered model with shaken variables, and doors to its values by name, for tests of what one model says must hold. */
import * as tf from '@tensorflow/tfjs-core';
import type { HostBatch } from '../../src/data/batches';
import { assign, createMode, createVariables } from '../../src/engine';
import type { AnyModel, DataShape } from '../../src/models/definition';
import { findModel } from '../../src/models/registry';
import type { AnySettings } from '../../src/models/settings';
import { forward, quietMode, shake } from './probe';

/** By default small embeddings and no dropout. */
export function buildModel(id: string, shape: DataShape, settings: AnySettings, seed = 1): AnyModel {
  const model = findModel(id)
    .configure({ embeddingDim: 4, dropout: 0, ...settings })
    .build(shape, createVariables(seed));
  shake(model);
  return model;
}

const variableOf = (model: AnyModel, name: string) => {
  const found = [...model.parameters, ...model.states].find((variable) => variable.name === name);
  if (!found) throw new Error(`There is no ${name}.`);
  return found;
};

/** A copy of a parameter's or state's values. */
export function valuesOf(model: AnyModel, name: string): Float32Array {
  return variableOf(model, name).tensor.dataSync<'float32'>().slice();
}

/** Writes a parameter or state: what `of` gives for each place, from the value there. */
export function change(model: AnyModel, name: string, of: (value: number, place: number) => number): void {
  assign(variableOf(model, name), valuesOf(model, name).map(of));
}

/** Gives `model` the values that `from` tells by name, and `source`'s table. */
export function fill(
  model: AnyModel,
  source: AnyModel,
  from: (name: string, size: number) => Float32Array,
): void {
  for (const parameter of model.parameters) assign(parameter, from(parameter.name, parameter.tensor.size));
  assign(model.table, source.table.tensor);
}

/** Logits of a pass that records nothing. */
export function logitsOf(
  model: AnyModel,
  shape: DataShape,
  batch: HostBatch,
  kind: 'train' | 'evaluate' = 'evaluate',
  step = 1,
): Float32Array {
  return tf.tidy(() =>
    forward(model, shape, batch, quietMode(kind, step)).pass.logit.dataSync<'float32'>().slice(),
  );
}

/** What a training pass would make of the model's states, by name. */
export function statesAfter(model: AnyModel, shape: DataShape, batch: HostBatch): Map<string, Float32Array> {
  const after = new Map<string, Float32Array>();
  tf.tidy(() => {
    const mode = createMode('train', 5, 1);
    forward(model, shape, batch, mode);
    for (const { state, value, decay, scale } of mode.drainRecorded()) {
      const old = state.tensor.dataSync<'float32'>();
      after.set(
        state.name,
        value.dataSync<'float32'>().map((fresh, i) => decay * old[i]! + scale * fresh),
      );
      value.dispose();
    }
  });
  return after;
}
