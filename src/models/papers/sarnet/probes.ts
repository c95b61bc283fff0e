/** What SAR-Net shows: its experts' gates, whose behaviours it reads, its transform, and how bias nets answer fairness. */
import * as tf from '@tensorflow/tfjs-core';
import { matMul } from '../../../engine';
import { sumByScenario } from '../../clickModel';
import type { DataShape, Inputs, Output, ProbeAxis, ProbeSpec, ProbeTensor } from '../../definition';
import { rowVectors } from '../../representation';
import { biasCurves, COEFFICIENTS } from './biasCurves';
import type { Transform } from './transform';

/** What is shown of a group's fairness coefficients: their mean, and the values below which these parts of them lie. */
const COEFFICIENT_SUMMARY = ['mean', 'tenth', 'quarter', 'half', 'three quarters', 'nine tenths'];

/** Edges between ranges of coefficients, for the histogram; a coefficient on an edge counts above it. */
const COEFFICIENT_RANGES = [
  'below 0.5',
  '0.5 to 0.8',
  '0.8 to 0.9',
  '0.9 to 1',
  '1 to 1.1',
  '1.1 to 1.25',
  '1.25 to 2',
  '2 and more',
] as const;

export interface ProbeOptions {
  readonly own: number;
  readonly shared: number;
  readonly historyLength: number;
  readonly transform: boolean;
  readonly biasNet: boolean;
  /** What the units of the gathered vector belong to, in their order. */
  readonly vectorFields: readonly string[];
}

export function probeSpecs(
  shape: DataShape,
  { own, shared, historyLength, transform, biasNet, vectorFields }: ProbeOptions,
): ProbeSpec[] {
  const scenario = { name: 'scenario', labels: shape.scenarioIds } as const;
  const numbered = (one: string, count: number) => Array.from({ length: count }, (_, k) => `${one} ${k + 1}`);
  return [
    {
      name: 'gates',
      topic: 'gates',
      title: 'How much each scenario uses its own and the shared experts',
      reading: 'A row is a scenario’s mean gate over its own evaluation rows; it sums to 1.',
      equation: 'y^k(x) = w^k(x)\\, S^k(x) \\quad (10)',
      axes: [scenario, { name: 'expert', labels: [...numbered('own', own), ...numbered('shared', shared)] }],
      scale: 'share',
    },
    {
      name: 'attention',
      topic: 'attention',
      title: 'Where the attention of a scenario goes',
      reading:
        'A row is the current scenario, a column the scenario in which a behaviour happened; each cell is its share of the attention.',
      equation: '\\alpha^i_k \\, \\alpha^s_k \\quad (5\\text{–}7)',
      axes: [scenario, { name: 'otherScenario', labels: shape.scenarioIds }],
      scale: 'share',
    },
    {
      name: 'attentionPosition',
      topic: 'attention',
      title: 'Attention by place in the history',
      reading:
        'A column is a place in the history, oldest first; each cell is the share of the attention there.',
      equation: '\\alpha^i_k \\, \\alpha^s_k \\quad (5\\text{–}7)',
      axes: [
        scenario,
        { name: 'position', labels: numbered('', historyLength).map((label) => label.trim()) },
      ],
      scale: 'share',
    },
    {
      name: 'fairness',
      topic: 'fairness',
      title: 'Fairness coefficients of intervened and other rows',
      reading:
        'Below 1, an item was shown more than its predictions earn in its scenario; a promotion should push intervened rows down.',
      equation: 'w^{i,s} = \\frac{F(i,s) / \\sum_i F(i,s)}{PV(i,s) / \\sum_i PV(i,s)} \\quad (1)',
      axes: [
        { name: 'item', labels: ['intervened', 'other', 'all'] },
        { name: 'bin', labels: COEFFICIENT_SUMMARY },
      ],
      source: 'procedure',
      scale: 'value',
      quantity: 'coefficient',
    },
    {
      name: 'fairnessByScenario',
      topic: 'fairness',
      title: 'Fairness coefficients by scenario',
      reading:
        'Mean and quantiles of the coefficients of a scenario’s training rows; the mean is near 1 by construction.',
      equation: 'w^{i,s} \\quad (1)',
      axes: [scenario, { name: 'bin', labels: COEFFICIENT_SUMMARY }],
      source: 'procedure',
      scale: 'value',
      quantity: 'coefficient',
    },
    {
      name: 'fairnessRecovery',
      topic: 'fairness',
      title: 'How well low coefficients tell intervened rows',
      reading:
        'AUC of finding truly intervened rows by a low coefficient; 0.5 is chance. Known for simulated data only.',
      equation: '\\mathrm{AUC}(-w^{i,s}, \\text{intervened})',
      axes: [{ name: 'bin', labels: ['AUC'] }],
      source: 'procedure',
      scale: 'probability',
    },
    {
      name: 'fairnessHistogram',
      topic: 'fairness',
      title: 'Training rows by their coefficient',
      reading: 'Share of each kind of rows in each range of coefficients; at 1 an item is shown as it earns.',
      equation: 'w^{i,s} \\quad (1)',
      axes: [
        { name: 'item', labels: ['intervened', 'other', 'all'] },
        { name: 'bin', labels: [...COEFFICIENT_RANGES] },
      ],
      source: 'procedure',
      scale: 'share',
    },
    {
      name: 'fairnessDrift',
      topic: 'fairness',
      title: 'How much a refresh moves the coefficients',
      reading:
        'Mean absolute change of log coefficients since the refresh before, by scenario; near 0 the table has settled. Undefined at the first refresh.',
      equation: '\\mathrm{mean}_{d_{\\cdot,s}} |\\log w^{i,s}_{t} - \\log w^{i,s}_{t-1}|',
      axes: [scenario],
      source: 'procedure',
      scale: 'value',
      quantity: 'change',
    },
    {
      name: 'exposure',
      topic: 'fairness',
      title: 'What is shown, and what predictions say it earns, by category',
      reading:
        'Each row sums to 1: the categories’ shares of the training rows, and of the predictions summed over them.',
      equation: 'PV(i,s),\\; F(i,s) \\quad (1)',
      axes: [{ name: 'bin', labels: ['shown', 'predicted to earn'] }, { name: 'unit' }],
      source: 'procedure',
      scale: 'share',
    },
    ...(biasNet ? biasSpecs(shape, own, shared) : []),
    ...(transform ? transformSpecs(scenario, vectorFields) : []),
    ...(transform
      ? [
          rowVectors({
            name: 'transformed',
            title: 'Vector of a row after its scenario’s transform',
            reading:
              'What the experts read: each scenario scales and shifts the gathered vector in its own way.',
            equation: "v' = v \\odot \\beta^s + \\gamma^s \\quad (8)",
          }),
        ]
      : []),
    rowVectors({
      name: 'gathered',
      title: transform ? 'Vector of a row before the transform' : 'Vector that the experts read',
      reading:
        'Attended behaviours beside the row’s fields, before any part of the network is a scenario’s own.',
      equation: 'v = [v_{cb}, e_u, e_i, e_s] \\quad (7)',
    }),
  ];
}

function biasSpecs(shape: DataShape, own: number, shared: number): ProbeSpec[] {
  const coefficients = { name: 'bin', labels: COEFFICIENTS.map((value) => `${value}`) } as const;
  const experts = [
    ...Array.from({ length: shared }, (_, k) => `shared ${k + 1}`),
    ...shape.scenarioIds.flatMap((id) => Array.from({ length: own }, (_, k) => `own ${k + 1} of ${id}`)),
  ];
  return [
    {
      name: 'biasByScenario',
      topic: 'fairness',
      title: 'What bias nets make of a coefficient, by scenario',
      reading:
        'The bias nets’ factors mixed by each scenario’s mean gate: how far training lowers the prediction of a row with that coefficient. Inference has no bias nets.',
      equation: '\\sum_e w^k_e\\, \\sigma(u_e(w_{fairness})) \\quad (10)',
      axes: [{ name: 'scenario', labels: shape.scenarioIds }, coefficients],
      scale: 'probability',
      quantity: 'factor',
    },
    {
      name: 'biasByExpert',
      topic: 'fairness',
      title: 'What each expert’s bias net makes of a coefficient',
      reading:
        'A row is an expert’s bias net, a column a fairness coefficient; a flat row has learnt nothing of intervention.',
      equation: '\\sigma(u_e(w_{fairness}))',
      axes: [{ name: 'expert', labels: experts }, coefficients],
      scale: 'probability',
      quantity: 'factor',
    },
  ];
}

function transformSpecs(scenario: ProbeAxis, vectorFields: readonly string[]): ProbeSpec[] {
  const axes = [scenario, { name: 'field', labels: vectorFields }] as const;
  return [
    {
      name: 'transformScale',
      topic: 'gates',
      title: 'How each scenario scales what it reads',
      reading:
        'Root mean square of β over a field’s units, less 1: above 0 the scenario turns the field up, below 0 down.',
      equation: "v' = v \\odot \\beta^s + \\gamma^s \\quad (8)",
      axes,
      scale: 'signed',
      quantity: 'scale',
    },
    {
      name: 'transformShift',
      topic: 'gates',
      title: 'How each scenario shifts what it reads',
      reading: 'Root mean square of γ over a field’s units; 0 leaves the field where it is.',
      equation: "v' = v \\odot \\beta^s + \\gamma^s \\quad (8)",
      axes,
      scale: 'value',
      quantity: 'shift',
    },
  ];
}

/** Parts of the model that pictures look into; null where a switch has removed them. */
export interface Parts {
  readonly transform: Transform | null;
  /** Units of an embedding. */
  readonly dim: number;
  /** `[N, coefficients, m_k + m_s]` */
  readonly biasFactors: ((inputs: Inputs) => tf.Tensor3D) | null;
  readonly own: number;
}

/** Attention is shown as shares: the weights of a row divided by their sum; rows without behaviours do not count. */
export function probeSums(
  output: Output,
  inputs: Inputs,
  scenarios: number,
  { transform, dim, biasFactors, own }: Parts,
): Record<string, ProbeTensor> {
  const history = inputs.history!;
  const weight = output.behaviourWeight as tf.Tensor2D;
  const present = tf.minimum(tf.sum(history.mask, 1, true), 1);
  const share: tf.Tensor2D = tf.div(weight, tf.add(tf.sum(weight, 1, true), tf.sub(1, present)));
  const rows: tf.Tensor2D = tf.transpose(tf.mul(tf.mul(inputs.scenarioOneHot, inputs.weight), present));
  const count = tf.sum(rows, 1);
  const happened = tf.cast(tf.oneHot(tf.cast(history.scenarioIndex, 'int32'), scenarios), 'float32');
  const byScenario: tf.Tensor2D = tf.sum(tf.mul(happened, tf.expandDims(share, 2)), 1);
  const gates = sumByScenario(output.gate as tf.Tensor2D, inputs);
  const gains = transform?.gains(dim);
  return {
    ...(biasFactors && biasCurves(biasFactors(inputs), own, gates)),
    ...(gains && {
      transformScale: { sum: gains.scale, count: tf.scalar(1) },
      transformShift: { sum: gains.shift, count: tf.scalar(1) },
    }),
    gates,
    attention: { sum: matMul(rows, byScenario), count },
    attentionPosition: { sum: matMul(rows, share), count },
  };
}
