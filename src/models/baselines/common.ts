/** Settings and inputs that every baseline shares. */
import type { Needs } from '../definition';
import { commonFields } from '../common';
import { hyper } from '../settings';

/** What a baseline reads of a row, and how wide an embedding is. */
export const inputFields = {
  embeddingDim: commonFields.embeddingDim,
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

/** What most baselines have. */
export const baselineFields = { ...commonFields, ...inputFields } as const;

/** Widths of the hidden layers of one part. */
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
