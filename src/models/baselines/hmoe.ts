/**
 * HMoE (Li et al., CIKM 2020): MMoE in the feature space, and in the label space a second mixture: what the networks of the
 * other scenarios predict for the row is weighed beside its own scenario's prediction. No gradient of it reaches their networks.
 */
import * as tf from '@tensorflow/tfjs-core';
import { mixExpertsMultiGate, mixExpertsStacked, sigmoid, softmaxLast, stopGradient } from '../../engine';
import type { DataShape, Pass, Probe } from '../definition';
import {
  askLinear,
  askScenarios,
  askStack,
  createOwnLinear,
  createScenarioGate,
  createStackedMlp,
  priorBiases,
  type AskedRows,
  type AskedScenarios,
} from '../layers';
import { lastLayer, mixedExperts, numbered, otherScenarioAxis, scenarioAxis, sumByScenario } from '../probes';
import { ablation, hyper } from '../settings';
import { clusterFields } from './clusters';
import { baselineFields, hidden, peers } from './common';
import { defineBaseline } from './defineBaseline';
import { gateProbe } from './scenarioTowers';

interface HmoePass extends Pass {
  /** The row's own gate over experts `[B, E]`. */
  readonly gate: tf.Tensor2D;
  /** Experts as the row's own scenario mixes them `[B, w]`. */
  readonly mixed: tf.Tensor2D;
  /** Of the row's own scenario's tower `[B, w]`. */
  readonly lastLayer: tf.Tensor2D;
  /** β, weights of the slots' predictions `[B, S]`. */
  readonly relation: tf.Tensor2D;
  /** Each slot's click probability `[B, S]`. */
  readonly votes: tf.Tensor2D;
}

/** `Σ_j relation[:, j] p_j` as a logit: both p and 1 - p are summed, so neither is lost by rounding near 1. */
function mixedLogit(relation: tf.Tensor2D, logits: tf.Tensor2D): tf.Tensor2D {
  const clicked = tf.sum(tf.mul(relation, sigmoid(logits)), 1, true);
  const not = tf.sum(tf.mul(relation, sigmoid(tf.neg(logits))), 1, true);
  return tf.sub(tf.log(clicked), tf.log(not));
}

/** The same values; a gradient reaches the row's own scenario's alone. */
function ownGradient(logits: tf.Tensor2D, { own }: AskedRows): tf.Tensor2D {
  return tf.add(tf.mul(logits, own), tf.mul(stopGradient(logits), tf.sub(1, own)));
}

/** A row's mean weight and prediction of each slot, by the row's scenario: `relation` and `predictions` `[N, S]`. */
function labelProbes(shape: DataShape, { labels, pool }: AskedScenarios): readonly Probe<HmoePass>[] {
  const axes = [scenarioAxis(shape), otherScenarioAxis(shape, labels)] as const;
  const ending = pool ? ' The last column is the row’s own scenario.' : '';
  return [
    {
      name: 'relation',
      topic: 'gates',
      title: 'How much each scenario trusts the others’ predictions',
      reading: `A row is a scenario’s mean weights over its own evaluation rows; it sums to 1.${ending}`,
      equation: String.raw`\beta^s(x) = \mathrm{softmax}(V_s^\top x + c_s), \quad \hat y = \textstyle\sum_j \beta^s_j\, \hat y_j`,
      axes,
      scale: 'share',
      compute: ({ relation }, inputs) => sumByScenario(relation, inputs),
    },
    {
      name: 'predictions',
      topic: 'gates',
      title: 'What each scenario’s network predicts for the others’ rows',
      reading: `A row is a scenario whose evaluation rows are scored, a column the network that scores them: its mean click probability.${ending}`,
      equation: String.raw`\hat y_j(x) = \sigma(h_j(x))`,
      axes,
      scale: 'probability',
      compute: ({ votes }, inputs) => sumByScenario(votes, inputs),
    },
  ];
}

const { embeddingDim, scenarioField, dropout, priorBias, history, historyLength } = baselineFields;

export const hmoe = defineBaseline({
  id: 'hmoe',
  title: 'HMoE',
  paper: {
    title:
      'Improving Multi-Scenario Learning to Rank in E-commerce by Exploiting Task Relationships in the Label Space',
    authors: 'Li, Li, Da, Zeng, Zhang',
    venue: 'CIKM',
    year: 2020,
    url: 'https://doi.org/10.1145/3340531.3412713',
  },
  family: 'multi-scenario',
  summary:
    'MMoE whose scenarios’ predictions for a row are mixed once more, each scenario weighing the others’.',
  topics: ['gates', 'representation'],
  fields: {
    ...{ embeddingDim, scenarioField, dropout, priorBias, history, historyLength },
    ...clusterFields,
    numExperts: hyper.int({ label: 'Experts', help: 'Number of experts E.', default: 4, min: 1, max: 32 }),
    expertHidden: hidden('Expert layers', 'Widths of each expert.', [256, 128]),
    towerHidden: hidden('Tower layers', 'Widths of each scenario’s tower.', [64]),
    peers,
    labelSpace: ablation.toggle({
      label: 'Label space',
      help: 'Weigh the predictions of other scenarios’ networks beside the own one’s; off, this is MMoE.',
      default: true,
      paperName: 'explicit mixture in the label space',
    }),
    taskConstrained: ablation.toggle({
      label: 'Task-constrained gradient',
      help: 'A row trains its own scenario’s network alone, not those whose predictions it borrows.',
      default: true,
      paperName: 'task-constrained back-propagation',
    }),
  },
  presets: {
    paper: { numExperts: 8, peers: 64 },
    browser: { numExperts: 8, expertHidden: [128], towerHidden: [32], peers: 3 },
    tiny: {
      numExperts: 2,
      expertHidden: [8],
      towerHidden: [4],
      embeddingDim: 4,
      historyLength: 3,
      peers: 3,
    },
  },
  network({ variables, input, shape, settings }) {
    const { scenarios } = shape;
    const { numExperts, labelSpace } = settings;
    const asking = askScenarios(shape, settings.peers);
    const plain = { batchNorm: 'off', scenarios, dropout: settings.dropout } as const;
    const experts = createStackedMlp(variables, 'expert', {
      ...plain,
      stack: numExperts,
      input,
      widths: settings.expertHidden,
    });
    const gate = createOwnLinear(variables, 'gate', scenarios, { input, output: numExperts });
    const tower = createStackedMlp(variables, 'tower', {
      ...plain,
      stack: scenarios,
      input: experts.outputWidth,
      widths: settings.towerHidden,
    });
    const output = createOwnLinear(variables, 'output', scenarios, {
      input: tower.outputWidth,
      output: 1,
      bias: priorBiases(shape, settings.priorBias),
    });
    const relation = labelSpace
      ? createScenarioGate(variables, 'relation', scenarios, input, asking.slots)
      : null;
    /** With no label space a row asks its own scenario alone. */
    const alone = ({ scenarioOneHot }: { readonly scenarioOneHot: tf.Tensor2D }): AskedRows => {
      const own = tf.ones<tf.Rank.R2>([scenarioOneHot.shape[0], 1]);
      return { own, others: tf.zerosLike(own), present: own, route: scenarioOneHot, routeTo: () => null };
    };
    return {
      apply(flat, inputs, mode) {
        const asked = relation ? asking.rows(inputs) : alone(inputs);
        const { own, present } = asked;
        const gates = softmaxLast(askLinear(gate, flat, asked));
        const byRow = tf.transpose<tf.Tensor3D>(gates, [1, 0, 2]);
        const mixed = mixExpertsMultiGate(experts.apply(flat, inputs, mode), byRow);
        const h = askStack(tower, mixed, asked, inputs, mode);
        const logits = tf.transpose<tf.Tensor2D>(tf.reshape(askLinear(output, h, asked), [-1, inputs.batch]));
        const weights = relation ? relation.own(flat, inputs.scenarioOneHot, present) : own;
        const borrowed = settings.taskConstrained ? ownGradient(logits, asked) : logits;
        return {
          logit: relation ? mixedLogit(weights, borrowed) : logits,
          gate: mixExpertsStacked(gates, own),
          mixed: mixExpertsStacked(mixed, own),
          lastLayer: mixExpertsStacked(h, own),
          relation: weights,
          votes: sigmoid(logits),
        };
      },
      probes: [
        gateProbe(shape, {
          title: 'How much each scenario uses each expert',
          reading: 'A row is a scenario’s mean gate over its own evaluation rows; it sums to 1.',
          equation: String.raw`g^n(x) = \mathrm{softmax}(W_n^\top x + b_n)`,
          experts: numbered('expert', numExperts),
        }),
        ...(labelSpace ? labelProbes(shape, asking) : []),
        mixedExperts,
        lastLayer,
      ],
      outputs: ({ logit, gate: weights, relation: beta, votes }) => ({
        logit,
        gate: weights,
        ...(labelSpace && { relation: beta, votes }),
      }),
    };
  },
});
