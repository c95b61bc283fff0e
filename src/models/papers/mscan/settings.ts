/** Settings of M-scan, its presets, and the rows of the paper's tables that are variants of it. "–" where the paper prints no value. */
import { commonFields } from '../../common';
import type { Variant } from '../../definition';
import { ablation, hyper, type SettingsOf } from '../../settings';

export const fields = {
  ...commonFields,
  batchNorm: hyper.choice({
    label: 'Batch norm',
    help: 'Normalise the hidden units of the match network; the paper mentions none.',
    options: ['off', 'shared', 'domain'],
    default: 'off',
    paper: '–',
    advanced: true,
  }),
  alpha: hyper.real({
    label: 'α, scenario loss',
    help: 'Weight of the loss that trains the scenario branch on clicks alone (Eq 11).',
    default: 0.1,
    min: 0,
    max: 5,
    step: 0.1,
    searched: [0.03, 0.1, 0.3, 1, 3],
    paper: 'tuned (Fig 6)',
  }),
  cMode: hyper.choice({
    label: 'c at inference',
    help: 'Choose the counterfactual reference c on validation rows, or set it.',
    options: ['auto', 'fixed'],
    default: 'auto',
  }),
  cBy: hyper.choice({
    label: 'c chosen by',
    help: 'Log loss of validation clicks, 0 unless another c brings more than chance, or the best AUC of 21 values, of few clicks mostly luck; the paper says only that AUC “initially increases and then decreases” (Fig 5).',
    options: ['logLoss', 'auc'],
    optionLabels: { logLoss: 'log loss', auc: 'AUC' },
    default: 'logLoss',
    before: 'auc',
    paper: '–',
    advanced: true,
  }),
  c: hyper.real({
    label: 'c, counterfactual reference',
    help: 'What the match score would be without interest; removed with the scenario’s direct effect (Eq 12). Used when c is fixed.',
    default: 0,
    min: -200,
    max: 200,
    step: 0.1,
    paper: 'tuned (Fig 5)',
  }),
  historyLength: hyper.int({
    label: 'Behaviours',
    help: 'Latest behaviours over all scenarios.',
    default: 20,
    min: 1,
    max: 50,
    paper: '–',
  }),
  ownHistoryLength: hyper.int({
    label: 'Own behaviours',
    help: 'Latest behaviours in the current scenario.',
    default: 10,
    min: 1,
    max: 20,
    paper: '–',
  }),
  attentionHidden: hyper.int({
    label: 'Attention units',
    help: 'Hidden units of the co-attention network.',
    default: 32,
    min: 2,
    max: 64,
    paper: '–',
  }),
  hidden: hyper.widths({
    label: 'Match network',
    help: 'Hidden layers of the network that scores interest (Eq 6).',
    default: [256, 128, 64],
    min: 2,
    max: 1024,
    maxLayers: 5,
    paper: '–',
  }),
  scenarioHidden: hyper.widths({
    label: 'Scenario network',
    help: 'Hidden layers of the network that scores the scenario’s direct effect (Eq 7).',
    default: [16],
    min: 2,
    max: 256,
    maxLayers: 3,
    paper: '–',
  }),
  saca: ablation.choice({
    label: 'Scenario-aware co-attention',
    help: 'How behaviours of other scenarios are weighed: by co-attention, by the candidate alone, evenly, or not used.',
    options: ['co', 'target', 'mean', 'none'],
    optionLabels: { co: 'co-attention', target: 'target attention (Eq 13)', mean: 'mean', none: 'off' },
    default: 'co',
    paperName: 'SACA (Table 2)',
  }),
  sbe: ablation.toggle({
    label: 'Scenario bias eliminator',
    help: 'Model the scenario’s direct effect in a branch of its own and remove it at inference. Where ŷ_m is below 0, ŷ_m σ(ŷ_s) (Eq 8) falls as a place is more prominent.',
    default: true,
    paperName: 'SBE (Table 2)',
  }),
  encoder: ablation.choice({
    label: 'Scenario encoder',
    help: 'Summary of the behaviours in the current scenario.',
    options: ['gru', 'attention', 'mean'],
    default: 'gru',
    paper: 'gru',
  }),
  scenarioFields: ablation.choice({
    label: 'Scenario features',
    help: 'What the scenario branch reads as s (“scenario features s”, 3.1): the id with slot and hour, or the id alone, with which c cannot change a ranking inside a scenario.',
    options: ['context', 'id'],
    default: 'context',
    advanced: true,
  }),
  historyScenarioEmbedding: ablation.toggle({
    label: 'Scenario of behaviours',
    help: 'Behaviours carry the embedding of the scenario they happened in.',
    default: false,
    advanced: true,
  }),
} as const;

export type MscanSettings = SettingsOf<typeof fields>;

export const presets = {
  paper: {},
  browser: { hidden: [128, 64], historyLength: 12, ownHistoryLength: 6, attentionHidden: 16 },
  tiny: {
    embeddingDim: 4,
    hidden: [8, 5],
    scenarioHidden: [4],
    historyLength: 4,
    ownHistoryLength: 3,
    attentionHidden: 6,
    dropout: 0,
  },
} as const;

/** Table 2 of the paper, and the attention of its Eq 13 beside it. */
export const variants: readonly Variant[] = [
  { name: 'w/ SACA, w/ SBE', table: 'Table 2', settings: { saca: 'co', sbe: true } },
  { name: 'w/ SACA, w/o SBE', table: 'Table 2', settings: { saca: 'co', sbe: false } },
  { name: 'w/o SACA, w/ SBE', table: 'Table 2', settings: { saca: 'none', sbe: true } },
  { name: 'w/o SACA, w/o SBE', table: 'Table 2', settings: { saca: 'none', sbe: false } },
  { name: 'target attention', table: 'Eq 13', settings: { saca: 'target' } },
  { name: 'mean of behaviours', table: 'beyond the paper', settings: { saca: 'mean' } },
];
