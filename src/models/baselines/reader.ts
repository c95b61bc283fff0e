/** What a baseline reads of a row by the settings that all of them share, and what that leaves to look at. */
import type * as tf from '@tensorflow/tfjs-core';
import type { VariableFactory } from '../../engine';
import type { DataShape, Probe } from '../definition';
import { createFieldReader, createMakers } from '../layers';
import type { FieldReader, HistoryReading, Makers } from '../layers';
import { numbered, scenarioAxis, sumByScenario } from '../probes';

interface ReadingSettings {
  readonly embeddingDim?: number;
  readonly scenarioField: 'on' | 'off';
  readonly history?: HistoryReading;
}

/** Hidden units of the history's attention, as DIN draws its activation unit (Figure 2). */
const ATTENTION_HIDDEN = [36];

interface Reading {
  /** Whether the table's first column is each value's weight in a linear part. */
  readonly linear?: boolean;
  /** Indices of the only fields that are read. */
  readonly only?: readonly number[];
}

export function createReader(
  make: Makers,
  shape: DataShape,
  { embeddingDim: dim = 0, scenarioField, history = 'off' }: ReadingSettings,
  { linear = false, only }: Reading = {},
): FieldReader {
  const options = { dim, linear, history, scenarioField, attentionHidden: ATTENTION_HIDDEN, only };
  return createFieldReader(make, shape, options);
}

/** A reader whose attention all rows share. */
export function createSharedReader(
  variables: VariableFactory,
  shape: DataShape,
  settings: ReadingSettings,
): FieldReader {
  const plain = { batchNorm: 'off', dropout: 0, priorBias: 'on' } as const;
  return createReader(createMakers(variables, { shape, own: false, ...plain }), shape, settings);
}

export interface HistoryPass {
  /** Weight of each behaviour `[B, L]`, or null where the history is not read by attention. */
  readonly historyAttention: tf.Tensor2D | null;
}

/** `historyAttention [N, L]`: the mean weight of each behaviour of a scenario's rows, the latest first. */
function historyAttention(shape: DataShape, length: number): Probe<HistoryPass> {
  const read = Math.min(length, shape.history?.length ?? 0);
  return {
    name: 'historyAttention',
    topic: 'attention',
    title: 'How much each earlier item counts',
    reading:
      'A row is the mean weights of a scenario’s behaviours, 0 where a user has fewer; they need not sum to 1.',
    equation: String.raw`v_u = \textstyle\sum_j a(e_j, v_a)\, e_j`,
    axes: [scenarioAxis(shape), { name: 'position', labels: numbered('', read) }],
    scale: 'value',
    quantity: 'weight',
    compute({ historyAttention: weights }, inputs) {
      if (!weights) throw new RangeError('The history is not read by attention.');
      return sumByScenario(weights, inputs);
    },
  };
}

/** A model's probes, and the history's where it is read by attention. */
export function withHistory<P>(
  probes: readonly Probe<P>[],
  shape: DataShape,
  { history, historyLength }: { readonly history?: HistoryReading; readonly historyLength: number },
): readonly Probe<P & HistoryPass>[] {
  return history === 'attention' ? [...probes, historyAttention(shape, historyLength)] : probes;
}
