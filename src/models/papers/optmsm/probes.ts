/** Numbers for the pictures: field weights, experts' weights, cosines of representations, scales of the hypernetwork. */
import * as tf from '@tensorflow/tfjs-core';
import { mixExpertsStacked } from '../../../engine';
import { sumByScenario } from '../../clickModel';
import type { DataShape, Inputs, Output, ProbeSpec, ProbeTensor } from '../../definition';
import { rowVectors, scenarioVectors } from '../../representation';
import { unitRepresentations } from './constraint';
import type { GatedInputs } from './inputs';
import type { OptMsmSettings } from './settings';
import type { Transferred } from './transfer';

/** What a forward pass leaves for its losses and probes. */
export interface Pass {
  readonly gated: GatedInputs;
  readonly transferred: Transferred | null;
  readonly scales: readonly tf.Tensor2D[];
}

/** Bins of the histogram of scales over [0, 2]. */
const BINS = 20;
const binLabels = Array.from(
  { length: BINS },
  (_, i) => `${(i / 10).toFixed(1)} to ${((i + 1) / 10).toFixed(1)}`,
);

/** What a model has that its probes can show. */
export interface ProbeSizes {
  readonly sharedNames: readonly string[];
  readonly experts: number;
  readonly transfers: boolean;
  /** Layers of FCN with matrices of the scenarios' own; 0 otherwise. */
  readonly ownLayers: number;
  readonly scaledWidths: readonly number[];
}

export function probeSpecs(
  { seGate, op }: OptMsmSettings,
  shape: DataShape,
  sizes: ProbeSizes,
): readonly ProbeSpec[] {
  const scenario = { name: 'scenario', labels: shape.scenarioIds } as const;
  const specs: ProbeSpec[] = [];
  if (seGate) {
    specs.push({
      name: 'seGate',
      topic: 'gates',
      title: 'Weights of the shared fields',
      reading: 'How much each scenario lets through of each shared field, 0 to 1, in the mean over its rows.',
      equation: String.raw`z^m = \sigma(W^m[\mathrm{average}(e_{c1}), \dots] + b^m)\quad(5)`,
      axes: [scenario, { name: 'field', labels: sizes.sharedNames }],
      scale: 'value',
      quantity: 'weight',
    });
    specs.push({
      name: 'seGateDeviation',
      topic: 'gates',
      title: 'How much the weights of the shared fields vary',
      reading:
        'Standard deviation of a field’s weight over a scenario’s rows: 0 is a fixed weight, more means that it depends on the row.',
      equation: String.raw`\mathrm{sd}_{b:\, m_b = m}(z^m_b)\quad(5)`,
      axes: [scenario, { name: 'field', labels: sizes.sharedNames }],
      scale: 'value',
      quantity: 'standard deviation',
    });
  }
  if (sizes.experts > 0) {
    const own = (e: number): string => `own of ${shape.scenarioIds[Math.floor(e / 2)]}, ${(e % 2) + 1}`;
    const label = (e: number): string => {
      if (op === 'moe') return `expert ${e + 1}`;
      return e < 2 * shape.scenarios ? own(e) : `shared ${e - 2 * shape.scenarios + 1}`;
    };
    specs.push({
      name: 'transferGate',
      topic: 'gates',
      title: 'Weights of the experts',
      reading: 'Each row is a scenario; its cells say how much each expert counts, and sum to 1.',
      equation: String.raw`r^m = \sum_e \mathrm{Softmax}(W_g^m e_c^m)_e \, \mathrm{MLP}_e(e_c)`,
      axes: [scenario, { name: 'expert', labels: Array.from({ length: sizes.experts }, (_, e) => label(e)) }],
      scale: 'share',
    });
  }
  if (sizes.transfers) {
    specs.push(
      scenarioVectors({
        name: 'contrastive',
        title: 'Contrastive representations',
        reading:
          'Each row once in every scenario: the vectors that the constraint holds at right angles, coloured by that scenario.',
        equation: String.raw`r_b^m = \mathrm{Op}^m(e_c^m),\; m = 1 \dots N\quad(6\text{–}9)`,
      }),
    );
  }
  specs.push(
    rowVectors({
      name: 'own',
      title: sizes.transfers ? 'Own representation, after the transfer' : 'Shared input of the predictor',
      reading:
        'What the predictor reads of the shared fields in the row’s own scenario, the specific fields aside.',
      equation: String.raw`r_b^{k},\; k = m_b\quad(6)`,
    }),
  );
  if (sizes.transfers) {
    specs.push(
      rowVectors({
        name: 'gated',
        title: 'Gated shared input, before the transfer',
        reading:
          'The shared fields’ embeddings as the row’s own scenario weighs them: what the transfer starts from.',
        equation: String.raw`e_c^m = [z_1^m e_{c1}, \dots, z_F^m e_{cF}]\quad(5)`,
      }),
    );
  }
  if (sizes.transfers) {
    specs.push({
      name: 'representationCosine',
      topic: 'representation',
      title: 'Cosine of representations',
      reading: 'Mean cosine between a row’s representations in two scenarios; the constraint pulls it to 0.',
      equation: String.raw`\langle r_b^i, r_b^j \rangle = \frac{r_b^i \cdot r_b^j}{\lVert r_b^i\rVert \lVert r_b^j\rVert}\quad(9)`,
      axes: [scenario, { name: 'otherScenario', labels: shape.scenarioIds }],
      scale: 'signed',
      quantity: 'cosine',
    });
  }
  if (sizes.ownLayers > 0) {
    specs.push({
      name: 'ownDeviation',
      topic: 'representation',
      title: 'How far scenarios’ matrices are from 1',
      reading:
        'Length of W^m − 1 by layer: how much a scenario has made of its own beside the shared matrix.',
      equation: String.raw`W_{shared} \otimes W^m\quad(8)`,
      axes: [
        scenario,
        { name: 'layer', labels: Array.from({ length: sizes.ownLayers }, (_, k) => `layer ${k + 1}`) },
      ],
      scale: 'value',
      quantity: 'length',
    });
  }
  const scaleEquation = String.raw`2 \sigma(w_1 \mathrm{Relu}(w_0 R_0 + b_0) + b_1)\quad(11)`;
  sizes.scaledWidths.forEach((_, k) =>
    specs.push({
      name: `hyperScale${k}`,
      topic: 'gates',
      title: `Scales of predictor layer ${k}`,
      reading:
        'Factor between 0 and 2 that the hypernetwork gives each unit, in the mean over a scenario’s rows.',
      equation: scaleEquation,
      axes: [scenario, { name: 'unit' }],
      scale: 'value',
      quantity: 'factor',
    }),
  );
  if (sizes.scaledWidths.length > 0) {
    specs.push({
      name: 'hyperHistogram',
      topic: 'gates',
      title: 'How far the hypernetwork scales',
      reading:
        'Share of units and rows by their factor; a hypernetwork that does nothing leaves all of them near 1.',
      equation: scaleEquation,
      axes: [
        { name: 'layer', labels: sizes.scaledWidths.map((_, k) => `layer ${k}`) },
        { name: 'bin', labels: binLabels },
      ],
      scale: 'share',
    });
  }
  return specs;
}

/** Sums and counts for one evaluation batch. */
export function runProbes(
  { gated, transferred, scales }: Pass,
  inputs: Inputs,
  ownDeviation: (() => tf.Tensor2D) | null,
): Readonly<Record<string, ProbeTensor>> {
  const probes: Record<string, ProbeTensor> = {};
  if (gated.weights) {
    const weights = gated.weights();
    probes.seGate = sumByScenario(weights, inputs);
    // Weights start at a half: differences from it keep the digits of a small deviation.
    const aside = tf.sub<tf.Tensor2D>(weights, 0.5);
    probes.seGateDeviation = {
      ...sumByScenario(aside, inputs),
      squares: sumByScenario(tf.square(aside), inputs).sum,
    };
  }
  if (transferred?.gates) {
    probes.transferGate = sumByScenario(mixExpertsStacked(transferred.gates, inputs.scenarioOneHot), inputs);
  }
  if (transferred) {
    probes.representationCosine = cosines(transferred.representations, inputs);
  }
  if (ownDeviation) probes.ownDeviation = { sum: ownDeviation(), count: tf.scalar(1) };
  scales.forEach((scale, k) => {
    probes[`hyperScale${k}`] = sumByScenario(scale, inputs);
  });
  if (scales.length > 0) probes.hyperHistogram = histograms(scales, inputs.weight);
  return probes;
}

/** Hidden vectors of each row, by probe: r of every scenario `[B, N, R]`, the own one `[B, R]`, what the transfer reads. */
export function representations(output: Output, { gated, transferred }: Pass): Record<string, tf.Tensor> {
  const own = output.representation!;
  if (!transferred) return { own };
  return { contrastive: tf.transpose(transferred.representations, [1, 0, 2]), own, gated: gated.own() };
}

/** Sum over rows of all pairs' cosines, as one product: `[N, B R] x [B R, N]`. */
function cosines(r: tf.Tensor3D, { weight }: Inputs): ProbeTensor {
  const [scenarios, batch, width] = r.shape;
  const unit = unitRepresentations(r);
  const flat = (x: tf.Tensor): tf.Tensor2D => tf.reshape(x, [scenarios, batch * width]);
  const weighted = flat(tf.mul(unit, tf.reshape(weight, [1, batch, 1])));
  return { sum: tf.matMul(weighted, flat(unit), false, true), count: tf.sum(weight) };
}

function histograms(scales: readonly tf.Tensor2D[], weight: tf.Tensor2D): ProbeTensor {
  const edges = tf.reshape(tf.range(0, BINS), [1, 1, BINS]);
  const sums = scales.map((scale) => {
    const bin = tf.clipByValue(tf.floor(tf.mul(scale, BINS / 2)), 0, BINS - 1);
    const hits = tf.cast(tf.equal(tf.expandDims(bin, 2), edges), 'float32');
    return tf.sum(tf.mul(tf.sum(hits, 1), weight), 0);
  });
  const rows = tf.sum(weight);
  const counts = scales.map((scale) => tf.mul(rows, scale.shape[1]));
  return { sum: tf.stack(sums), count: tf.stack(counts) };
}
