/** A registered model at its smallest, with its weights in reach: for what must hold whatever they are. */
import * as tf from '@tensorflow/tfjs-core';
import type { HostBatch } from '../../src/data/batches';
import { assign, createVariables } from '../../src/engine';
import type { AnyModel, DataShape, Inputs } from '../../src/models/definition';
import { findModel } from '../../src/models/registry';
import type { AnySettings } from '../../src/models/settings';
import { forward, quietMode, scoresOf, shake } from './probe';
import { tinyBatch, tinyShape } from './tinyData';

export interface TinyModel {
  readonly model: AnyModel;
  readonly shape: DataShape;
  readonly batch: HostBatch;
  /** Logits and probabilities of an evaluate-mode pass. */
  scores(batch?: HostBatch): Float32Array;
  /** A tensor of the pass by its name, on the host. */
  output(name: string, batch?: HostBatch): Float32Array;
  /** A probe's values, `NaN` where nothing counts. */
  probe(name: string): Float32Array;
  /** What a model reads of the batch, on the host. */
  input(read: (inputs: Inputs) => tf.Tensor): Float32Array;
  values(name: string): Float32Array;
  /** Changes every number of the parameters whose names match. */
  rewrite(names: RegExp, change: (value: number, index: number, all: Float32Array) => number): void;
  /** Gives every number of the table but the padding's the value that `value` tells of its place. */
  setTable(value: (index: number) => number): void;
  /** Gives this model the table of `from`, and of each parameter the values that `from` has under the name that `rename` tells. */
  copy(from: TinyModel, rename?: (name: string) => string): void;
  dispose(): void;
}

const host = (tensor: tf.Tensor): Float32Array => tensor.dataSync<'float32'>().slice();

/** The preset `tiny` with `settings` over it, no dropout; its numbers moved away from where they start, unless `fresh`. */
export function tinyModel(id: string, settings: AnySettings = {}, fresh = false): TinyModel {
  const definition = findModel(id);
  const shape = tinyShape();
  const known = Object.entries({ dropout: 0, ...definition.presets.tiny, ...settings }).filter(
    ([name]) => name in definition.fields,
  );
  const { needs, build } = definition.configure(Object.fromEntries(known));
  const model = build(shape, createVariables(1));
  if (!fresh) shake(model);
  const given = tinyBatch(shape, needs, 3);
  const named = (name: string): tf.Tensor => {
    const found = model.parameters.find((parameter) => parameter.name === name);
    if (!found) throw new Error(`${id} has no ${name}.`);
    return found.tensor;
  };
  const evaluated = (batch: HostBatch) => forward(model, shape, batch, quietMode('evaluate'));
  return {
    ...{ model, shape, batch: given },
    scores: (batch = given) => scoresOf(model, shape, batch),
    output: (name, batch = given) =>
      tf.tidy(() => {
        const found = evaluated(batch).pass.outputs()[name];
        if (!found) throw new Error(`${id} gives no ${name}.`);
        return host(found);
      }),
    probe: (name) =>
      tf.tidy(() => {
        const { sum, count, squares } = evaluated(given).pass.probes()[name]!;
        const by = tf.reshape(count, [...count.shape, ...sum.shape.slice(count.rank).map(() => 1)]);
        const mean = tf.div(sum, by);
        return host(squares ? tf.sqrt(tf.sub(tf.div(squares, by), tf.square(mean))) : mean);
      }),
    input: (read) => tf.tidy(() => host(read(evaluated(given).inputs))),
    values: (name) => host(named(name)),
    rewrite(names, change) {
      const targets = model.parameters.filter(({ name }) => names.test(name));
      if (targets.length === 0) throw new Error(`${id} has no parameter like ${String(names)}.`);
      for (const target of targets) assign(target, host(target.tensor).map(change));
    },
    setTable(value) {
      const { tensor, dim } = model.table;
      assign(
        model.table,
        Float32Array.from({ length: tensor.size }, (_, i) => (i < dim ? 0 : value(i))),
      );
    },
    copy(from, rename = (name) => name) {
      assign(model.table, from.model.table.tensor);
      for (const target of model.parameters) assign(target, from.values(rename(target.name)));
    },
    dispose: () => model.dispose(),
  };
}

/** The largest difference between two lists of numbers. */
export function differenceOf(found: ArrayLike<number>, wanted: ArrayLike<number>): number {
  if (found.length !== wanted.length) throw new Error(`${found.length} numbers beside ${wanted.length}.`);
  return Math.max(...Array.from(found, (value, i) => Math.abs(value - wanted[i]!)));
}
