/** What OptMSM shows: field weights, experts' weights, cosines of representations, scales of the hypernetwork. */
import * as tf from '@tensorflow/tfjs-core';
import { mixExpertsStacked } from '../../../engine';
import type { DataShape, Inputs, Probe, ProbeTensor } from '../../definition';
import {
  numbered,
  oncePerPass,
  rowVectors,
  scenarioAxis,
  scenarioVectors,
  sumByScenario,
} from '../../probes';
import { unitRepresentations } from './constraint';
import { firstView } from './inputs';
import { transferredOf, type OptMsmPass } from './pass';
import type { OptMsmSettings } from './settings';
import type { Transfer } from './transfer';

/** Bins of the histogram of scales over [0, 2]. */
const BINS = 20;
const binLabels = Array.from(
  { length: BINS },
  (_, i) => `${(i / 10).toFixed(1)} to ${((i + 1) / 10).toFixed(1)}`,
);

/** What a model has that its probes can show. */
interface ProbeOptions {
  readonly sharedNames: readonly string[];
  readonly transfer: Transfer | null;
  /** Whether an evaluated row is represented in all scenarios, or in its own alone. */
  readonly all: boolean;
  /** Widths of what the hypernetwork scales, layer by layer. */
  readonly scaledWidths: readonly number[];
}

/** Probes of the parts that a model has. */
export function createProbes(
  shape: DataShape,
  { seGate, op }: Pick<OptMsmSettings, 'seGate' | 'op'>,
  { sharedNames, transfer, all, scaledWidths }: ProbeOptions,
): Probe<OptMsmPass>[] {
  return [
    ...(seGate ? gateProbes(shape, sharedNames) : []),
    ...(transfer && transfer.experts > 0 ? [expertGates(shape, op, transfer.experts)] : []),
    ...(transfer && all
      ? [
          scenarioVectors({
            name: 'contrastive',
            title: 'Contrastive representations',
            reading:
              'Each row once in every scenario: the vectors that the constraint holds at right angles, coloured by that scenario.',
            equation: String.raw`r_b^m = \mathrm{Op}^m(e_c^m),\; m = 1 \dots N\quad(6\text{–}9)`,
            vectors: (pass: OptMsmPass) => tf.transpose(transferredOf(pass).representations, [1, 0, 2]),
          }),
        ]
      : []),
    rowVectors({
      name: 'own',
      title: transfer ? 'Own representation, after the transfer' : 'Shared input of the predictor',
      reading:
        'What the predictor reads of the shared fields in the row’s own scenario, the specific fields aside.',
      equation: String.raw`r_b^{k},\; k = m_b\quad(6)`,
      vectors: ({ own }: OptMsmPass) => own,
    }),
    ...(transfer ? transferProbes(shape, transfer, all) : []),
    ...scaleProbes(shape, scaledWidths),
  ];
}

/** Weights of the adaptive gate (Eq 5): mean and deviation over a scenario's rows. */
function gateProbes(shape: DataShape, sharedNames: readonly string[]): Probe<OptMsmPass>[] {
  const scenario = scenarioAxis(shape);
  const weights = oncePerPass(({ gated }: OptMsmPass) => {
    if (!gated.weights) throw new Error('The adaptive gate is switched off.');
    return gated.weights();
  });
  return [
    {
      name: 'seGate',
      topic: 'gates',
      title: 'Weights of the shared fields',
      reading: 'How much each scenario lets through of each shared field, 0 to 1, in the mean over its rows.',
      equation: String.raw`z^m = \sigma(W^m[\mathrm{average}(e_{c1}), \dots] + b^m)\quad(5)`,
      axes: [scenario, { name: 'field', labels: sharedNames }],
      scale: 'value',
      quantity: 'weight',
      compute: (pass, inputs) => sumByScenario(weights(pass, inputs), inputs),
    },
    {
      name: 'seGateDeviation',
      topic: 'gates',
      title: 'How much the weights of the shared fields vary',
      reading:
        'Standard deviation of a field’s weight over a scenario’s rows: 0 is a fixed weight, more means that it depends on the row.',
      equation: String.raw`\mathrm{sd}_{b:\, m_b = m}(z^m_b)\quad(5)`,
      axes: [scenario, { name: 'field', labels: sharedNames }],
      scale: 'value',
      quantity: 'standard deviation',
      compute(pass, inputs) {
        // Weights start at a half: differences from it keep the digits of a small deviation.
        const aside = tf.sub<tf.Tensor2D>(weights(pass, inputs), 0.5);
        const squares = sumByScenario(tf.square(aside), inputs).sum;
        return { ...sumByScenario(aside, inputs), squares };
      },
    },
  ];
}

/** Gates over the experts of MoE and CGC (Figure 4). */
function expertGates(shape: DataShape, op: OptMsmSettings['op'], experts: number): Probe<OptMsmPass> {
  const own = (e: number): string => `own of ${shape.scenarioIds[Math.floor(e / 2)]}, ${(e % 2) + 1}`;
  const label = (e: number): string => {
    if (op === 'moe') return `expert ${e + 1}`;
    return e < 2 * shape.scenarios ? own(e) : `shared ${e - 2 * shape.scenarios + 1}`;
  };
  return {
    name: 'transferGate',
    topic: 'gates',
    title: 'Weights of the experts',
    reading: 'Each row is a scenario; its cells say how much each expert counts, and sum to 1.',
    equation: String.raw`r^m = \sum_e \mathrm{Softmax}(W_g^m e_c^m)_e \, \mathrm{MLP}_e(e_c)`,
    axes: [
      scenarioAxis(shape),
      { name: 'expert', labels: Array.from({ length: experts }, (_, e) => label(e)) },
    ],
    scale: 'share',
    compute(pass, inputs) {
      const { gates } = transferredOf(pass);
      if (!gates) throw new Error('A transfer by FCN has no gates.');
      const own = pass.drawn ? firstView(gates) : mixExpertsStacked(gates, inputs.scenarioOneHot);
      return sumByScenario(own, inputs);
    },
  };
}

/** What the transfer starts from and how far it keeps scenarios apart (Eq 8, 9). */
function transferProbes(shape: DataShape, { ownDeviation }: Transfer, all: boolean): Probe<OptMsmPass>[] {
  const scenario = scenarioAxis(shape);
  return [
    rowVectors({
      name: 'gated',
      title: 'Gated shared input, before the transfer',
      reading:
        'The shared fields’ embeddings as the row’s own scenario weighs them: what the transfer starts from.',
      equation: String.raw`e_c^m = [z_1^m e_{c1}, \dots, z_F^m e_{cF}]\quad(5)`,
      vectors: ({ gated }: OptMsmPass) => gated.own(),
    }),
    ...(all ? [representationCosine(shape)] : []),
    ...(ownDeviation
      ? [
          {
            name: 'ownDeviation',
            topic: 'representation',
            title: 'How far scenarios’ matrices are from 1',
            reading:
              'Length of W^m − 1 by layer: how much a scenario has made of its own beside the shared matrix.',
            equation: String.raw`W_{shared} \otimes W^m\quad(8)`,
            axes: [scenario, { name: 'layer', labels: numbered('layer', ownDeviation.layers) }],
            scale: 'value',
            quantity: 'length',
            compute: () => ({ sum: ownDeviation.read(), count: tf.scalar(1) }),
          } satisfies Probe<OptMsmPass>,
        ]
      : []),
  ];
}

/** Mean cosine of a row's representations in each two scenarios (Eq 9). */
function representationCosine(shape: DataShape): Probe<OptMsmPass> {
  return {
    name: 'representationCosine',
    topic: 'representation',
    title: 'Cosine of representations',
    reading: 'Mean cosine between a row’s representations in two scenarios; the constraint pulls it to 0.',
    equation: String.raw`\langle r_b^i, r_b^j \rangle = \frac{r_b^i \cdot r_b^j}{\lVert r_b^i\rVert \lVert r_b^j\rVert}\quad(9)`,
    axes: [scenarioAxis(shape), { name: 'otherScenario', labels: shape.scenarioIds }],
    scale: 'signed',
    quantity: 'cosine',
    compute: (pass, inputs) => cosines(transferredOf(pass).representations, inputs),
  };
}

/** Factors of the hypernetwork (Eq 11), layer by layer. */
function scaleProbes(shape: DataShape, widths: readonly number[]): Probe<OptMsmPass>[] {
  const scenario = scenarioAxis(shape);
  const scaleEquation = String.raw`2 \sigma(w_1 \mathrm{Relu}(w_0 R_0 + b_0) + b_1)\quad(11)`;
  const means = widths.map((_, k): Probe<OptMsmPass> => ({
    name: `hyperScale${k}`,
    topic: 'gates',
    title: `Scales of predictor layer ${k}`,
    reading:
      'Factor between 0 and 2 that the hypernetwork gives each unit, in the mean over a scenario’s rows.',
    equation: scaleEquation,
    axes: [scenario, { name: 'unit' }],
    scale: 'value',
    quantity: 'factor',
    compute: ({ scales }, inputs) => sumByScenario(scales[k]!.factors(), inputs),
  }));
  if (widths.length === 0) return [];
  return [
    ...means,
    {
      name: 'hyperHistogram',
      topic: 'gates',
      title: 'How far the hypernetwork scales',
      reading:
        'Share of units and rows by their factor; a hypernetwork that does nothing leaves all of them near 1.',
      equation: scaleEquation,
      axes: [
        { name: 'layer', labels: widths.map((_, k) => `layer ${k}`) },
        { name: 'bin', labels: binLabels },
      ],
      scale: 'share',
      compute: ({ scales }, { weight }) =>
        histograms(
          scales.map((gate) => gate.factors()),
          weight,
        ),
    },
  ];
}

/** Sum over rows of all pairs' cosines, as one product: `[N, B R] x [B R, N]`. */
function cosines(r: tf.Tensor3D, { weight }: Inputs): ProbeTensor {
  const [scenarios, batch, width] = r.shape;
  const unit = unitRepresentations(r);
  const flat = (x: tf.Tensor): tf.Tensor2D => tf.reshape(x, [scenarios, batch * width]);
  const weighted = flat(tf.mul(unit, tf.reshape(weight, [1, batch, 1])));
  return { sum: tf.matMul(weighted, flat(unit), false, true), count: tf.sum(weight) };
}

/**
 * How many factors of counted rows lie in each bin `[layers, BINS]`. Whether a factor reaches a bin's lower edge is 0 or 1 of a
 * clipped difference: comparisons of one tensor with twenty values took nine tenths of an evaluation on WASM.
 */
function histograms(scales: readonly tf.Tensor2D[], weight: tf.Tensor2D): ProbeTensor {
  const rows = tf.sum(weight);
  const before = tf.reshape(tf.range(0, BINS - 1), [BINS - 1, 1]);
  const counts = scales.map((scale) => {
    const units = scale.shape[1];
    const bin = tf.reshape(tf.floor(tf.mul(scale, BINS / 2)), [1, -1]);
    const reached = tf.clipByValue(tf.sub<tf.Tensor2D>(bin, before), 0, 1);
    const weights = tf.reshape<tf.Rank.R2>(tf.tile(weight, [1, units]), [-1, 1]);
    const above = tf.reshape(tf.matMul(reached, weights), [-1]);
    const all = tf.reshape(tf.mul(rows, units), [1]);
    return { all, bins: tf.sub(tf.concat([all, above]), tf.concat([above, tf.zeros([1])])) };
  });
  return {
    sum: tf.stack(counts.map(({ bins }) => bins)),
    count: tf.concat(counts.map(({ all }) => all)),
  };
}
