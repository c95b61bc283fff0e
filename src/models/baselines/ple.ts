/**
 * Progressive Layered Extraction (Tang et al., RecSys 2020): experts of each scenario's own beside shared ones. One level is
 * the paper's CGC (Customized Gate Control).
 */
import type * as tf from '@tensorflow/tfjs-core';
import { createExtractionLevel, type Streams } from '../layers';
import { lastLayer, mixedExperts, numbered } from '../probes';
import { hyper } from '../settings';
import { clusterFields } from './clusters';
import { baselineFields, hidden } from './common';
import { defineBaseline } from './defineBaseline';
import { createScenarioTowers, gateProbe } from './scenarioTowers';

export const ple = defineBaseline({
  id: 'ple',
  title: 'PLE',
  paper: {
    title:
      'Progressive Layered Extraction (PLE): A Novel Multi-Task Learning Model for Personalized Recommendations',
    authors: 'Tang, Liu, Zhao, Gong',
    venue: 'RecSys',
    year: 2020,
    url: 'https://doi.org/10.1145/3383313.3412236',
  },
  family: 'multi-task',
  summary: 'Experts of each scenario’s own beside shared ones, in one level (CGC) or several.',
  topics: ['gates', 'representation'],
  fields: {
    ...baselineFields,
    ...clusterFields,
    levels: hyper.int({
      label: 'Levels',
      help: 'Extraction levels; 1 is CGC.',
      default: 1,
      min: 1,
      max: 3,
    }),
    specificExperts: hyper.int({
      label: 'Own experts',
      help: 'Experts of each scenario.',
      default: 1,
      min: 1,
      max: 8,
    }),
    sharedExperts: hyper.int({
      label: 'Shared experts',
      help: 'Experts that every scenario reads.',
      default: 2,
      min: 1,
      max: 16,
    }),
    expertHidden: hidden('Expert layers', 'Widths of each expert, in every level.', [256, 128]),
    towerHidden: hidden('Tower layers', 'Widths of each scenario’s tower.', [64]),
  },
  presets: {
    paper: { levels: 2, specificExperts: 2, sharedExperts: 2, expertHidden: [256, 128], towerHidden: [64] },
    browser: { batchNorm: 'off', expertHidden: [128, 64], towerHidden: [32] },
    tiny: {
      levels: 2,
      specificExperts: 1,
      sharedExperts: 1,
      expertHidden: [6],
      towerHidden: [4],
      embeddingDim: 4,
      historyLength: 3,
    },
  },
  network({ variables, input, shape, settings }) {
    const { scenarios } = shape;
    const { batchNorm, dropout, specificExperts: specific, sharedExperts: shared } = settings;
    let width = input;
    const levels = Array.from({ length: settings.levels }, (_, k) => {
      const level = createExtractionLevel(variables, `level.${k}`, {
        input: width,
        widths: settings.expertHidden,
        batchNorm,
        scenarios,
        dropout,
        specific,
        shared,
        last: k === settings.levels - 1,
      });
      width = level.outputWidth;
      return level;
    });
    const towers = createScenarioTowers(variables, shape, settings, width);
    return {
      apply(flat, inputs, mode) {
        let entry: tf.Tensor2D | Streams = flat;
        for (const level of levels.slice(0, -2)) entry = level.extract(entry, inputs, mode);
        const [last, before] = [levels.at(-1)!, levels.at(-2)];
        const streams = last.readsOwnStreams
          ? before?.extractOwn(entry, inputs, mode)
          : before?.extract(entry, inputs, mode);
        const { own, gate } = last.finish(streams ?? entry, inputs, mode);
        return { ...towers.apply(own, inputs, mode), gate, mixed: own };
      },
      probes: [
        gateProbe(shape, {
          title: 'How much each scenario uses its own and the shared experts',
          reading:
            'A row is a scenario’s mean gate in the last level over its own evaluation rows; it sums to 1.',
          equation: String.raw`w^k(x) = \mathrm{softmax}(W_g^k x), \quad S^k(x) = [E_{k,1}, \ldots, E_{s,1}, \ldots]`,
          experts: [...numbered('own', specific), ...numbered('shared', shared)],
        }),
        mixedExperts,
        lastLayer,
      ],
      outputs: ({ logit, gate }) => ({ logit, gate }),
    };
  },
});
