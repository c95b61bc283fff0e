/** Settings and inputs that every baseline shares. */
import type { DataShape, Needs } from '../definition';
import { commonFields } from '../common';
import { hyper } from '../settings';

export const baselineFields = {
  embeddingDim: commonFields.embeddingDim,
  dropout: commonFields.dropout,
  batchNorm: commonFields.batchNorm,
  priorBias: commonFields.priorBias,
  history: hyper.choice({
    label: 'History',
    help: 'Whether the mean of the user’s earlier items stands beside the fields.',
    options: ['off', 'mean'],
    optionLabels: { off: 'not read', mean: 'mean of items' },
    default: 'off',
    advanced: true,
  }),
  historyLength: hyper.int({
    label: 'History length',
    help: 'Latest behaviours that the mean is taken over.',
    default: 20,
    min: 1,
    max: 50,
    advanced: true,
  }),
} as const;

export const hidden = (label: string, help: string, widths: readonly number[]) =>
  hyper.widths({ label, help, default: widths, min: 1, max: 1024, maxLayers: 6 });

interface HistorySettings {
  readonly history: 'off' | 'mean';
  readonly historyLength: number;
}

/** Nothing beside the fields, or histories of items (their scenarios are not read). */
export function baselineNeeds({ history, historyLength }: HistorySettings): Needs {
  return history === 'mean' ? { history: { length: historyLength, scenario: false } } : {};
}

/** `one 1 … one k` for the axes of pictures. */
export function numbered(one: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${one} ${index + 1}`);
}

/** Axis labels of the scenarios. */
export function scenarioAxis(shape: DataShape) {
  return { name: 'scenario', labels: shape.scenarioIds } as const;
}
