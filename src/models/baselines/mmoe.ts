/** Multi-gate Mixture-of-Experts (Ma et al., KDD 2018), a scenario in the place of a task. */
import { mixExpertsStacked } from '../../engine';
import { createScenarioGate, createStackedMlp } from '../layers';
import { lastLayer, mixedExperts, numbered } from '../probes';
import { hyper } from '../settings';
import { clusterFields } from './clusters';
import { baselineFields, hidden } from './common';
import { defineBaseline } from './defineBaseline';
import { createScenarioTowers, gateProbe } from './scenarioTowers';

export const mmoe = defineBaseline({
  id: 'mmoe',
  title: 'MMoE',
  paper: {
    title: 'Modeling Task Relationships in Multi-task Learning with Multi-gate Mixture-of-Experts',
    authors: 'Ma, Zhao, Yi, Chen, Hong, Chi',
    venue: 'KDD',
    year: 2018,
    url: 'https://doi.org/10.1145/3219819.3220007',
  },
  family: 'multi-task',
  summary: 'Experts that all scenarios share; each scenario mixes them by its own gate, then its own tower.',
  topics: ['gates', 'representation'],
  fields: {
    ...baselineFields,
    ...clusterFields,
    numExperts: hyper.int({ label: 'Experts', help: 'Number of experts E.', default: 4, min: 1, max: 32 }),
    expertHidden: hidden('Expert layers', 'Widths of each expert.', [256, 128]),
    towerHidden: hidden('Tower layers', 'Widths of each scenario’s tower.', [64]),
  },
  presets: {
    paper: { numExperts: 8, expertHidden: [256, 128], towerHidden: [64] },
    browser: { batchNorm: 'off', numExperts: 8, expertHidden: [128], towerHidden: [32] },
    tiny: { numExperts: 2, expertHidden: [8], towerHidden: [4], embeddingDim: 4, historyLength: 3 },
  },
  network({ variables, input, shape, settings }) {
    const { scenarios } = shape;
    const { batchNorm, dropout, numExperts } = settings;
    const experts = createStackedMlp(variables, 'expert', {
      stack: numExperts,
      input,
      widths: settings.expertHidden,
      batchNorm,
      scenarios,
      dropout,
    });
    const gate = createScenarioGate(variables, 'gate', scenarios, input, numExperts);
    const towers = createScenarioTowers(variables, shape, settings, experts.outputWidth);
    return {
      apply(flat, inputs, mode) {
        const weights = gate.own(flat, inputs.scenarioOneHot);
        const mixed = mixExpertsStacked(experts.apply(flat, inputs, mode), weights);
        return { ...towers.apply(mixed, inputs, mode), gate: weights, mixed };
      },
      probes: [
        gateProbe(shape, {
          title: 'How much each scenario uses each expert',
          reading: 'A row is a scenario’s mean gate over its own evaluation rows; it sums to 1.',
          equation: String.raw`g^n(x) = \mathrm{softmax}(W_n^\top x + b_n)`,
          experts: numbered('expert', numExperts),
        }),
        mixedExperts,
        lastLayer,
      ],
      outputs: ({ logit, gate: weights }) => ({ logit, gate: weights }),
    };
  },
});
