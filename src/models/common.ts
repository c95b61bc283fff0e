/** Settings that every model shares, so that they carry one name and one meaning everywhere. */
import { hyper } from './settings';

export const commonFields = {
  embeddingDim: hyper.int({
    label: 'Embedding size',
    help: 'Width d of every field’s embedding.',
    default: 16,
    min: 2,
    max: 64,
    paper: '–',
  }),
  dropout: hyper.real({
    label: 'Dropout',
    help: 'Share of hidden units silenced in a training step.',
    default: 0.1,
    min: 0,
    max: 0.9,
    step: 0.05,
  }),
  batchNorm: hyper.choice({
    label: 'Batch norm',
    help: 'Normalise hidden units by statistics over the whole batch, per scenario, or not at all.',
    options: ['off', 'shared', 'domain'],
    default: 'shared',
    advanced: true,
  }),
  priorBias: hyper.choice({
    label: 'Prior bias',
    help: 'Start the output at the training click rate, so that the first steps are not spent finding it.',
    options: ['on', 'off'],
    default: 'on',
    advanced: true,
  }),
} as const;
