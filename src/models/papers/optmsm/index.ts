/** OptMSM: Optimizing Multi-Scenario Modeling for Click-Through Rate Prediction (ECML PKDD 2023). */
import { defineModel } from '../../definition';
import { standard } from '../../procedureChoice';
import { graph } from './graph';
import { buildOptMsm } from './model';
import { fields, presets, variants } from './settings';

export const optmsm = defineModel({
  id: 'optmsm',
  title: 'OptMSM',
  paper: {
    title: 'OptMSM: Optimizing Multi-Scenario Modeling for Click-Through Rate Prediction',
    authors: 'Xing Tang, Yang Qiao, Yuwen Fu, Fuyuan Lyu, Dugang Liu, Xiuqiang He',
    venue: 'ECML PKDD',
    year: 2023,
    url: 'https://arxiv.org/abs/2306.13382',
  },
  family: 'paper',
  summary:
    'Splits features into shared and scenario-specific ones, keeps a row’s representations in different scenarios orthogonal, and lets scenario priors scale every layer of the predictor.',
  topics: ['gates', 'representation'],
  fields,
  presets,
  presetTraining: { paper: { batch: 2048 } },
  variants,
  graph,
  needs: ({ history, historyLength }) =>
    history === 'mean'
      ? { history: { length: historyLength, scenario: false }, ownHistory: { length: historyLength } }
      : {},
  procedure: () => standard,
  build: buildOptMsm,
});
