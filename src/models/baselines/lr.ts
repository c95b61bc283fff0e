/** Logistic regression: a weight a value and one bias. A control: what a log tells without any interaction. */
import * as tf from '@tensorflow/tfjs-core';
import type { DataShape } from '../definition';
import { rowVectors } from '../probes';
import { hyper } from '../settings';
import { meanHistory, singleControls } from './common';
import { defineSingleScenario } from './defineSingleScenario';
import { fieldWeights, type LinearPass } from './linearPart';

/** The user's id and the item's: the field of each role with the most values, the first of equals. */
function idFields({ fields }: DataShape): readonly number[] {
  return (['user', 'item'] as const).flatMap((role) => {
    const sizes = fields.map((field) => (field.role === role ? field.size : 0));
    const most = Math.max(0, ...sizes);
    return most > 0 ? [sizes.indexOf(most)] : [];
  });
}

export const lr = defineSingleScenario({
  id: 'lr',
  title: 'LR',
  paper: null,
  summary: 'Logistic regression: a weight for each value and a bias, a control that every model should beat.',
  topics: ['gates', 'representation'],
  fields: {
    ...singleControls,
    history: meanHistory,
    fields: hyper.choice({
      label: 'Fields',
      help: 'Weights for the values of all fields, or for users and items alone.',
      options: ['all', 'ids'],
      optionLabels: { all: 'all fields', ids: 'user and item ids' },
      default: 'all',
    }),
  },
  presets: {
    paper: {},
    browser: {},
    tiny: { historyLength: 3 },
  },
  linearColumn: true,
  only: (shape, { fields }) => (fields === 'ids' ? idFields(shape) : undefined),
  network({ make, read, shape }) {
    const bias = make.outputBias('bias');
    return {
      apply({ linear }, inputs): LinearPass {
        return { logit: tf.add(tf.sum(linear, 1, true), bias.rows(inputs)), linear };
      },
      probes: [
        fieldWeights(shape, read),
        rowVectors<LinearPass>({
          name: 'weights',
          title: 'What each field adds',
          reading: 'A row’s weights, one a field: the logit is their sum and the bias.',
          equation: String.raw`(w_{x_1}, \ldots, w_{x_F}),\quad z = \textstyle\sum_f w_{x_f} + b`,
          vectors: (pass) => pass.linear,
        }),
      ],
    };
  },
});
