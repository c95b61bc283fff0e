/** Settings and inputs that every baseline shares. */
import type { Needs } from '../definition';
import { commonFields } from '../common';
import type { HistoryReading } from '../layers';
import { hyper } from '../settings';

/** Whether the scenario’s own id is one of the fields: given to all models of a comparison or to none. */
const scenarioField = hyper.choice({
  label: 'Scenario field',
  help: 'Whether networks read the scenario’s id as a field beside the others.',
  options: ['on', 'off'],
  default: 'on',
  advanced: true,
});

const historyText = { label: 'History', default: 'off', advanced: true } as const;

const historyLength = hyper.int({
  label: 'History length',
  help: 'Latest behaviours that are read.',
  default: 20,
  min: 1,
  max: 50,
  advanced: true,
});

/** What a baseline reads of a row, and how wide an embedding is. */
export const inputFields = {
  embeddingDim: commonFields.embeddingDim,
  scenarioField,
  history: hyper.choice({
    ...historyText,
    help: 'Whether the user’s earlier items stand beside the fields: their mean, or a sum that the scored item weighs (DIN).',
    options: ['off', 'mean', 'attention'],
    optionLabels: { off: 'not read', mean: 'mean of items', attention: 'target attention' },
  }),
  historyLength,
} as const;

/** What most baselines have. */
export const baselineFields = { ...commonFields, ...inputFields } as const;

/** What every single-scenario model has, most of them beside `baselineFields`: how it meets scenarios, and what it reads. */
export const singleControls = {
  trained: hyper.choice({
    label: 'Trained',
    help: 'One network for all scenarios’ rows, or one a scenario that learns from its own rows alone.',
    options: ['all', 'own'],
    optionLabels: { all: 'one for all', own: 'one a scenario' },
    default: 'all',
  }),
  embeddings: hyper.choice({
    label: 'Embeddings',
    help: 'With one network a scenario: a table per scenario (separate models indeed), or one table that all share.',
    options: ['own', 'shared'],
    default: 'own',
    advanced: true,
  }),
  priorBias: commonFields.priorBias,
  scenarioField,
  history: inputFields.history,
  historyLength,
} as const;

/** What most single-scenario models have. */
export const singleFields = { ...baselineFields, ...singleControls } as const;

/** For models that are linear in what they read: attention would make them something else. */
export const meanHistory = hyper.choice({
  ...historyText,
  help: 'Whether the mean of the user’s earlier items stands beside the fields.',
  options: ['off', 'mean'],
  optionLabels: { off: 'not read', mean: 'mean of items' },
});

/** Widths of the hidden layers of one part. */
export const hidden = (label: string, help: string, widths: readonly number[]) =>
  hyper.widths({ label, help, default: widths, min: 1, max: 1024, maxLayers: 6 });

interface HistorySettings {
  readonly history?: HistoryReading;
  readonly historyLength: number;
}

/** Nothing beside the fields, or histories of items (their scenarios are not read). */
export function baselineNeeds({ history = 'off', historyLength }: HistorySettings): Needs {
  return history === 'off' ? {} : { history: { length: historyLength, scenario: false } };
}

/** How many other scenarios' networks a row is sent through, where a model combines several scenarios' views of one row. */
export const peers = hyper.int({
  label: 'Peers',
  help: 'Other scenarios that a row asks: all of them up to this many, else those with most training rows.',
  default: 8,
  min: 1,
  max: 64,
});
