/** Small doors into a model, shared by tests that hold for every model. */
import * as tf from '@tensorflow/tfjs-core';
import type { HostBatch } from '../../src/data/batches';
import { assign, createMode, gatherTable, type StepMode } from '../../src/engine';
import type { AnyModel, AnyPass, DataShape, Inputs, Losses } from '../../src/models/definition';
import { assembleInputs, uploadBatch } from '../../src/models/inputs';
import { normals } from './tinyData';

/** Forward pass and losses over rows that were gathered already. Runs in the caller's tidy. */
export function forward(
  model: AnyModel,
  shape: DataShape,
  batch: HostBatch,
  mode: StepMode,
  rows: tf.Tensor2D = gatherTable(model.table, tf.tensor1d(batch.ids, 'int32')),
): { readonly pass: AnyPass; readonly inputs: Inputs; readonly losses: Losses } {
  const inputs = assembleInputs(rows, uploadBatch(batch), batch.layout, shape.scenarios);
  const pass = model.forward(inputs, mode);
  return { pass, inputs, losses: pass.losses() };
}

/** A training mode that records nothing; same seed, same dropout masks. */
export function quietMode(kind: 'train' | 'evaluate', step = 1): StepMode {
  return { ...createMode(kind, 5, step), recordState: () => undefined };
}

/** Moves every parameter and the table away from its special starting values, so that no path is dead by symmetry. */
export function shake(model: AnyModel, seed = 11): void {
  const next = normals(seed);
  for (const parameter of model.parameters) {
    const values = parameter.tensor.dataSync<'float32'>().slice();
    for (let i = 0; i < values.length; i++) values[i]! += 0.15 * next();
    assign(parameter, values);
  }
  const table = Float32Array.from({ length: model.table.tensor.size }, () => 0.5 * next());
  table.fill(0, 0, model.table.dim);
  assign(model.table, table);
}

export interface Gradients {
  readonly total: number;
  /** By parameter, or null where none arrived. */
  readonly parameters: ReadonlyMap<string, Float32Array | null>;
  /** Of the gathered rows. */
  readonly rows: Float32Array;
}

/** The loss of a batch in train mode and its gradients. */
export function gradientsOf(model: AnyModel, shape: DataShape, batch: HostBatch): Gradients {
  const read = (tensor: tf.Tensor): Float32Array => tensor.dataSync<'float32'>().slice();
  const found: { total: number; rows: Float32Array; parameters: Map<string, Float32Array | null> } = {
    total: Number.NaN,
    rows: new Float32Array(0),
    parameters: new Map(),
  };
  tf.tidy(() => {
    const rows = gatherTable(model.table, tf.tensor1d(batch.ids, 'int32'));
    const { value, grads } = tf
      .engine()
      .gradients(
        () => forward(model, shape, batch, quietMode('train'), rows).losses.total,
        [rows, ...model.parameters.map(({ tensor }) => tensor)],
        undefined,
        true,
      );
    const [ofRows, ...rest] = grads as (tf.Tensor | null | undefined)[];
    found.total = read(value)[0]!;
    if (ofRows) found.rows = read(ofRows);
    model.parameters.forEach(({ name }, i) => found.parameters.set(name, rest[i] ? read(rest[i]) : null));
  });
  return found;
}

/** Inference scores of a batch on the host. */
export function scoresOf(model: AnyModel, shape: DataShape, batch: HostBatch): Float32Array {
  return tf.tidy(() => {
    const { score, probability } = forward(model, shape, batch, quietMode('evaluate')).pass.scores();
    return tf.concat([score, probability], 1).dataSync<'float32'>().slice();
  });
}

/** Gives `to` the values of every variable of the same name in `from`, and its table. */
export function copyVariables(from: AnyModel, to: AnyModel): void {
  const given = new Map([...from.parameters, ...from.states].map((variable) => [variable.name, variable]));
  for (const variable of [...to.parameters, ...to.states]) {
    const source = given.get(variable.name);
    if (source) assign(variable, source.tensor.dataSync<'float32'>().slice());
  }
  assign(to.table, from.table.tensor.dataSync<'float32'>().slice());
}

/** One evaluate-mode tensor of a model's output, on the host. */
export function outputOf(model: AnyModel, shape: DataShape, batch: HostBatch, name: string): Float32Array {
  return tf.tidy(() => {
    const outputs = forward(model, shape, batch, quietMode('evaluate')).pass.outputs();
    const found = outputs[name];
    if (!found) throw new Error(`The model gives no ${name}; it gives ${Object.keys(outputs).join(', ')}.`);
    return found.dataSync<'float32'>().slice();
  });
}
