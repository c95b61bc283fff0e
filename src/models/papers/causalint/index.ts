/** CausalInt: Causal Inspired Intervention for Multi-Scenario Recommendation (KDD 2022). */
import { defineModel } from '../../definition';
import { standard } from '../../procedureChoice';
import { graph } from './graph';
import { buildCausalInt } from './model';
import { fields, presets, variants } from './settings';

export const causalint = defineModel({
  id: 'causalint',
  title: 'CausalInt',
  paper: {
    title: 'CausalInt: Causal Inspired Intervention for Multi-Scenario Recommendation',
    authors:
      'Yichao Wang, Huifeng Guo, Bo Chen, Weiwen Liu, Zhirong Liu, Qi Zhang, Zhicheng He, Hongkun Zhen, Weiwei Yao, Muyu Zhang, Zhenhua Dong, Ruiming Tang',
    venue: 'KDD',
    year: 2022,
    url: 'https://doi.org/10.1145/3534678.3539221',
  },
  family: 'paper',
  summary:
    'Squeezes the scenario out of a shared representation, keeps scenarios’ gradients from conflicting, and lets every scenario’s expert vote on what a click would be elsewhere.',
  topics: ['gates', 'counterfactual', 'conflict', 'representation'],
  fields,
  presets,
  presetTraining: { paper: { batch: 6000, learningRate: 1e-3 } },
  variants,
  graph,
  needs: () => ({}),
  procedure: () => standard,
  build: buildCausalInt,
});
