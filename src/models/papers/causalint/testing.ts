/** A small CausalInt for this folder's tests; not exported. */
import * as tf from '@tensorflow/tfjs-core';
import { forward, quietMode, shake } from '../../../../tests/support/probe';
import { tinyBatch, tinyShape } from '../../../../tests/support/tinyData';
import { assign, createVariables } from '../../../engine';
import type { HostBatch } from '../../../data/batches';
import type { AnyModel } from '../../definition';
import type { AnySettings } from '../../settings';
import { causalint } from '.';

export const shape = tinyShape();
export const batch = tinyBatch(shape, {}, 3);

export function build(settings: AnySettings = {}, of = shape): AnyModel {
  const model = causalint.configure({ ...causalint.presets.tiny, ...settings }).build(of, createVariables(1));
  shake(model);
  return model;
}

export const numbers = (tensor: tf.Tensor): number[] => Array.from(tensor.dataSync());

/** Runs a training pass and reads what `look` makes of it. */
export function trained<T>(
  model: AnyModel,
  look: (outputs: Readonly<Record<string, tf.Tensor>>, terms: Record<string, number>) => T,
  of = batch,
): T {
  let found: T | undefined;
  tf.tidy(() => {
    const { pass, losses } = forward(model, shape, of, quietMode('train'));
    const terms = Object.entries(losses.terms).map(([name, term]) => [name, numbers(term)[0]!] as const);
    found = look(pass.outputs(), Object.fromEntries(terms));
  });
  return found!;
}

export const termOf = (model: AnyModel, name: string, of = batch): number =>
  trained(model, (_, terms) => terms[name]!, of);

export function parameter(model: AnyModel, name: string) {
  const found = model.parameters.find((one) => one.name === name);
  if (!found) throw new Error(`No parameter ${name}.`);
  return found;
}

export function rewrite(model: AnyModel, name: string, change: (value: number, i: number) => number): void {
  const target = parameter(model, name);
  assign(target, target.tensor.dataSync<'float32'>().map(change));
}

/** The same rows, as if all of them had happened in scenarios that `change` names. */
export function moved(change: (scenario: number) => number): HostBatch {
  return { ...batch, scenario: batch.scenario.map(change) };
}
