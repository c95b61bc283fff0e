/** What SAR-Net shows: its experts' gates, whose behaviours it reads, its transform, and how bias nets answer fairness. */
import * as tf from '@tensorflow/tfjs-core';
import { matMul, oneHot } from '../../../engine';
import type { DataShape, Inputs, Probe, ProbeAxis, ProbeTensor } from '../../definition';
import { historyOf } from '../../layers';
import { numbered, oncePerPass, rowVectors, scenarioAxis, sumByScenario } from '../../probes';
import { COEFFICIENTS, factorsByExpert } from './biasCurves';
import type { SarNetPass } from './pass';
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

interface ProbeOptions {
  /** m_k and m_s. */
  readonly own: number;
  readonly shared: number;
  readonly historyLength: number;
  /** Units of an embedding. */
  readonly dim: number;
  /** Parts of the model that probes look into; null where a switch has removed them. */
  readonly transform: Transform | null;
  /** Factors of bias nets `[N, coefficients, m_k + m_s]`. */
  readonly biasFactors: ((inputs: Inputs) => tf.Tensor3D) | null;
  /** What the units of the gathered vector belong to, in their order. */
  readonly vectorFields: readonly string[];
}

/** Attention is shown as shares: the weights of a row divided by their sum; rows without behaviours do not count. */
function createAttentionSums(scenarios: number) {
  return oncePerPass(({ behaviourWeight }: SarNetPass, inputs: Inputs) => {
    const { mask, scenarioIndex } = historyOf(inputs);
    const present = tf.minimum(tf.sum(mask, 1, true), 1);
    const share: tf.Tensor2D = tf.div(
      behaviourWeight,
      tf.add(tf.sum(behaviourWeight, 1, true), tf.sub(1, present)),
    );
    const counted = tf.mul<tf.Tensor2D>(tf.mul(inputs.scenarioOneHot, inputs.weight), present);
    const rows = tf.transpose(counted);
    const happened = oneHot(tf.cast(scenarioIndex, 'int32'), scenarios);
    return {
      /** Rows by scenario `[N]`. */
      count: tf.sum<tf.Tensor1D>(rows, 1),
      /** Shares summed by scenario `[N, L]`, and by the scenario that the behaviours happened in `[N, N]`. */
      byPlace: () => matMul(rows, share),
      byScenario: () => matMul(rows, tf.sum(tf.mul(happened, tf.expandDims(share, 2)), 1)),
    };
  });
}

export function createProbes(shape: DataShape, options: ProbeOptions): Probe<SarNetPass>[] {
  const { own, shared, historyLength, transform, vectorFields } = options;
  const scenario = scenarioAxis(shape);
  const attention = createAttentionSums(shape.scenarios);
  const gates = oncePerPass(({ gate }: SarNetPass, inputs: Inputs) => sumByScenario(gate, inputs));
  return [
    {
      name: 'gates',
      topic: 'gates',
      title: 'How much each scenario uses its own and the shared experts',
      reading: 'A row is a scenario’s mean gate over its own evaluation rows; it sums to 1.',
      equation: 'y^k(x) = w^k(x)\\, S^k(x) \\quad (10)',
      axes: [scenario, { name: 'expert', labels: [...numbered('own', own), ...numbered('shared', shared)] }],
      scale: 'share',
      compute: gates,
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
      compute(pass, inputs) {
        const { byScenario, count } = attention(pass, inputs);
        return { sum: byScenario(), count };
      },
    },
    {
      name: 'attentionPosition',
      topic: 'attention',
      title: 'Attention by place in the history',
      reading:
        'A column is a place in the history, oldest first; each cell is the share of the attention there.',
      equation: '\\alpha^i_k \\, \\alpha^s_k \\quad (5\\text{–}7)',
      axes: [scenario, { name: 'position', labels: numbered('', historyLength) }],
      scale: 'share',
      compute(pass, inputs) {
        const { byPlace, count } = attention(pass, inputs);
        return { sum: byPlace(), count };
      },
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
    ...(options.biasFactors ? biasProbes(shape, options, options.biasFactors, gates) : []),
    ...(transform ? transformProbes(scenario, vectorFields, transform, options.dim) : []),
    ...(transform
      ? [
          rowVectors({
            name: 'transformed',
            title: 'Vector of a row after its scenario’s transform',
            reading:
              'What the experts read: each scenario scales and shifts the gathered vector in its own way.',
            equation: "v' = v \\odot \\beta^s + \\gamma^s \\quad (8)",
            vectors: ({ vector }: SarNetPass) => vector,
          }),
        ]
      : []),
    rowVectors({
      name: 'gathered',
      title: transform ? 'Vector of a row before the transform' : 'Vector that the experts read',
      reading:
        'Attended behaviours beside the row’s fields, before any part of the network is a scenario’s own.',
      equation: 'v = [v_{cb}, e_u, e_i, e_s] \\quad (7)',
      vectors: ({ gathered }: SarNetPass) => gathered,
    }),
  ];
}

/** How bias nets answer the coefficient, expert by expert and as each scenario's gate mixes them (Eq 10). */
function biasProbes(
  shape: DataShape,
  { own, shared }: Pick<ProbeOptions, 'own' | 'shared'>,
  biasFactors: (inputs: Inputs) => tf.Tensor3D,
  gates: (pass: SarNetPass, inputs: Inputs) => ProbeTensor,
): Probe<SarNetPass>[] {
  const factors = oncePerPass((_: SarNetPass, inputs: Inputs) => biasFactors(inputs));
  const coefficients = { name: 'bin', labels: COEFFICIENTS.map((value) => `${value}`) } as const;
  const experts = [
    ...numbered('shared', shared),
    ...shape.scenarioIds.flatMap((id) => numbered('own', own).map((name) => `${name} of ${id}`)),
  ];
  return [
    {
      name: 'biasByScenario',
      topic: 'fairness',
      title: 'What bias nets make of a coefficient, by scenario',
      reading:
        'The bias nets’ factors mixed by each scenario’s mean gate: how far training lowers the prediction of a row with that coefficient. Inference has no bias nets.',
      equation: '\\sum_e w^k_e\\, \\sigma(u_e(w_{fairness})) \\quad (10)',
      axes: [scenarioAxis(shape), coefficients],
      scale: 'probability',
      quantity: 'factor',
      compute(pass, inputs) {
        const mixed = gates(pass, inputs);
        return {
          sum: tf.sum(tf.mul(factors(pass, inputs), tf.expandDims(mixed.sum, 1)), 2),
          count: mixed.count,
        };
      },
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
      compute: (pass, inputs) => ({ sum: factorsByExpert(factors(pass, inputs), own), count: tf.scalar(1) }),
    },
  ];
}

/** What each scenario's scale and shift do to each field (Eq 8). */
function transformProbes(
  scenario: ProbeAxis,
  vectorFields: readonly string[],
  transform: Transform,
  dim: number,
): Probe<SarNetPass>[] {
  const gains = oncePerPass((_: SarNetPass) => transform.gains(dim));
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
      compute: (pass, inputs) => ({ sum: gains(pass, inputs).scale, count: tf.scalar(1) }),
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
      compute: (pass, inputs) => ({ sum: gains(pass, inputs).shift, count: tf.scalar(1) }),
    },
  ];
}
