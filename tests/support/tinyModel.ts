/** Small models for tests of what a paper implies: built, shaken, their variables read and written by name. */
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import type { HostBatch } from '../../src/data/batches';
import { assign, createVariables } from '../../src/engine';
import type { AnyModel, DataShape } from '../../src/models/definition';
import { findModel } from '../../src/models/registry';
import type { AnySettings } from '../../src/models/settings';
import { forward, gradientsOf, quietMode, shake } from './probe';
import { tinyShape } from './tinyData';

/** A model at its tiny preset, without dropout, every parameter moved away from its special start. */
export function tinyModel(id: string, settings: AnySettings = {}, shape: DataShape = tinyShape()): AnyModel {
  const definition = findModel(id);
  const given = { ...definition.presets.tiny, dropout: 0, ...settings };
  const model = definition.configure(given).build(shape, createVariables(1));
  shake(model);
  return model;
}

function variableOf(model: AnyModel, name: string) {
  const found = [...model.parameters, ...model.states].find((variable) => variable.name === name);
  if (!found) throw new Error(`There is no ${name}.`);
  return found;
}

/** A copy of a variable's values. */
export const valuesOf = (model: AnyModel, name: string): Float32Array =>
  variableOf(model, name).tensor.dataSync<'float32'>().slice();

/** Writes a variable: each value from the one that it has and its place. */
export function rewrite(model: AnyModel, name: string, change: (value: number, at: number) => number): void {
  assign(variableOf(model, name), valuesOf(model, name).map(change));
}

/** Gives `model` the values that `from` tells by name, and `source`'s table. */
export function fill(
  model: AnyModel,
  source: AnyModel,
  from: (name: string, size: number) => Float32Array,
): void {
  for (const { name, tensor } of model.parameters) rewrite(model, name, bySameOrder(from(name, tensor.size)));
  assign(model.table, source.table.tensor);
}

const bySameOrder =
  (values: Float32Array) =>
  (_: number, at: number): number =>
    values[at]!;

/** An output of a pass on the host, of rows that are no padding. */
export function seen(
  model: AnyModel,
  shape: DataShape,
  batch: HostBatch,
  name = 'logit',
  kind: 'train' | 'evaluate' = 'evaluate',
): Float32Array {
  return tf.tidy(() => {
    const outputs = forward(model, shape, batch, quietMode(kind)).pass.outputs();
    const found = outputs[name];
    if (!found) throw new Error(`The model gives no ${name}; it gives ${Object.keys(outputs).join(', ')}.`);
    const width = found.size / shape.batch;
    return found.dataSync<'float32'>().slice(0, batch.count * width);
  });
}

/** Expects two lists of numbers to agree to five places. */
export function expectClose(got: ArrayLike<number>, wanted: ArrayLike<number>): void {
  expect(got.length).toBe(wanted.length);
  for (let i = 0; i < got.length; i++) expect(got[i]).toBeCloseTo(wanted[i]!, 5);
}

/** Length of the gradient of one scenario's block of a parameter whose first axis is the scenarios' (or a multiple of it). */
export function scenarioSlope(
  model: AnyModel,
  shape: DataShape,
  batch: HostBatch,
  name: string,
  n: number,
): number {
  const gradient = gradientsOf(model, shape, batch).parameters.get(name);
  if (!gradient) return 0;
  const block = gradient.length / shape.scenarios;
  return Math.hypot(...gradient.subarray(n * block, (n + 1) * block));
}

/** The same rows as if all had happened where `change` says. */
export function moved(batch: HostBatch, change: (scenario: number) => number): HostBatch {
  return { ...batch, scenario: batch.scenario.map(change) };
}

/**
 * Expects a model of many scenarios, which asks a pool of the three first, to give rows of these three what a model of them
 * alone gives, and the same gradients of parameters whose first axis is the scenarios'. `slots` names parameters by their
 * slots' axis: the own weight of a scenario stands last in the larger model.
 */
export function expectPoolAgrees(
  id: string,
  batch: HostBatch,
  slots: Readonly<
    Record<string, { readonly rows: boolean; readonly before: number; readonly after: number }>
  >,
  compared: readonly string[],
): void {
  const [fewShape, manyShape] = [tinyShape(24, 3), tinyShape(24, 12)];
  const few = tinyModel(id, { peers: 8 }, fewShape);
  const many = tinyModel(id, { peers: 3 }, manyShape);
  for (const { name, shape: size } of many.parameters) {
    const given = valuesOf(few, name);
    const slot = slots[name];
    if (!slot) {
      // A scenario's block, or experts by scenario with shared ones last, or something that scenarios share.
      const [now = 1, then = 1] = [size[0], few.parameters.find((one) => one.name === name)?.shape[0]];
      const block = given.length / then;
      const own = now === then ? then : Math.round((now - then) / 9) * 3;
      rewrite(many, name, (value, at) => {
        if (at < own * block) return given[at]!;
        const rest = at - (now - (then - own)) * block;
        return rest >= 0 ? given[own * block + rest]! : value;
      });
      continue;
    }
    // [rows of scenarios, before, slots, after]
    const { rows, before, after } = slot;
    rewrite(many, name, (value, at) => {
      const last = at % after;
      const place = Math.floor(at / after) % 4;
      const middle = Math.floor(at / (after * 4)) % before;
      const n = rows ? Math.floor(at / (after * 4 * before)) : 0;
      if (n >= 3) return value;
      const column = place < 3 ? place : n;
      return given[((n * before + middle) * 3 + column) * after + last]!;
    });
  }
  // The scenario field stands last in the table.
  const table = new Float32Array(many.table.tensor.size);
  table.set(few.table.tensor.dataSync<'float32'>());
  assign(many.table, table);
  expectClose(seen(many, manyShape, batch), seen(few, fewShape, batch));
  const [found, expected] = [gradientsOf(many, manyShape, batch), gradientsOf(few, fewShape, batch)];
  expect(found.total).toBeCloseTo(expected.total, 5);
  expectClose(found.rows, expected.rows);
  for (const name of compared) {
    const wanted = expected.parameters.get(name)!;
    expectClose(found.parameters.get(name)!.subarray(0, wanted.length), wanted);
  }
  few.dispose();
  many.dispose();
}
