/** Settings of a training run that belong to no model; same schema language as the models'. */
import { hyper } from '../models/settings';
import type { SettingsOf } from '../models/settings';

export const trainingFields = {
  steps: hyper.int({
    label: 'Steps',
    help: 'Training steps at most.',
    default: 1000,
    min: 1,
    max: 1_000_000,
    scale: 'log',
  }),
  batch: hyper.int({
    label: 'Batch',
    help: 'Rows of one training step.',
    unit: 'rows',
    default: 1024,
    min: 8,
    max: 8192,
    scale: 'log',
  }),
  learningRate: hyper.real({
    label: 'Learning rate',
    help: 'Adam’s step size.',
    default: 1e-3,
    min: 1e-6,
    max: 0.1,
    scale: 'log',
  }),
  l2: hyper.real({
    label: 'L2',
    help: 'Weight of the squared norm of weights and of the batch’s embeddings.',
    default: 1e-5,
    min: 0,
    max: 0.1,
    scale: 'log',
  }),
  evaluateEvery: hyper.int({
    label: 'Evaluate every',
    help: 'Steps between evaluations; one more comes early, so that a curve begins soon.',
    unit: 'steps',
    default: 20,
    min: 1,
    max: 100_000,
    scale: 'log',
    advanced: true,
  }),
  evaluationRows: hyper.int({
    label: 'Evaluation rows',
    help: 'Rows of each scenario that a curve’s point is computed from (of more than six scenarios proportionally fewer); the final metrics use all of them.',
    unit: 'rows',
    default: 4000,
    min: 50,
    max: 1_000_000,
    scale: 'log',
    advanced: true,
  }),
  stopMetric: hyper.choice({
    label: 'Stop on',
    help: 'Stop when this validation metric has not improved for `patience` evaluations; its best weights are restored. domainAuc is smoothed over evaluations; noiseFreeAuc asks the simulator’s truth, which no study may.',
    options: ['none', 'domainAuc', 'auc', 'logLoss', 'noiseFreeAuc'],
    default: 'domainAuc',
    advanced: true,
  }),
  patience: hyper.int({
    label: 'Patience',
    help: 'Evaluations without improvement before stopping.',
    default: 20,
    min: 1,
    max: 10_000,
    advanced: true,
  }),
  split: hyper.choice({
    label: 'Split',
    help: 'How rows are divided: as the dataset says (simulated: 80/10/10 by time), or by time as M-scan (latest 40 % test) or AREAD (90/5/5) divide.',
    options: ['dataset', 'mscan', 'aread'],
    default: 'dataset',
    advanced: true,
  }),
} as const;

export type TrainingSettings = SettingsOf<typeof trainingFields>;
