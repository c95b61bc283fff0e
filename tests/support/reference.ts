/** Compares a model of the registry with the numbers of its independent implementation (tests/reference/README.md). */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BatchLayout, HostBatch } from '../../src/data/batches';
import {
  assign,
  createAdam,
  createMode,
  createVariables,
  gatherTable,
  openBackend,
  readTensor,
  runStep,
  type BackendName,
  type StepMode,
} from '../../src/engine';
import type { DataShape, Inputs, Losses, Model, Output } from '../../src/models/definition';
import { assembleInputs, uploadBatch } from '../../src/models/inputs';
import { findModel } from '../../src/models/registry';
import { defaultSettings, type AnySettings } from '../../src/models/settings';

export interface TensorValues {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}
type Named<T = TensorValues> = Readonly<Record<string, T>>;

export interface Fixture {
  readonly format: 'scenarium-fixture/1';
  readonly model: string;
  readonly settings: AnySettings;
  readonly shape: DataShape;
  readonly batch: {
    readonly layout: BatchLayout;
    readonly count: number;
    readonly ids: readonly number[];
    readonly scenario: readonly number[];
    readonly label: readonly number[];
    readonly weight: readonly number[];
    readonly historyMask: readonly number[];
    readonly historyScenario: readonly number[];
    readonly ownHistoryMask: readonly number[];
    readonly extra: Named<readonly number[]>;
  };
  readonly dropoutMasks: readonly TensorValues[];
  readonly table: TensorValues;
  readonly parameters: Named<TensorValues & { readonly kind: string }>;
  readonly states: Named;
  readonly train: {
    readonly outputs: Named;
    readonly total: number;
    readonly terms: Named<number>;
    readonly gradients: Named;
    readonly tableGradient: TensorValues;
    readonly states: Named;
  };
  readonly evaluate: {
    readonly outputs: Named;
    readonly score: TensorValues;
    readonly probability: TensorValues;
    readonly columns: Named;
    readonly probes: Named<{ readonly sum: TensorValues; readonly count: TensorValues }>;
  };
  readonly adam: {
    readonly steps: number;
    readonly learningRate: number;
    readonly l2: number;
    readonly totals: readonly number[];
    readonly parameters: Named;
    readonly table: TensorValues;
    readonly states: Named;
    readonly fragile: Named<readonly number[]>;
  };
}

/** Reads a JSON file by its path from the project's root. */
export function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8')) as T;
}

export function hostBatch({ batch }: Fixture): HostBatch {
  return {
    layout: batch.layout,
    count: batch.count,
    rows: Int32Array.from({ length: batch.layout.batch }, (_, b) => (b < batch.count ? b : -1)),
    ids: Int32Array.from(batch.ids),
    scenario: Int32Array.from(batch.scenario),
    label: Float32Array.from(batch.label),
    weight: Float32Array.from(batch.weight),
    historyMask: Float32Array.from(batch.historyMask),
    historyScenario: Int32Array.from(batch.historyScenario),
    ownHistoryMask: Float32Array.from(batch.ownHistoryMask),
    extra: Object.fromEntries(
      Object.entries(batch.extra).map(([name, column]) => [name, Float32Array.from(column)]),
    ),
  };
}

/** A training mode whose dropout masks are the fixture's, in call order, or none. */
export function scriptedMode(fixture: Fixture, kind: 'train' | 'evaluate', step = 1): StepMode {
  let call = 0;
  return {
    ...createMode(kind, 1, step),
    dropoutMask(shape) {
      if (fixture.dropoutMasks.length === 0) return tf.ones([...shape]);
      const mask = fixture.dropoutMasks[call++];
      if (!mask) throw new Error(`The model asked for dropout mask ${call}; the fixture scripts fewer.`);
      return tf.tensor([...mask.values], [...shape]);
    },
  };
}

/** The fixture's model with the fixture's values. */
export function buildFixtureModel(fixture: Fixture): Model {
  const definition = findModel(fixture.model);
  const settings = { ...defaultSettings(definition.fields), ...fixture.settings };
  const model = definition.build(fixture.shape, settings, createVariables(1));
  for (const parameter of model.parameters) {
    const given = fixture.parameters[parameter.name];
    if (given) assign(parameter, Float32Array.from(given.values));
  }
  for (const state of model.states) {
    const given = fixture.states[state.name];
    if (given) assign(state, Float32Array.from(given.values));
  }
  assign(model.table, Float32Array.from(fixture.table.values));
  return model;
}

/** Forward pass (and losses) of a fixture's batch over rows that were gathered already. */
export function forwardRows(
  model: Model,
  fixture: Fixture,
  rows: tf.Tensor2D,
  mode: StepMode,
): { readonly output: Output; readonly inputs: Inputs; readonly losses: Losses } {
  const host = hostBatch(fixture);
  const inputs = assembleInputs(rows, uploadBatch(host), host.layout, fixture.shape.scenarios);
  const output = model.forward(inputs, mode);
  return { output, inputs, losses: model.losses(output, inputs) };
}

function values(tensor: tf.Tensor): number[] {
  return Array.from(tensor.dataSync());
}

/** Largest absolute difference, in units of `scale`. */
function error(got: readonly number[], wanted: readonly number[], scale: number, skip?: ReadonlySet<number>) {
  let worst = 0;
  wanted.forEach((value, i) => {
    if (skip?.has(i)) return;
    const difference = Math.abs(got[i]! - value) / scale;
    worst = Number.isFinite(difference) ? Math.max(worst, difference) : Number.POSITIVE_INFINITY;
  });
  return worst;
}

const largest = (list: readonly number[]): number => list.reduce((m, v) => Math.max(m, Math.abs(v)), 0);

/** Outputs agree within 1e-5 of their size (at least 1). @returns nothing; fails with the tensor's name. */
export function expectClose(
  name: string,
  got: tf.Tensor | readonly number[],
  wanted: TensorValues,
  tolerance = 1e-5,
): void {
  if (got instanceof tf.Tensor) expect(got.shape, `${name}: shape`).toEqual(wanted.shape);
  const list = got instanceof tf.Tensor ? values(got) : got;
  const scale = Math.max(1, largest(wanted.values));
  expect(error(list, wanted.values, scale), `${name}: largest error`).toBeLessThan(tolerance);
}

function pick(record: Readonly<Record<string, tf.Tensor>>, name: string): tf.Tensor {
  const found = record[name];
  if (!found) throw new Error(`The model gives no ${name}; it gives ${Object.keys(record).join(', ')}.`);
  return found;
}

export interface ReferenceOptions {
  /** Default: CPU and WASM. */
  readonly backends?: readonly BackendName[];
  /** Relative error of gradients; 1e-4. */
  readonly gradientTolerance?: number;
  /** Of outputs, losses and parameters after Adam; 1e-5. */
  readonly outputTolerance?: number;
}

/** Declares the tests of one fixture, given by its path from the project's root. */
export function describeReference(path: string, options: ReferenceOptions = {}): void {
  const fixture = readJson<Fixture>(path);
  const label = path.replace(/^tests\/reference\//, '').replace(/\.json$/, '');
  for (const backend of options.backends ?? (['cpu', 'wasm'] as const)) {
    describe(`${label} equals its PyTorch reference on ${backend}`, () => {
      declare(fixture, backend, options);
    });
  }
}

function declare(fixture: Fixture, backend: BackendName, options: ReferenceOptions): void {
  const { outputTolerance = 1e-5, gradientTolerance = 1e-4 } = options;
  let model: Model;
  beforeAll(async () => {
    const opened = await openBackend(backend);
    expect(opened.name).toBe(backend);
    model = buildFixtureModel(fixture);
  });
  afterAll(() => model?.dispose());

  it('has the same variables', () => {
    const named = (list: readonly { name: string; shape: readonly number[] }[]) =>
      Object.fromEntries(list.map(({ name, shape }) => [name, [...shape]]));
    const shapes = (record: Named) =>
      Object.fromEntries(Object.entries(record).map(([name, { shape }]) => [name, [...shape]]));
    expect(named(model.parameters)).toEqual(shapes(fixture.parameters));
    expect(named(model.states)).toEqual(shapes(fixture.states));
    expect(Object.fromEntries(model.parameters.map(({ name, kind }) => [name, kind]))).toEqual(
      Object.fromEntries(Object.entries(fixture.parameters).map(([name, { kind }]) => [name, kind])),
    );
  });

  it('trains on the same outputs, losses, gradients and states', () => {
    tf.tidy(() => {
      const mode = scriptedMode(fixture, 'train');
      const rows = gatherTable(model.table, tf.tensor1d([...fixture.batch.ids], 'int32'));
      const names = model.parameters.map(({ name }) => name);
      const kept: Partial<{ outputs: Record<string, tf.Tensor>; terms: Record<string, tf.Tensor> }> = {};
      const { value, grads } = tf.engine().gradients(
        () => {
          const { output, losses } = forwardRows(model, fixture, rows, mode);
          const keep = (record: Readonly<Record<string, tf.Tensor>>) =>
            Object.fromEntries(Object.entries(record).map(([name, t]) => [name, tf.keep(tf.clone(t))]));
          kept.outputs = keep(output);
          kept.terms = keep(losses.terms);
          return losses.total;
        },
        [rows, ...model.parameters.map(({ tensor }) => tensor)],
        undefined,
        true,
      );
      expectClose('total', value, { shape: [], values: [fixture.train.total] }, outputTolerance);
      for (const [name, wanted] of Object.entries(fixture.train.outputs))
        expectClose(`output ${name}`, pick(kept.outputs!, name), wanted, outputTolerance);
      expect(Object.keys(kept.terms!).sort()).toEqual(Object.keys(fixture.train.terms).sort());
      for (const [name, wanted] of Object.entries(fixture.train.terms)) {
        const got = values(pick(kept.terms!, name));
        expectClose(`loss ${name}`, got, { shape: [], values: [wanted] }, outputTolerance);
      }
      tf.dispose([Object.values(kept.outputs!), Object.values(kept.terms!)]);

      const found = grads as (tf.Tensor | null | undefined)[];
      const all = [...Object.values(fixture.train.gradients), fixture.train.tableGradient];
      // A gradient that is nothing beside the others is compared against rounding, not against itself.
      const floor = 1e-3 * Math.max(...all.map((wanted) => largest(wanted.values)));
      names.forEach((name, i) => {
        const wanted = fixture.train.gradients[name]!;
        const got = found[i + 1];
        const list = got ? values(got) : wanted.values.map(() => 0);
        const scale = Math.max(largest(wanted.values), floor);
        expect(error(list, wanted.values, scale), `gradient of ${name}`).toBeLessThan(gradientTolerance);
      });
      const tableGradient = sumRows(fixture, values(found[0]!));
      const scale = Math.max(largest(fixture.train.tableGradient.values), floor);
      expect(
        error(tableGradient, fixture.train.tableGradient.values, scale),
        'gradient of the table',
      ).toBeLessThan(gradientTolerance);

      const recorded = new Map(
        mode.takeRecorded().map(({ state, value: next }) => [state.name, next] as const),
      );
      expect([...recorded.keys()].sort()).toEqual(Object.keys(fixture.train.states).sort());
      for (const [name, wanted] of Object.entries(fixture.train.states))
        expectClose(`state ${name}`, recorded.get(name)!, wanted, outputTolerance);
      tf.dispose([...recorded.values()]);
    });
  });

  it('infers the same scores', () => {
    tf.tidy(() => {
      const rows = gatherTable(model.table, tf.tensor1d([...fixture.batch.ids], 'int32'));
      const { output, inputs } = forwardRows(model, fixture, rows, scriptedMode(fixture, 'evaluate'));
      for (const [name, wanted] of Object.entries(fixture.evaluate.outputs))
        expectClose(`output ${name}`, pick(output, name), wanted, outputTolerance);
      const scores = model.scores(output, inputs);
      expectClose('score', scores.score, fixture.evaluate.score, outputTolerance);
      expectClose('probability', scores.probability, fixture.evaluate.probability, outputTolerance);
      for (const [name, wanted] of Object.entries(fixture.evaluate.columns))
        expectClose(`column ${name}`, pick(scores.columns ?? {}, name), wanted, outputTolerance);
      const probes = model.probe(output, inputs);
      for (const [name, wanted] of Object.entries(fixture.evaluate.probes)) {
        const got = probes[name];
        if (!got) throw new Error(`The model gives no probe ${name}.`);
        expectClose(`probe ${name}: sum`, got.sum, wanted.sum, outputTolerance);
        expectClose(`probe ${name}: count`, got.count, wanted.count, outputTolerance);
      }
    });
  });

  it('stands at the same place after Adam’s steps', async () => {
    const { adam } = fixture;
    const optimiser = createAdam({ parameters: model.parameters, table: model.table });
    const ids = Int32Array.from(fixture.batch.ids);
    for (let step = 1; step <= adam.steps; step++) {
      runStep({
        table: model.table,
        parameters: model.parameters,
        optimiser,
        ids,
        batch: fixture.shape.batch,
        learningRate: adam.learningRate,
        l2: adam.l2,
        mode: scriptedMode(fixture, 'train', step),
        build: (rows, mode) => forwardRows(model, fixture, rows, mode).losses,
      });
    }
    optimiser.dispose();
    let skipped = 0;
    let compared = 0;
    const compare = async (name: string, tensor: tf.Tensor, wanted: TensorValues) => {
      const skip = new Set(adam.fragile[name] ?? []);
      skipped += skip.size;
      compared += wanted.values.length;
      const got = Array.from(await readTensor(tensor));
      const scale = Math.max(1, largest(wanted.values));
      expect(error(got, wanted.values, scale, skip), `${name} after Adam`).toBeLessThan(outputTolerance);
    };
    for (const { name, tensor } of model.parameters) await compare(name, tensor, adam.parameters[name]!);
    for (const { name, tensor } of model.states) await compare(name, tensor, adam.states[name]!);
    await compare('embedding', model.table.tensor, adam.table);
    expect(skipped / compared, 'share of ill-conditioned elements').toBeLessThan(0.05);
  });
}

/** Sums the gradient of gathered rows `[M, d]` into the table's `[V, d]`; padding stays 0. */
function sumRows(fixture: Fixture, rowGradient: readonly number[]): number[] {
  const [vocabulary, dim] = fixture.table.shape as [number, number];
  const sum = new Array<number>(vocabulary * dim).fill(0);
  fixture.batch.ids.forEach((id, m) => {
    if (id === 0) return;
    for (let k = 0; k < dim; k++) sum[id * dim + k]! += rowGradient[m * dim + k]!;
  });
  return sum;
}
