/** What SAR-Net shows: its experts' gates, whose behaviours it reads, its transform, and how bias nets answer fairness. */
import * as tf from '@tensorflow/tfjs-core';
import { matMul } from '../../../engine';
import { sumByScenario } from '../../clickModel';
import type { DataShape, Inputs, Output, ProbeSpec, ProbeTensor } from '../../definition';
import { rowVectors } from '../../representation';

/** What is shown of a group's fairness coefficients: their mean, and the values below which these parts of them lie. */
const COEFFICIENT_SUMMARY = ['mean', 'tenth', 'quarter', 'half', 'three quarters', 'nine tenths'];

export interface ProbeOptions {
  readonly own: number;
  readonly shared: number;
  readonly historyLength: number;
  readonly transform: boolean;
}

export function probeSpecs(
  shape: DataShape,
  { own, shared, historyLength, transform }: ProbeOptions,
): ProbeSpec[] {
  const scenario = { name: 'scenario', labels: shape.scenarioIds } as const;
  const numbered = (one: string, count: number) => Array.from({ length: count }, (_, k) => `${one} ${k + 1}`);
  return [
    {
      name: 'gates',
      tab: 'gates',
      title: 'How much each scenario uses its own and the shared experts',
      reading: 'A row is a scenario’s mean gate over its own evaluation rows; it sums to 1.',
      equation: 'y^k(x) = w^k(x)\\, S^k(x) \\quad (10)',
      axes: [scenario, { name: 'expert', labels: [...numbered('own', own), ...numbered('shared', shared)] }],
      scale: 'share',
    },
    {
      name: 'attention',
      tab: 'attention',
      title: 'Where the attention of a scenario goes',
      reading:
        'A row is the current scenario, a column the scenario in which a behaviour happened; each cell is its share of the attention.',
      equation: '\\alpha^i_k \\, \\alpha^s_k \\quad (5\\text{–}7)',
      axes: [scenario, { name: 'otherScenario', labels: shape.scenarioIds }],
      scale: 'share',
    },
    {
      name: 'attentionPosition',
      tab: 'attention',
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
      tab: 'fairness',
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
    },
    {
      name: 'fairnessByScenario',
      tab: 'fairness',
      title: 'Fairness coefficients by scenario',
      reading:
        'Mean and quantiles of the coefficients of a scenario’s training rows; the mean is near 1 by construction.',
      equation: 'w^{i,s} \\quad (1)',
      axes: [scenario, { name: 'bin', labels: COEFFICIENT_SUMMARY }],
      source: 'procedure',
      scale: 'value',
    },
    {
      name: 'fairnessRecovery',
      tab: 'fairness',
      title: 'How well low coefficients tell intervened rows',
      reading:
        'AUC of finding truly intervened rows by a low coefficient; 0.5 is chance. Known for simulated data only.',
      equation: '\\mathrm{AUC}(-w^{i,s}, \\text{intervened})',
      axes: [{ name: 'bin', labels: ['AUC'] }],
      source: 'procedure',
      scale: 'probability',
    },
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

/** Attention is shown as shares: the weights of a row divided by their sum; rows without behaviours do not count. */
export function probeSums(output: Output, inputs: Inputs, scenarios: number): Record<string, ProbeTensor> {
  const history = inputs.history!;
  const weight = output.behaviourWeight as tf.Tensor2D;
  const present = tf.minimum(tf.sum(history.mask, 1, true), 1);
  const share: tf.Tensor2D = tf.div(weight, tf.add(tf.sum(weight, 1, true), tf.sub(1, present)));
  const rows: tf.Tensor2D = tf.transpose(tf.mul(tf.mul(inputs.scenarioOneHot, inputs.weight), present));
  const count = tf.sum(rows, 1);
  const happened = tf.cast(tf.oneHot(tf.cast(history.scenarioIndex, 'int32'), scenarios), 'float32');
  const byScenario: tf.Tensor2D = tf.sum(tf.mul(happened, tf.expandDims(share, 2)), 1);
  return {
    gates: sumByScenario(output.gate as tf.Tensor2D, inputs),
    attention: { sum: matMul(rows, byScenario), count },
    attentionPosition: { sum: matMul(rows, share), count },
  };
}
