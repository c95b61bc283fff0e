/** Settings of AREAD: hyper-parameters (Implementation Details, Figure 7) and the switches of its ablations. */
import { baselineFields } from '../../baselines/common';
import { commonFields } from '../../common';
import { ablation, hyper } from '../../settings';
import type { AnySettings, SettingsOf } from '../../settings';
import type { Variant } from '../../definition';

const heiOff = 'Without hierarchical experts this has no effect.';

export const areadFields = {
  embeddingDim: commonFields.embeddingDim,
  dropout: {
    ...commonFields.dropout,
    default: 0.2,
    help: 'Share of the base experts’ hidden units silenced.',
  },
  batchNorm: {
    ...commonFields.batchNorm,
    help: 'Normalise the base experts’ hidden units over the batch, per scenario, or not at all.',
  },
  priorBias: commonFields.priorBias,
  baseExperts: hyper.int({
    label: 'Base experts',
    help: 'Experts of the MMoE below.',
    default: 4,
    min: 1,
    max: 16,
    paper: '–',
  }),
  baseHidden: hyper.widths({
    label: 'Base hidden',
    help: 'Widths of each base expert.',
    default: [256, 128, 64],
    min: 2,
    max: 1024,
    maxLayers: 5,
    paper: '–',
  }),
  towerHidden: hyper.widths({
    label: 'Tower hidden',
    help: 'Widths of each scenario’s tower where the hierarchical experts are off.',
    default: [64, 32],
    min: 2,
    max: 512,
    maxLayers: 4,
    advanced: true,
    paper: '–',
  }),
  numLayers: hyper.int({
    label: 'Expert layers L',
    help: `Layers of hierarchical experts; the number of experts doubles from one to the next. ${heiOff}`,
    default: 3,
    min: 2,
    max: 4,
    paper: '3',
  }),
  firstExperts: hyper.int({
    label: 'First experts N₁',
    help: `Experts of the first (coarsest) layer. ${heiOff}`,
    default: 3,
    min: 1,
    max: 4,
    paper: '3',
  }),
  headWidth: hyper.int({
    label: 'Last layer’s width',
    help: 'Hidden units of the finest experts; the layers below are wider in the paper’s proportions.',
    default: 16,
    min: 2,
    max: 64,
    advanced: true,
    paper: '16',
  }),
  history: baselineFields.history,
  historyLength: baselineFields.historyLength,
  warmup: hyper.int({
    label: 'Warm-up',
    help: 'Steps without masks, before the first mask search.',
    unit: 'steps',
    default: 100,
    min: 1,
    max: 100_000,
    scale: 'log',
    paper: '100',
  }),
  maskInterval: hyper.int({
    label: 'Mask interval',
    help: 'Steps between two mask searches.',
    unit: 'steps',
    default: 2000,
    min: 1,
    max: 1_000_000,
    scale: 'log',
    paper: '2000',
  }),
  numCandidates: hyper.int({
    label: 'Candidates Z',
    help: 'Candidate masks per scenario in a search.',
    default: 10,
    min: 1,
    max: 20,
    paper: '10',
  }),
  trialSteps: hyper.int({
    label: 'Trial steps k',
    help: 'Steps that a candidate is trained and pruned for.',
    unit: 'steps',
    default: 5,
    min: 1,
    max: 20,
    paper: '5',
  }),
  evalSteps: hyper.int({
    label: 'Scoring batches',
    help: 'Training batches on which all candidates of a scenario are compared.',
    default: 5,
    min: 1,
    max: 20,
    advanced: true,
    paper: '–',
  }),
  lrUpdate: hyper.real({
    label: 'Updating rate lr_u',
    help: 'Learning rate of the trial steps.',
    default: 0.01,
    min: 1e-5,
    max: 0.1,
    scale: 'log',
    paper: '0.01',
  }),
  initialDensity: hyper.real({
    label: 'Initial density S₀',
    help: 'Share of edges that a candidate starts with.',
    default: 0.7,
    min: 0.01,
    max: 1,
    step: 0.05,
    paper: '0.7',
  }),
  targetDensity: hyper.real({
    label: 'Target density S',
    help: 'Share of edges at which pruning stops (what the paper calls sparsity).',
    default: 0.4,
    min: 0.01,
    max: 1,
    step: 0.05,
    paper: '0.4',
  }),
  pruneRate: hyper.real({
    label: 'Pruning rate α',
    help: 'Share of the kept edges that one trial step cuts.',
    default: 0.05,
    min: 0.01,
    max: 0.5,
    step: 0.01,
    paper: '0.05',
  }),
  sigma: hyper.real({
    label: 'Flip randomness σ',
    help: 'Each edge of a new candidate is inverted with probability |N(0, σ²)|.',
    default: 0.2,
    min: 0,
    max: 0.5,
    step: 0.05,
    advanced: true,
    paper: '–',
  }),
  rAug: hyper.real({
    label: 'Augmentation ratio',
    help: 'Counterfactual rows made for minor scenarios, as a share of the training rows.',
    default: 0.1,
    min: 0,
    max: 0.5,
    step: 0.05,
    paper: '0.1',
  }),
  popularity: hyper.choice({
    label: 'Popularity',
    help: 'What makes an item unpopular: few exposures, or a low smoothed click rate (below 5 %).',
    options: ['count', 'rate'],
    default: 'count',
    advanced: true,
    paper: '–',
  }),
  popularityQuantile: hyper.real({
    label: 'Unpopular share ρ',
    help: 'Items up to this quantile of exposures are unpopular.',
    default: 0.3,
    min: 0.01,
    max: 0.99,
    step: 0.05,
    advanced: true,
    paper: '–',
  }),
  minorShare: hyper.real({
    label: 'Minor below',
    help: 'A scenario with at most this share of the training rows is minor.',
    default: 0.02,
    min: 0.001,
    max: 0.5,
    step: 0.005,
    advanced: true,
    paper: '0.02',
  }),
  hei: ablation.toggle({
    label: 'Hierarchical experts (HEI)',
    help: 'Off: MMoE with one gate and one tower per scenario.',
    default: true,
    paperName: 'HEI (Figure 6)',
  }),
  hemp: ablation.toggle({
    label: 'Mask pruning (HEMP)',
    help: 'Off: no masks; every scenario uses all experts, and the averaged prediction is trained throughout.',
    default: true,
    paperName: 'HEMP (Figure 6)',
  }),
  aug: ablation.toggle({
    label: 'Counterfactual augmenter',
    help: 'Off: mask search trains on each scenario’s own rows alone.',
    default: true,
    paperName: 'Augmentation (Figure 6)',
  }),
  gate: ablation.choice({
    label: 'Gates look at',
    help: 'All features of a row, or only the scenario’s embedding and its expert group (official code).',
    options: ['features', 'domain'],
    default: 'features',
  }),
  bagging: ablation.choice({
    label: 'Bagging loss',
    help: 'Sum over active heads (Eq 8) or their mean (official code).',
    options: ['sum', 'mean'],
    default: 'sum',
  }),
  officialHead: ablation.toggle({
    label: 'Official output head',
    help: 'Add the official code’s cross network and linear logit to every head.',
    default: false,
  }),
  anneal: ablation.toggle({
    label: 'Anneal searches',
    help: 'Lower S₀ by 5 % and σ, Z by 1 % with every search, so that the target density is reached.',
    default: true,
  }),
  initUnion: ablation.toggle({
    label: 'Keep present mask',
    help: 'Unite every new candidate with the scenario’s present mask (official code).',
    default: false,
  }),
  gateScale: ablation.choice({
    label: 'Gate scale',
    help: 'Compare gates as they are, or times the number of experts they choose from.',
    options: ['none', 'layer'],
    default: 'none',
  }),
  search: ablation.choice({
    label: 'Search',
    help: 'Train each candidate (Algorithm 1), or keep the weights frozen and prune by gates alone (quick).',
    options: ['trained', 'frozen'],
    default: 'trained',
  }),
  heiBatchNorm: ablation.toggle({
    label: 'Batch norm in experts',
    help: 'Normalise inside the hierarchical experts too; the paper names MLP and ReLU only.',
    default: false,
  }),
} as const;

export type AreadSettings = SettingsOf<typeof areadFields>;

/** Experts by layer: N₁, doubling. */
export function expertCounts(settings: Pick<AreadSettings, 'numLayers' | 'firstExperts'>): number[] {
  return Array.from({ length: settings.numLayers }, (_, l) => settings.firstExperts * 2 ** l);
}

/** Hidden and output width of an expert, by number of layers, as the hyper-parameter study prints them. */
const WIDTHS: Readonly<Record<number, readonly (readonly [number, number])[]>> = {
  2: [
    [64, 32],
    [16, 8],
  ],
  3: [
    [64, 32],
    [32, 16],
    [16, 8],
  ],
  4: [
    [128, 64],
    [64, 32],
    [32, 16],
    [16, 8],
  ],
};

/** Two widths of each layer's experts; `headWidth` 16 gives the paper's. */
export function expertWidths(settings: Pick<AreadSettings, 'numLayers' | 'headWidth'>): [number, number][] {
  return WIDTHS[settings.numLayers]!.map(([hidden, output]) => [
    Math.max(1, Math.round((hidden * settings.headWidth) / 16)),
    Math.max(1, Math.round((output * settings.headWidth) / 16)),
  ]);
}

export const areadPresets = {
  // Where the paper is silent, the constants of its official code.
  paper: { embeddingDim: 32, dropout: 0.2 },
  browser: { warmup: 100, maskInterval: 300, numCandidates: 4 },
  tiny: {
    embeddingDim: 4,
    baseExperts: 2,
    baseHidden: [8, 6],
    towerHidden: [6],
    headWidth: 4,
    firstExperts: 2,
    dropout: 0.1,
    warmup: 3,
    maskInterval: 4,
    numCandidates: 2,
    trialSteps: 2,
    evalSteps: 1,
    pruneRate: 0.2,
    minorShare: 0.1,
  },
} as const satisfies Record<string, Partial<AreadSettings>>;

function variant(table: string, name: string, settings: AnySettings): Variant {
  return { table, name, settings };
}

/** Figures 6 and 7, and each point where the official code departs from the paper. */
export const areadVariants: readonly Variant[] = [
  variant('Figure 6', 'MMoE', { hei: false }),
  variant('Figure 6', '+HEI', { hemp: false }),
  variant('Figure 6', '+HEMP', { aug: false }),
  variant('Figure 6', 'AREAD', {}),
  ...[2, 3, 4].map((layers) => variant('Figure 7', `L=${layers}`, { numLayers: layers })),
  ...[1, 2, 3, 4].map((first) => variant('Figure 7', `N₁=${first}`, { firstExperts: first })),
  ...[0.001, 0.005, 0.01, 0.02].map((rate) => variant('Figure 7', `lr_u=${rate}`, { lrUpdate: rate })),
  ...[0.05, 0.1, 0.2, 0.3].map((ratio) => variant('Figure 7', `r_aug=${ratio}`, { rAug: ratio })),
  variant('Official code', 'gates by domain', { gate: 'domain' }),
  variant('Official code', 'bagging mean', { bagging: 'mean' }),
  variant('Official code', 'cross-network head', { officialHead: true }),
  variant('Official code', 'candidates united with mask', { initUnion: true }),
  variant('Ours', 'no annealing', { anneal: false }),
  variant('Ours', 'gates scaled by layer', { gateScale: 'layer' }),
  variant('Ours', 'frozen search', { search: 'frozen' }),
  variant('Ours', 'batch norm in experts', { heiBatchNorm: true }),
];
