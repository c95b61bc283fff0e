/** Settings of SAR-Net, its presets, and the rows of the paper's tables that are variants of it. "–" where the paper prints no value. */
import { commonFields } from '../../common';
import type { Variant } from '../../definition';
import { procedureKey } from '../../procedureChoice';
import { ablation, hyper, type SettingsOf } from '../../settings';

export const fields = {
  embeddingDim: commonFields.embeddingDim,
  dropout: { ...commonFields.dropout, default: 0 },
  priorBias: commonFields.priorBias,
  numShared: hyper.int({
    label: 'Shared experts',
    help: 'Debias experts that all scenarios use.',
    default: 8,
    min: 1,
    max: 16,
    paper: '8',
  }),
  numOwn: hyper.int({
    label: 'Own experts',
    help: 'Debias experts of each scenario alone.',
    default: 2,
    min: 1,
    max: 4,
    paper: '2',
  }),
  historyLength: hyper.int({
    label: 'Behaviours',
    help: 'Latest behaviours over all scenarios.',
    default: 20,
    min: 1,
    max: 50,
    paper: '50',
  }),
  expertHidden: hyper.int({
    label: 'Expert units',
    help: 'Hidden units of an expert’s main net.',
    default: 64,
    min: 2,
    max: 256,
    paper: '–',
  }),
  biasHidden: hyper.int({
    label: 'Bias net units',
    help: 'Hidden units of an expert’s bias net.',
    default: 8,
    min: 2,
    max: 64,
    paper: '–',
    advanced: true,
  }),
  attentionHidden: hyper.int({
    label: 'Attention units',
    help: 'Hidden units of the feed-forward attention ψ.',
    default: 32,
    min: 2,
    max: 128,
    paper: '–',
    advanced: true,
  }),
  firstRefresh: hyper.int({
    label: 'First coefficients after',
    help: 'Steps with a coefficient of 1 everywhere; only a later step can be the best, with or without debiasing. 0: the epochs of “Epochs before coefficients”.',
    unit: 'steps',
    default: 0,
    min: 0,
    max: 100_000,
    paper: '–',
    advanced: true,
  }),
  refreshEvery: hyper.int({
    label: 'Refresh coefficients every',
    help: 'Steps between two tables of fairness coefficients. 0: the epochs of “Epochs between tables”.',
    unit: 'steps',
    default: 0,
    min: 0,
    max: 100_000,
    paper: 'daily',
    advanced: true,
  }),
  fairnessWarmup: hyper.int({
    label: 'Epochs before coefficients',
    help: 'Epochs with a coefficient of 1 everywhere, where the first coefficients are not set in steps.',
    unit: 'epochs',
    default: 1,
    min: 1,
    max: 100,
    paper: '–',
    advanced: true,
  }),
  fairnessRefresh: hyper.int({
    label: 'Epochs between tables',
    help: 'Epochs between two tables of fairness coefficients, where that is not set in steps.',
    unit: 'epochs',
    default: 1,
    min: 1,
    max: 100,
    paper: 'daily',
    advanced: true,
  }),
  fairnessMinimum: hyper.int({
    label: 'Exposures needed',
    help: 'An item with fewer exposures in a scenario keeps a coefficient of 1.',
    unit: 'rows',
    default: 5,
    min: 1,
    max: 1000,
    paper: '–',
    advanced: true,
  }),
  fairnessLimit: hyper.real({
    label: 'Largest coefficient',
    help: 'Coefficients are held between one over this and this.',
    default: 10,
    min: 1,
    max: 100,
    paper: '–',
    advanced: true,
  }),
  attention: ablation.choice({
    label: 'Behaviour attention',
    help: 'What weighs a behaviour: its item against the candidate, its scenario against the current one, or both.',
    options: ['none', 'target', 'scenario', 'concatenate', 'hierarchical', 'sar'],
    optionLabels: {
      none: 'No attention',
      target: 'Target attention',
      scenario: 'Scenario attention',
      concatenate: 'Concatenate attention',
      hierarchical: 'Hierarchical attention',
      sar: 'SAR-Net',
    },
    default: 'sar',
    paperName: 'Table 4',
  }),
  biasNet: ablation.toggle({
    label: 'Bias net',
    help: 'Each expert re-weighs its prediction by a net that sees the fairness coefficient; removed at inference.',
    default: true,
    paperName: 'Bias Net (Table 5)',
  }),
  biasLoss: ablation.toggle({
    label: 'Bias adapting loss',
    help: 'Weigh each row’s loss by its fairness coefficient (Eq 11).',
    default: true,
    paperName: 'Bias Adapting Loss (Table 5)',
  }),
  subSample: ablation.choice({
    label: 'Sub-sampling',
    help: 'Keep over-exposed rows (coefficient below 0.8) with this probability.',
    options: ['off', '0.9', '0.8', '0.7', '0.6'],
    default: 'off',
    paperName: 'Table 5',
  }),
  transform: ablation.toggle({
    label: 'Scenario-specific transform',
    help: 'Scale and shift the representation per scenario (Eq 8).',
    default: true,
    paperName: 'Table 6',
  }),
  expertLayers: ablation.int({
    label: 'Expert layers',
    help: 'Levels of experts, gated from level to level as in PLE.',
    default: 1,
    min: 1,
    max: 5,
    paperName: 'Table 6',
    advanced: true,
  }),
  renorm: ablation.toggle({
    label: 'Renormalise attention',
    help: 'Divide the product of both attentions by its sum; printed without (Eq 7).',
    default: false,
    advanced: true,
  }),
  biasFusion: ablation.choice({
    label: 'Bias fusion',
    help: 'How a bias net re-weighs its expert: as a factor of the score, as a shift of the logit, or as a factor of the mixed logit.',
    options: ['score', 'odds', 'logit-mul'],
    default: 'score',
    advanced: true,
  }),
  biasInput: ablation.choice({
    label: 'Bias net input',
    help: 'The logarithm of the coefficient, or which tenth of the rows it falls in.',
    options: ['log', 'bucket'],
    default: 'log',
    advanced: true,
  }),
  fairnessNumerator: ablation.choice({
    label: 'Numerator of the coefficient',
    help: 'Predictions summed (Eq 1), or clicks summed: what the rows earned instead of what the model thinks.',
    options: ['predictions', 'clicks'],
    default: 'predictions',
    advanced: true,
  }),
} as const;

export type SarNetSettings = SettingsOf<typeof fields>;
/** Refreshing coefficients reads the model's own settings. */
export const sarnetTraining = procedureKey<SarNetSettings>('sarnet');

/** By epochs, a twin's weights are at their best before the first table; scoring the log costs a third of an epoch's training. */
const schedule = { firstRefresh: 40, refreshEvery: 200 };

export const presets = {
  paper: { historyLength: 50, ...schedule },
  browser: { historyLength: 10, expertHidden: 32, attentionHidden: 16, ...schedule },
  tiny: {
    embeddingDim: 4,
    numShared: 2,
    numOwn: 1,
    expertHidden: 6,
    biasHidden: 3,
    attentionHidden: 5,
    historyLength: 4,
  },
} as const;

const table5 = 'Table 5';
const plain = { biasNet: false, biasLoss: false };

/** Tables 4, 5 and 6 of the paper. */
export const variants: readonly Variant[] = [
  { name: 'No Attention', table: 'Table 4', settings: { attention: 'none' } },
  { name: 'Target Attention', table: 'Table 4', settings: { attention: 'target' } },
  { name: 'Scenario Attention', table: 'Table 4', settings: { attention: 'scenario' } },
  { name: 'Concatenate Attention', table: 'Table 4', settings: { attention: 'concatenate' } },
  { name: 'Hierarchical Attention', table: 'Table 4', settings: { attention: 'hierarchical' } },
  { name: 'SAR-Net', table: 'Table 4', settings: {} },
  { name: 'base', table: table5, settings: plain },
  ...['0.9', '0.8', '0.7', '0.6'].map((ratio) => ({
    name: `sub-sampling ${ratio}`,
    table: table5,
    settings: { ...plain, subSample: ratio },
  })),
  { name: 'Bias Net', table: table5, settings: { biasLoss: false } },
  { name: 'Bias Adapting Loss', table: table5, settings: { biasNet: false } },
  { name: 'Bias Net + Bias Adapting Loss', table: table5, settings: {} },
  { name: 'base (no transform)', table: 'Table 6', settings: { transform: false } },
  ...[2, 3, 4, 5].map((layers) => ({
    name: `${layers} expert layers`,
    table: 'Table 6',
    settings: { transform: false, expertLayers: layers },
  })),
  { name: 'SAR-Net (transform)', table: 'Table 6', settings: {} },
];
