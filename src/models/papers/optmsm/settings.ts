/** Settings of OptMSM, its presets, and the rows of the paper's tables and figures that are variants of it. */
import { commonFields } from '../../common';
import type { Variant } from '../../definition';
import { ablation, hyper, type SettingsOf } from '../../settings';

export const fields = {
  embeddingDim: commonFields.embeddingDim,
  dropout: commonFields.dropout,
  priorBias: commonFields.priorBias,
  hidden: hyper.widths({
    label: 'Transfer widths',
    help: 'Hidden layers of the shared information transfer; the last is the width of a representation.',
    default: [256, 128, 32],
    min: 2,
    max: 1024,
    maxLayers: 5,
    paper: '256, 128, 32',
  }),
  predictorHidden: hyper.widths({
    label: 'Predictor widths',
    help: 'Hidden layers of each scenario’s predictor.',
    default: [64, 32],
    min: 2,
    max: 512,
    maxLayers: 4,
    paper: '–',
  }),
  hyperHidden: hyper.int({
    label: 'Hypernetwork width',
    help: 'Hidden units of the network that scales each layer of the predictor.',
    default: 64,
    min: 2,
    max: 512,
    paper: '–',
  }),
  lambdaOrth: hyper.real({
    label: 'λ',
    help: 'Weight of the orthogonality between a row’s representations in different scenarios; 0 removes the constraint. From 0.001 on branches keep nothing that scenarios share.',
    default: 1e-4,
    min: 0,
    max: 1,
    step: 1e-4,
    searched: [1e-4, 1e-3, 1e-2, 1e-1],
    paper: 'not printed',
  }),
  contrastScenarios: hyper.int({
    label: 'Contrastive scenarios',
    help: 'Of data with more than 32 scenarios: in how many of them, drawn anew every step, a row is represented for the constraint. With 32 or fewer it is in all.',
    default: 3,
    min: 2,
    max: 32,
    advanced: true,
  }),
  op: ablation.choice({
    label: 'Transfer operation',
    help: 'How scenarios share: STAR’s products of matrices, a mixture of experts, PLE’s own and shared experts, or not at all.',
    options: ['fcn', 'moe', 'cgc', 'none'],
    optionLabels: { fcn: 'FCN', moe: 'MoE', cgc: 'CGC', none: 'none (embeddings go to the predictor)' },
    default: 'fcn',
    paperName: 'FCN, MoE, CGC (Figure 4)',
  }),
  priors: ablation.toggle({
    label: 'Scenario priors',
    help: 'Keep scenario-specific fields apart and give them to the predictor directly.',
    default: true,
    paperName: 'w/o priors (Tables 5, 6)',
  }),
  hypernetwork: ablation.toggle({
    label: 'Hypernetwork',
    help: 'Scale every layer of the predictor by what representation and priors say.',
    default: true,
    paperName: 'w/o hypernetwork (Tables 5, 6)',
  }),
  seGate: ablation.toggle({
    label: 'Adaptive gate',
    help: 'Let every scenario weigh the shared fields (squeeze and excitation).',
    default: true,
  }),
  transferOutput: ablation.choice({
    label: 'Transfer’s last layer',
    help: 'Linear, since Eq 8 prints no activation (“(W_shared ⊗ W^m)·e + b_shared + b^m”), or ReLU, behind which no cosine is negative and a right angle needs silent units.',
    options: ['linear', 'relu'],
    optionLabels: { linear: 'linear', relu: 'ReLU' },
    default: 'linear',
    before: 'relu',
    paper: 'linear (Eq 8)',
    advanced: true,
  }),
  hypernetworkOf: ablation.choice({
    label: 'Hypernetwork of',
    help: 'One for all scenarios, as Eq 11 writes w without m, or one for each: the abstract says “scenario-specific hypernetwork”.',
    options: ['all', 'own'],
    optionLabels: { all: 'all scenarios', own: 'each scenario' },
    default: 'all',
    advanced: true,
  }),
  orthMode: ablation.choice({
    label: 'Constraint on',
    help: 'Cosines as Eq 9 prints, whose sum is least where representations point apart, or their squares, least at right angles (“perpendicular to each other”). Behind a ReLU both end there.',
    options: ['sum', 'square'],
    optionLabels: { sum: 'cosines', square: 'squared cosines' },
    default: 'sum',
    advanced: true,
  }),
  expertInput: ablation.choice({
    label: 'Experts read',
    help: 'With experts: the row’s own gated input (contrastive representations differ by their gates), or every scenario’s, N times the work.',
    options: ['own', 'all'],
    default: 'own',
    advanced: true,
  }),
  predictor: ablation.choice({
    label: 'Predictor',
    help: 'One per scenario, or one for all.',
    options: ['own', 'shared'],
    default: 'own',
    advanced: true,
  }),
  hyperStopGrad: ablation.toggle({
    label: 'Stop gradient at the hypernetwork',
    help: 'Keep the hypernetwork from training what it reads.',
    default: false,
    advanced: true,
  }),
  normalisation: ablation.choice({
    label: 'Normalisation',
    help: 'Of the shared embeddings, per scenario as in STAR, or none.',
    options: ['off', 'partitioned'],
    default: 'off',
    advanced: true,
  }),
  history: hyper.choice({
    label: 'History',
    help: 'The user’s behaviours as means: all of them a shared feature, those in the row’s scenario a specific one.',
    options: ['off', 'mean'],
    optionLabels: { off: 'not read', mean: 'means of items' },
    default: 'off',
    advanced: true,
  }),
  historyLength: hyper.int({
    label: 'History length',
    help: 'Latest behaviours that the means are taken over.',
    default: 20,
    min: 1,
    max: 50,
    advanced: true,
  }),
} as const;

export type OptMsmSettings = SettingsOf<typeof fields>;

export const presets = {
  paper: { embeddingDim: 20 },
  browser: {},
  tiny: {
    embeddingDim: 4,
    // Narrower layers lose all of their units at once (decisions/optmsm.md).
    hidden: [16, 16, 16],
    predictorHidden: [16, 16],
    hyperHidden: 6,
    historyLength: 4,
    dropout: 0,
  },
} as const;

const plain = { priors: false, seGate: false, hypernetwork: false, lambdaOrth: 0 } as const;

function ablations(table: string, op: 'fcn' | 'cgc'): Variant[] {
  return [
    { name: 'OptMSM', table, settings: { op } },
    { name: 'w/o priors', table, settings: { op, priors: false } },
    { name: 'w/o constraint', table, settings: { op, lambdaOrth: 0 } },
    { name: 'w/o hypernetwork', table, settings: { op, hypernetwork: false } },
  ];
}

/** Rows of Tables 3 (where OptMSM can be reduced to them), 5 and 6, and of Figures 4 and 5. */
export const variants: readonly Variant[] = [
  { name: 'Mix', table: 'Table 3', settings: { ...plain, op: 'none', predictor: 'shared' } },
  { name: 'S-B', table: 'Table 3', settings: { ...plain, op: 'none' } },
  { name: 'OptMSM', table: 'Table 3', settings: {} },
  { name: 'Star', table: 'Figure 4', settings: { ...plain, op: 'fcn' } },
  { name: 'OptMSM(FCN)', table: 'Figure 4', settings: { op: 'fcn' } },
  { name: 'MMoE', table: 'Figure 4', settings: { ...plain, op: 'moe' } },
  { name: 'OptMSM(MoE)', table: 'Figure 4', settings: { op: 'moe' } },
  { name: 'PLE', table: 'Figure 4', settings: { ...plain, op: 'cgc' } },
  { name: 'OptMSM(CGC)', table: 'Figure 4', settings: { op: 'cgc' } },
  ...ablations('Table 5', 'fcn'),
  ...ablations('Table 6', 'cgc'),
  { name: 'with orthogonal constraint', table: 'Figure 5', settings: {} },
  { name: 'without orthogonal constraint', table: 'Figure 5', settings: { lambdaOrth: 0 } },
];
