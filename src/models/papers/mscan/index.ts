/** M-scan: A Multi-Scenario Causal-driven Adaptive Network for Recommendation (WWW 2024). */
import { defineModel } from '../../definition';
import { standard } from '../../procedureChoice';
import { graph } from './graph';
import { buildMscan } from './model';
import { fields, presets, variants } from './settings';

export const mscan = defineModel({
  id: 'mscan',
  title: 'M-scan',
  paper: {
    title: 'M-scan: A Multi-Scenario Causal-driven Adaptive Network for Recommendation',
    authors: 'Jiachen Zhu, Yichao Wang, Jianghao Lin, Jiarui Qin, Ruiming Tang, Weinan Zhang, Yong Yu',
    venue: 'WWW',
    year: 2024,
    url: 'https://doi.org/10.1145/3589334.3645635',
  },
  family: 'paper',
  summary:
    'Weighs behaviours of other scenarios by how they fit the current one, and removes the scenario’s direct effect.',
  topics: ['counterfactual', 'attention', 'representation'],
  fields,
  presets,
  variants,
  graph,
  needs: (settings) => ({
    history: { length: settings.historyLength, scenario: settings.historyScenarioEmbedding },
    ownHistory: { length: settings.ownHistoryLength },
  }),
  procedure: () => standard,
  build: buildMscan,
});
