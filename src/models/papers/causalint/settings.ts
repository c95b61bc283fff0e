/** Settings of CausalInt, its presets, and the rows of the paper's ablation tables. */
import { commonFields } from '../../common';
import type { Variant } from '../../definition';
import { ablation, hyper, type SettingsOf } from '../../settings';

function lossWeight(label: string, help: string, paperName: string) {
  return hyper.real({ label, help, default: 1, min: 0, max: 10, step: 0.1, paper: '1', paperName });
}

export const fields = {
  ...commonFields,
  hidden: hyper.widths({
    label: 'Extractor widths',
    help: 'Hidden layers of both feature extractors; the last is the width M of the representations.',
    default: [256, 128, 64],
    min: 2,
    max: 1024,
    maxLayers: 5,
    paper: '256, 128, 64',
  }),
  towerHidden: hyper.widths({
    label: 'Tower widths',
    help: 'Hidden layers of each scenario’s tower where there is no TransNet.',
    default: [32],
    min: 2,
    max: 512,
    maxLayers: 4,
    paper: '–',
  }),
  transWidth: hyper.int({
    label: 'TransNet side',
    help: 'K: TransNet is a K × K matrix that each row’s scenarios vote for.',
    default: 16,
    min: 2,
    max: 64,
    paper: '–',
  }),
  peers: hyper.int({
    label: 'Experts asked',
    help: 'Of data with more than 64 scenarios: how many others’ experts vote on a row beside its own, those with most training rows. With 64 or fewer every scenario’s does, as printed (Eq 20), and with 0 always.',
    default: 8,
    before: 0,
    min: 0,
    max: 64,
    paper: 'all',
  }),
  leakySlope: hyper.real({
    label: 'Leaky slope',
    help: 'Slope of LeakyReLU below zero.',
    default: 0.2,
    min: 0,
    max: 0.3,
    step: 0.05,
    paper: '–',
    advanced: true,
  }),
  innerRate: hyper.real({
    label: 'Inner rate η',
    help: 'Length of the meta-learning step on the invariant representation. The step knows the label, so large values let the tower read it.',
    default: 1e-3,
    min: 0,
    max: 0.1,
    paper: '“learning rate”',
  }),
  weightInvar: lossWeight(
    'Weight of Loss₁',
    'Clicks from the invariant representation alone. With 0 the meta-learning step follows a classifier that its own task does not train.',
    'w/o invar (Table 5)',
  ),
  weightClassifier: lossWeight(
    'Weight of Loss₂',
    'The scenario from the scenario representation.',
    'w/o classifier (Table 5)',
  ),
  weightConcat: lossWeight('Weight of Loss₃', 'Clicks from both representations.', 'w/o concat (Table 5)'),
  weightScenario: lossWeight('Weight of Lossᵈ', 'Clicks from the scenario’s own tower.', 'Loss^d'),
  weightOrth: lossWeight(
    'Weight of orth',
    'Gradients of Loss₁ and Loss₂ by the embeddings, kept orthogonal.',
    'w/o orth (Table 5)',
  ),
  weightGramSchmidt: lossWeight(
    'Weight of OR',
    'Gradients of the scenarios’ losses by the invariant representation, kept orthogonal.',
    'Loss_orth^all',
  ),
  invar: ablation.toggle({
    label: 'Invariant representation',
    help: 'Decompose the embeddings into an invariant and a scenario representation by four tasks.',
    default: true,
    paperName: 'Do(Invar) (Table 4), SRM (Tables 5, 6)',
  }),
  gramSchmidt: ablation.toggle({
    label: 'Gram–Schmidt',
    help: 'Regularise the scenarios’ gradients towards an orthogonal basis.',
    default: true,
    paperName: 'OR (Table 6)',
  }),
  maml: ablation.toggle({
    label: 'Meta-learning step',
    help: 'Move the invariant representation one step along its own loss before the tower reads it (training only).',
    default: true,
    paperName: 'MAML (Table 6)',
  }),
  fusion: ablation.choice({
    label: 'Fusion',
    help: 'How the scenario’s information meets the invariant representation.',
    options: ['transnet', 'concat', 'mul', 'none'],
    optionLabels: {
      transnet: 'TransNet',
      concat: 'concatenation',
      mul: 'element-wise product',
      none: 'none (own tower only)',
    },
    default: 'transnet',
    paperName: 'Do(Trans) (Table 4), CausalInt-Con, CausalInt-Mul (Table 7)',
  }),
  fusionInput: ablation.choice({
    label: 'Fused information',
    help: 'What concatenation and product bring in: the scenario’s embedding, or the experts weighted by α as in TransNet.',
    options: ['embedding', 'experts'],
    default: 'embedding',
    advanced: true,
  }),
  gate: ablation.choice({
    label: 'Gate',
    help: 'Where the experts’ weights come from.',
    options: ['classifier', 'endToEnd'],
    optionLabels: { classifier: 'scenario classifier', endToEnd: 'trained from scratch' },
    default: 'classifier',
    paperName: 'CausalInt-Gate (Table 7)',
  }),
  gateStopGrad: ablation.toggle({
    label: 'Stop gradient at α',
    help: 'Keep the click loss from reaching the scenario classifier through the gate.',
    default: false,
    advanced: true,
  }),
  firstOrder: ablation.toggle({
    label: 'First-order step',
    help: 'Treat the gradient inside the meta-learning step as a constant.',
    default: false,
    advanced: true,
  }),
  orNorm: ablation.choice({
    label: 'OR measured by',
    help: 'Length of what Gram–Schmidt takes from each gradient, as Eq 13 prints (“L2_norm(g − b)”), or half its square, whose pull fades with the gradients.',
    options: ['l2', 'squared'],
    optionLabels: { l2: 'length', squared: 'half the square' },
    default: 'l2',
    before: 'squared',
    paper: 'L2_norm (Eq 13)',
    advanced: true,
  }),
  orOrder: ablation.choice({
    label: 'OR order',
    help: 'Which scenario’s gradient Gram–Schmidt keeps whole (“b¹ = ∇Loss¹”, Eq 12) and which lose most: by traffic, most first or least first, drawn anew every step, or as the dataset lists them. More than ten scenarios are always drawn.',
    options: ['traffic', 'reversed', 'random', 'dataset'],
    optionLabels: {
      traffic: 'most traffic first',
      reversed: 'least traffic first',
      random: 'drawn every step',
      dataset: 'as the dataset lists them',
    },
    default: 'traffic',
    before: 'dataset',
    paper: 'by number (Eq 12)',
    advanced: true,
  }),
  orthAt: ablation.choice({
    label: 'OR evaluated at',
    help: 'Where the scenarios’ gradients are taken: at X′, after the meta-learning step, where Lossᵈ is computed anyway, or at X_IR before it, as Eq 12 prints (“∇_X_IR Loss”).',
    options: ['xPrime', 'xIr'],
    default: 'xPrime',
    advanced: true,
  }),
  orthNorm: ablation.choice({
    label: 'OR on',
    help: 'Gradients as they are, or divided by their length, which makes the term comparable to the others.',
    options: ['raw', 'unit'],
    default: 'raw',
    advanced: true,
  }),
  orthLoss: ablation.choice({
    label: 'orth as',
    help: 'Square or absolute value of the cosine between the two gradients.',
    options: ['cos2', 'abs'],
    default: 'cos2',
    advanced: true,
  }),
  scenarioInput: ablation.choice({
    label: 'S is',
    help: 'Scenario-aware information: embeddings of the scenario’s fields, or the scenario representation.',
    options: ['embedding', 'xSr'],
    default: 'embedding',
    advanced: true,
  }),
  scenarioFieldInE: ablation.toggle({
    label: 'Scenario id in E',
    help: 'Let the common features x carry the scenario’s id. Without it (x is “common features used by multiple scenarios”, Sec. 3) α follows traffic; with it Loss₂ is trivial and α is the scenario’s own (“converge to the actual scenario”, 6.3.3).',
    default: false,
    advanced: true,
  }),
  transform: ablation.choice({
    label: 'W₂',
    help: 'The projection before TransNet: one per scenario, or shared.',
    options: ['perScenario', 'shared'],
    default: 'perScenario',
    advanced: true,
  }),
} as const;

export type CausalIntSettings = SettingsOf<typeof fields>;

export const presets = {
  paper: { embeddingDim: 20, innerRate: 1e-3, peers: 0 },
  browser: {},
  tiny: {
    embeddingDim: 4,
    hidden: [8, 6, 5],
    towerHidden: [6],
    transWidth: 3,
    dropout: 0,
  },
} as const;

const base = { invar: true, gramSchmidt: false, maml: false, fusion: 'concat' } as const;

/** Rows of Tables 4 to 7 under their printed names. The last row of Tables 4 and 7 is the model itself. */
export const variants: readonly Variant[] = [
  {
    name: 'Shared Bottom',
    table: 'Table 4',
    settings: { invar: false, gramSchmidt: false, maml: false, fusion: 'none' },
  },
  { name: '+Do(Invar)', table: 'Table 4', settings: base },
  { name: '+Do(De-Neg)', table: 'Table 4', settings: { fusion: 'concat' } },
  { name: '+Do(Trans)', table: 'Table 4', settings: {} },
  { name: 'w/o orth', table: 'Table 5', settings: { ...base, weightOrth: 0 } },
  { name: 'w/o invar', table: 'Table 5', settings: { ...base, weightInvar: 0 } },
  { name: 'w/o classifier', table: 'Table 5', settings: { ...base, weightClassifier: 0 } },
  { name: 'w/o concat', table: 'Table 5', settings: { ...base, weightConcat: 0 } },
  { name: 'SRM', table: 'Table 5', settings: base },
  { name: 'SRM', table: 'Table 6', settings: base },
  { name: 'SRM+OR', table: 'Table 6', settings: { ...base, gramSchmidt: true } },
  { name: 'SRM+OR+MAML', table: 'Table 6', settings: { ...base, gramSchmidt: true, maml: true } },
  { name: 'CausalInt-Gate', table: 'Table 7', settings: { gate: 'endToEnd' } },
  { name: 'CausalInt-Con', table: 'Table 7', settings: { fusion: 'concat', fusionInput: 'experts' } },
  { name: 'CausalInt-Mul', table: 'Table 7', settings: { fusion: 'mul', fusionInput: 'experts' } },
  { name: 'CausalInt', table: 'Table 7', settings: {} },
];
