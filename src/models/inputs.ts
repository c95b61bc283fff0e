/** From a batch on the host to the `Inputs` that a model's forward pass reads. */
import * as tf from '@tensorflow/tfjs-core';
import { declareInput, oneHotRows, split, type StepInputs } from '../engine';
import { layoutWidth, type BatchLayout, type HostBatch } from '../data/batches';
import type { Dataset } from '../data/dataset';
import { crossedPairs } from './crosses';
import type { DataShape, Inputs, Needs } from './definition';

/** What a model may know of a dataset, for batches of `batch` rows. Click rates are those of the training rows. */
export function dataShape(dataset: Dataset, batch: number): DataShape {
  const scenarios = dataset.scenarios.length;
  const rows = new Float64Array(scenarios);
  const clicks = new Float64Array(scenarios);
  for (let row = 0; row < dataset.rows; row++) {
    if (dataset.split[row] !== 0) continue;
    const scenario = dataset.scenario[row]!;
    rows[scenario]! += 1;
    clicks[scenario]! += dataset.label[row]!;
  }
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
  const clickRate = sum(clicks) / Math.max(1, sum(rows));
  return {
    batch,
    scenarios,
    scenarioIds: dataset.scenarios.map((scenario) => scenario.id),
    fields: dataset.fields.map(({ name, role, size, offset, scenarioSpecific }) => ({
      name,
      role,
      size,
      offset,
      scenarioSpecific,
    })),
    vocabularySize: dataset.vocabularySize,
    history: dataset.history && {
      length: dataset.history.length,
      itemFields: dataset.history.itemFields,
    },
    clickRate,
    // A scenario without training rows borrows the overall rate: priors need a number, metrics never use this one.
    scenarioClickRate: Array.from(rows, (count, n) => (count > 0 ? clicks[n]! / count : clickRate)),
    scenarioRows: Array.from(rows),
  };
}

/**
 * Which ids a batch of this model carries.
 *
 * @throws RangeError where the model needs histories and the data has none.
 */
export function batchLayout(shape: DataShape, needs: Needs): BatchLayout {
  const { history, ownHistory } = needs;
  if ((history || ownHistory) && !shape.history) {
    throw new RangeError(
      'This model reads the user’s earlier behaviours and the dataset has none; choose a dataset with history_* columns, ' +
        'or map a list column of item ids as behaviour history when importing, or user, item and time columns, from which histories are made.',
    );
  }
  const itemFields = shape.history?.itemFields ?? [];
  const offered = shape.history?.length ?? 0;
  const scenarioField = shape.fields.findIndex((field) => field.role === 'scenario');
  if (history?.scenario && scenarioField < 0) {
    throw new RangeError(
      'The dataset has no scenario field, which this model reads of every behaviour; give a column that role, or choose another model.',
    );
  }
  const layout = {
    fields: shape.fields.map((_, index) => index),
    history: history
      ? {
          length: Math.min(history.length, offered),
          itemFields,
          scenarioField: history.scenario ? scenarioField : null,
        }
      : null,
    ownHistory: ownHistory ? { length: Math.min(ownHistory.length, offered), itemFields } : null,
    ...(needs.crosses && {
      crosses: {
        pairs: crossedPairs(shape, needs.crosses.of),
        buckets: needs.crosses.buckets,
        offset: shape.vocabularySize,
      },
    }),
    ...(needs.ownTables && { ownTables: shape.scenarios + (needs.extraTables ?? 0) }),
    ...(needs.clusters && { clusters: new Int32Array(shape.scenarios) }),
  };
  return { ...layout, batch: shape.batch, width: layoutWidth(layout) };
}

/** A host batch on the device. */
export interface BatchTensors {
  /** `[B * width]` int32, row-major. */
  readonly ids: tf.Tensor1D;
  /** `[B]` int32. */
  readonly scenario: tf.Tensor1D;
  readonly label: tf.Tensor2D;
  readonly weight: tf.Tensor2D;
  /** `[B, L]`, or null without histories. */
  readonly historyMask: tf.Tensor2D | null;
  readonly historyScenario: tf.Tensor2D | null;
  readonly ownHistoryMask: tf.Tensor2D | null;
  readonly extra: Readonly<Record<string, tf.Tensor2D>>;
}

/** Numbers of scenarios (-1: none) as the model is told them: the same array where it is told scenarios. */
function told({ clusters }: BatchLayout, scenario: Int32Array): Int32Array {
  return clusters ? scenario.map((n) => (n < 0 ? n : clusters[n]!)) : scenario;
}

/** Input of a step that a column of a procedure's own is. */
const extraInput = (name: string): string => `batch.extra.${name}`;

/** Uploads a batch, its tensors declared as inputs of a step; the caller disposes of them (`disposeBatch`). */
export function uploadBatch(batch: HostBatch): BatchTensors {
  const { layout } = batch;
  const rows = layout.batch;
  const { history, ownHistory } = layout;
  const column = (name: string, values: Float32Array, width: number): tf.Tensor2D =>
    declareInput(name, tf.tensor2d(values, [rows, width]));
  return {
    ids: declareInput('batch.ids', tf.tensor1d(batch.ids, 'int32')),
    scenario: declareInput('batch.scenario', tf.tensor1d(told(layout, batch.scenario), 'int32')),
    label: column('batch.label', batch.label, 1),
    weight: column('batch.weight', batch.weight, 1),
    historyMask: history && column('batch.historyMask', batch.historyMask, history.length),
    historyScenario:
      history &&
      declareInput(
        'batch.historyScenario',
        tf.tensor2d(told(layout, batch.historyScenario), [rows, history.length], 'int32'),
      ),
    ownHistoryMask: ownHistory && column('batch.ownHistoryMask', batch.ownHistoryMask, ownHistory.length),
    extra: Object.fromEntries(
      Object.entries(batch.extra).map(([name, values]) => [name, column(extraInput(name), values, 1)]),
    ),
  };
}

/** The values of a batch's tensors, by the names under which `uploadBatch` declares them. */
export function batchInputs(batch: HostBatch): StepInputs {
  const inputs: Record<string, ArrayLike<number>> = {
    'batch.ids': batch.ids,
    'batch.scenario': told(batch.layout, batch.scenario),
    'batch.label': batch.label,
    'batch.weight': batch.weight,
    'batch.historyMask': batch.historyMask,
    'batch.historyScenario': told(batch.layout, batch.historyScenario),
    'batch.ownHistoryMask': batch.ownHistoryMask,
  };
  for (const name of Object.keys(batch.extra)) inputs[extraInput(name)] = batch.extra[name]!;
  return inputs;
}

/** Frees a batch's tensors. */
export function disposeBatch(batch: BatchTensors): void {
  const { extra, ...tensors } = batch;
  for (const tensor of [...Object.values(tensors), ...Object.values(extra)]) tensor?.dispose();
}

/**
 * Cuts one gather's result into the parts that a model reads.
 *
 * @param rows embeddings of `batch.ids` `[B * width, d]`: every id of the batch in one gather, so that the table's
 *   gradient is one segment sum.
 */
export function assembleInputs(
  rows: tf.Tensor2D,
  batch: BatchTensors,
  layout: BatchLayout,
  scenarios: number,
): Inputs {
  const size = layout.batch;
  const dim = rows.shape[1];
  const lengths = [
    layout.fields.length,
    ...(layout.history
      ? [
          layout.history.length * layout.history.itemFields.length,
          ...(layout.history.scenarioField === null ? [] : [layout.history.length]),
        ]
      : []),
    ...(layout.ownHistory ? [layout.ownHistory.length * layout.ownHistory.itemFields.length] : []),
    ...(layout.crosses ? [layout.crosses.pairs.length] : []),
  ];
  const parts = split(tf.reshape<tf.Rank.R3>(rows, [size, layout.width, dim]), lengths, 1);
  let at = 0;
  const take = (): tf.Tensor3D => parts[at++]!;
  /** `[B, L * k, d]` to masked `[B, L, k * d]`. */
  const sequence = (length: number, perStep: number, mask: tf.Tensor2D): tf.Tensor3D =>
    tf.mul(tf.reshape(take(), [size, length, perStep * dim]), tf.expandDims(mask, 2));

  const fields = take();
  let history: Inputs['history'] = null;
  if (layout.history) {
    const { length, itemFields, scenarioField } = layout.history;
    const mask = batch.historyMask!;
    history = {
      items: sequence(length, itemFields.length, mask),
      scenario: scenarioField === null ? null : sequence(length, 1, mask),
      mask,
      scenarioIndex: batch.historyScenario!,
    };
  }
  let ownHistory: Inputs['ownHistory'] = null;
  if (layout.ownHistory) {
    const { length, itemFields } = layout.ownHistory;
    ownHistory = {
      items: sequence(length, itemFields.length, batch.ownHistoryMask!),
      mask: batch.ownHistoryMask!,
    };
  }
  const crosses = layout.crosses ? take() : null;
  return {
    batch: size,
    fields,
    scenario: batch.scenario,
    scenarioOneHot: oneHotRows(batch.scenario, scenarios),
    label: batch.label,
    weight: batch.weight,
    history,
    ownHistory,
    crosses,
    extra: batch.extra,
  };
}
