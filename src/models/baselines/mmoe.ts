/** Multi-gate Mixture-of-Experts (Ma et al., KDD 2018), a scenario in the place of a task. */
import type * as tf from '@tensorflow/tfjs-core';
import { mixExpertsStacked } from '../../engine';
import { clickModel, sumByScenario } from '../clickModel';
import { collect } from '../collect';
import { defineModel } from '../definition';
import { createScenarioGate, createStackedMlp, flatInputs, flatWidth } from '../layers';
import { hyper } from '../settings';
import { lastLayer, mixedExperts } from '../representation';
import { baselineFields, baselineNeeds, hidden, numbered, scenarioAxis } from './common';
import { createScenarioTowers } from './scenarioTowers';

export const mmoe = defineModel({
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
  fields: {
    ...baselineFields,
    numExperts: hyper.int({ label: 'Experts', help: 'Number of experts E.', default: 4, min: 1, max: 32 }),
    expertHidden: hidden('Expert layers', 'Widths of each expert.', [256, 128]),
    towerHidden: hidden('Tower layers', 'Widths of each scenario’s tower.', [64]),
  },
  presets: {
    paper: { numExperts: 8, expertHidden: [256, 128], towerHidden: [64] },
    browser: { batchNorm: 'off', numExperts: 8, expertHidden: [128], towerHidden: [32] },
    tiny: { numExperts: 2, expertHidden: [8], towerHidden: [4], embeddingDim: 4, historyLength: 3 },
  },
  variants: [],
  graph: null,
  needs: baselineNeeds,
  procedure: () => 'standard',
  build(shape, settings, variables) {
    const collected = collect(variables);
    const table = collected.table(shape.vocabularySize, settings.embeddingDim);
    const { scenarios } = shape;
    const { batchNorm, dropout, numExperts } = settings;
    const input = flatWidth(shape, settings.embeddingDim, settings.history);
    const experts = createStackedMlp(collected, 'expert', {
      stack: numExperts,
      input,
      widths: settings.expertHidden,
      batchNorm,
      scenarios,
      dropout,
    });
    const gate = createScenarioGate(collected, 'gate', scenarios, input, numExperts);
    const towers = createScenarioTowers(collected, shape, settings, experts.outputWidth);
    return clickModel({
      table,
      collected,
      forward(inputs, mode) {
        const flat = flatInputs(inputs, settings.history);
        const weights = gate.own(flat, inputs.scenarioOneHot);
        const mixed = mixExpertsStacked(experts.apply(flat, inputs, mode), weights);
        return { ...towers.apply(mixed, inputs, mode), gate: weights, mixed };
      },
      probes: [
        {
          name: 'gates',
          topic: 'gates',
          title: 'How much each scenario uses each expert',
          reading: 'A row is a scenario’s mean gate over its own evaluation rows; it sums to 1.',
          equation: 'g^n(x) = \\mathrm{softmax}(W_n^\\top x + b_n)',
          axes: [scenarioAxis(shape), { name: 'expert', labels: numbered('expert', numExperts) }],
          scale: 'share',
        },
        mixedExperts,
        lastLayer,
      ],
      probe: (out, inputs) => ({ gates: sumByScenario(out['gate'] as tf.Tensor2D, inputs) }),
      represent: (out) => ({ mixed: out['mixed']!, lastLayer: out['lastLayer']! }),
    });
  },
});
