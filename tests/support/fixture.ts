/** A fixture of an independent implementation (tests/reference/README.md) and the registry's model with its values. */
import * as tf from '@tensorflow/tfjs-core';
import type { BatchLayout, HostBatch } from '../../src/data/batches';
import { assign, createMode, createVariables, type StepMode } from '../../src/engine';
import type { AnyModel, AnyPass, DataShape } from '../../src/models/definition';
import { assembleInputs, uploadBatch } from '../../src/models/inputs';
import { findModel } from '../../src/models/registry';
import { defaultSettings, type AnySettings } from '../../src/models/settings';

export interface TensorValues {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}
export type Named<T = TensorValues> = Readonly<Record<string, T>>;

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

export function hostBatch({ batch }: Pick<Fixture, 'batch'>): HostBatch {
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
export function buildFixtureModel(fixture: Fixture): AnyModel {
  const definition = findModel(fixture.model);
  const settings = { ...defaultSettings(definition.fields), ...fixture.settings };
  const model = definition.configure(settings).build(fixture.shape, createVariables(1));
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

/** Forward pass of a fixture's batch over rows that were gathered already. */
export function forwardRows(model: AnyModel, fixture: Fixture, rows: tf.Tensor2D, mode: StepMode): AnyPass {
  const host = hostBatch(fixture);
  return model.forward(assembleInputs(rows, uploadBatch(host), host.layout, fixture.shape.scenarios), mode);
}
