/** What a built model says of one row: its prediction in every scenario, and what is inside for one of them. */
import * as tf from '@tensorflow/tfjs-core';
import { readBatch } from '../../data/batches';
import { counterfactualProbabilities } from '../../data/simulate';
import { createProbeSums } from '../probeValues';
import { rowsOfSplit } from '../sampling';
import { yieldToEventLoop } from '../yieldToEventLoop';
import { isEditable, variantsOf } from './variants';
import type { Dataset, FieldRole } from '../../data/dataset';
import type { HostBatch } from '../../data/batches';
import type { ProbeValue } from '../events';
import type { Trainer } from '../trainer';
import type { Variants, WhatIfRequest } from './variants';

export type { WhatIfRequest };

export interface WhatIfField {
  readonly name: string;
  readonly role: FieldRole;
  readonly meaning: string;
  /** Local id, and its name where the dataset keeps one. */
  readonly value: number;
  readonly label: string | null;
  /** Local ids `0 … size-1`; their names where the dataset keeps them. */
  readonly size: number;
  readonly labels: readonly string[] | null;
  readonly editable: boolean;
  /** Whether it differs from the row as it is in the data. */
  readonly changed: boolean;
}

/** A hidden vector of the row `[slots * dim]`: one, or one in each scenario. */
export interface RowVector {
  readonly name: string;
  readonly slots: number;
  readonly dim: number;
  readonly values: Float32Array;
}

export interface WhatIf {
  /** Training step of the weights. */
  readonly step: number;
  /** Row number in the dataset; the test rows before and after it; how many there are. */
  readonly row: number;
  readonly previous: number;
  readonly next: number;
  readonly rows: number;
  readonly ownScenario: number;
  /** Scenario of `columns`, `probes` and `vectors`. */
  readonly scenario: number;
  readonly label: number;
  readonly fields: readonly WhatIfField[];
  /** Rows that changed users and items took their other fields from. */
  readonly userFrom: number | null;
  readonly itemFrom: number | null;
  /** Whether the row was promoted; null where the data does not say. */
  readonly promoted: boolean | null;
  /** Click probability and ranking score of the model in every scenario `[N]`. */
  readonly probability: Float32Array;
  readonly score: Float32Array;
  /** True click probability in every scenario `[N]`; null where the data is not simulated. */
  readonly truth: Float32Array | null;
  /** Further columns of the model's scores, e.g. votes. */
  readonly columns: Readonly<Record<string, Float32Array>>;
  /** Every probe that evaluations add up, of this row alone. */
  readonly probes: readonly ProbeValue[];
  readonly vectors: readonly RowVector[];
}

type Reader = Pick<Trainer, 'model' | 'dataset' | 'layout' | 'step' | 'forward' | 'readBatch'>;

/** Batches of the variants, as evaluations read theirs: a procedure's columns are 1. */
function batchReader({ layout, readBatch: read }: Reader, variants: Variants, row: number) {
  const names = Object.keys(read(Int32Array.of(row)).extra);
  const ones = new Float32Array(variants.label.length).fill(1);
  const extra = Object.fromEntries(names.map((name) => [name, ones]));
  return (rows: readonly number[]): HostBatch => readBatch(variants, layout, rows, extra);
}

/** Scores of every variant, batch by batch. */
async function scoresOf(trainer: Reader, batchOf: (rows: readonly number[]) => HostBatch, count: number) {
  const probability = new Float32Array(count);
  const score = new Float32Array(count);
  for (let from = 0; from < count; from += trainer.layout.batch) {
    const size = Math.min(trainer.layout.batch, count - from);
    const rows = Array.from({ length: size }, (_, k) => from + k);
    const tensors = trainer.forward(batchOf(rows), 'moving', (pass) => {
      const scores = pass.scores();
      return { probability: tf.clone(scores.probability), score: tf.clone(scores.score) };
    });
    probability.set((await tensors.probability.data<'float32'>()).subarray(0, size), from);
    score.set((await tensors.score.data<'float32'>()).subarray(0, size), from);
    tf.dispose(tensors);
    await yieldToEventLoop();
  }
  return { probability, score };
}

/** Columns, probes and hidden vectors of one row. */
async function insideOf(
  trainer: Reader,
  batch: HostBatch,
): Promise<Pick<WhatIf, 'columns' | 'probes' | 'vectors'>> {
  const { model } = trainer;
  const clones = (tensors: Readonly<Record<string, tf.Tensor>>): Record<string, tf.Tensor> =>
    Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, tf.clone(tensor)]));
  const sums = createProbeSums();
  const found = trainer.forward(batch, 'moving', (pass) => {
    sums.add(pass.probes());
    return {
      columns: clones({ ...pass.scores().columns, ...pass.requested() }),
      vectors: clones(pass.vectors()),
    };
  });
  try {
    const columns = await Promise.all(
      Object.entries(found.columns).map(async ([name, column]) => {
        const width = column.shape[1] ?? 1;
        return [name, (await column.data<'float32'>()).slice(0, width)] as const;
      }),
    );
    const vectors = await Promise.all(
      Object.entries(found.vectors).map(async ([name, tensor]): Promise<RowVector> => {
        const slots = tensor.rank === 3 ? (tensor.shape[1] ?? 1) : 1;
        const dim = tensor.shape.at(-1) ?? 1;
        return { name, slots, dim, values: (await tensor.data<'float32'>()).slice(0, slots * dim) };
      }),
    );
    return {
      columns: Object.fromEntries(columns),
      probes: await sums.read(model.probes.map(({ name }) => name)),
      vectors,
    };
  } finally {
    sums.dispose();
    tf.dispose(found);
  }
}

/** Where the wanted row stands among the test rows; the first of them after the last. */
function place(rows: Int32Array, wanted: number): number {
  const at = rows.findIndex((row) => row >= wanted);
  return at < 0 ? 0 : at;
}

function described(dataset: Dataset, variants: Variants, row: number, at: number): readonly WhatIfField[] {
  return dataset.fields.map((field, f) => {
    const value = variants.columns[f]?.[at] ?? 0;
    return {
      name: field.name,
      role: field.role,
      meaning: field.meaning,
      value,
      label: field.labels?.[value] ?? null,
      size: field.size,
      labels: field.labels ?? null,
      editable: isEditable(dataset.fields, field),
      changed: value !== dataset.columns[f]?.[row],
    };
  });
}

/**
 * Reads a row, as it is or changed, with the present weights.
 *
 * @throws RangeError with one sentence where the split has no rows or the edits do not fit the data
 */
export async function askWhatIf(trainer: Reader, request: WhatIfRequest): Promise<WhatIf> {
  const { dataset } = trainer;
  const rows = rowsOfSplit(dataset, 'test');
  if (rows.length === 0) throw new RangeError('The dataset has no test rows to ask about.');
  const at = place(rows, request.row);
  const neighbour = (by: number): number => rows[(at + by + rows.length) % rows.length] ?? 0;
  const row = neighbour(0);
  const n = dataset.scenarios.length;
  const ownScenario = dataset.scenario[row] ?? 0;
  const scenario = request.scenario ?? ownScenario;
  if (!(scenario >= 0 && scenario < n)) throw new RangeError(`There is no scenario ${scenario + 1} here.`);
  const variants = variantsOf(
    dataset,
    row,
    request.edits,
    Array.from({ length: n }, (_, s) => s),
  );
  const batchOf = batchReader(trainer, variants, row);
  const { source } = dataset;
  const truth =
    source.kind === 'simulated' && dataset.truth
      ? counterfactualProbabilities(
          {
            fields: variants.fields,
            columns: variants.columns,
            source,
            truth: { ...dataset.truth, ...variants.truth },
          },
          [0],
        )
      : null;
  return {
    step: trainer.step,
    row,
    previous: neighbour(-1),
    next: neighbour(1),
    rows: rows.length,
    ownScenario,
    scenario,
    label: dataset.label[row] ?? 0,
    fields: described(dataset, variants, row, scenario),
    userFrom: variants.userFrom,
    itemFrom: variants.itemFrom,
    promoted: variants.truth ? variants.truth.intervened[0] === 1 : null,
    ...(await scoresOf(trainer, batchOf, n)),
    truth,
    ...(await insideOf(trainer, batchOf([scenario]))),
  };
}
