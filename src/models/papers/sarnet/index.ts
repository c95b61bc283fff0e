/** SAR-Net: A Scenario-Aware Ranking Network for Personalized Fair Recommendation in Hundreds of Travel Scenarios (CIKM 2021). */
import { defineModel } from '../../definition';
import { readsScenarios } from './attention';
import { graph } from './graph';
import { buildSarNet } from './model';
import { fields, presets, sarnetTraining, variants } from './settings';

export const sarnet = defineModel({
  id: 'sarnet',
  title: 'SAR-Net',
  paper: {
    title:
      'SAR-Net: A Scenario-Aware Ranking Network for Personalized Fair Recommendation in Hundreds of Travel Scenarios',
    authors: 'Qijie Shen, Wanjie Tao, Jing Zhang, Hong Wen, Zulong Chen, Quan Lu',
    venue: 'CIKM',
    year: 2021,
    url: 'https://doi.org/10.1145/3459637.3481948',
  },
  family: 'paper',
  summary:
    'Reads behaviours by item and by scenario, and weighs rows and experts by how fairly items were exposed.',
  topics: ['gates', 'fairness', 'attention', 'representation'],
  fields,
  presets,
  presetTraining: { paper: { batch: 2048, learningRate: 1e-3 } },
  variants,
  graph,
  needs: (settings) => ({
    history: { length: settings.historyLength, scenario: readsScenarios(settings.attention) },
    extra: ['fairness'],
  }),
  procedure: sarnetTraining.choose,
  build: buildSarNet,
});
