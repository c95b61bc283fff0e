/** DCN-V2 (Wang et al., WWW 2021): crosses by whole matrices, before a deep network or beside it. */
import * as tf from '@tensorflow/tfjs-core';
import type { Collector } from '../collect';
import type { DataShape, Probe } from '../definition';
import type { FieldReader } from '../layers';
import { lastLayer, numbered, scenarioAxis, sumByScenario } from '../probes';
import { ablation, hyper } from '../settings';
import { hidden, singleFields } from './common';
import { defineSingleScenario } from './defineSingleScenario';
import { createMatrixCross, type CrossKind } from './matrixCross';
import { createPieceOutput } from './pieces';
import { asWeight, blockNorms, fieldAxis, parameterNamed, partsProbe } from './singleProbes';

/** W of a layer `[D, D]`, or the networks' `[N, D, D]`; that of low rank is multiplied out. */
function mapOf(variables: Collector, name: string, kind: CrossKind): tf.Tensor {
  if (kind === 'matrix') return parameterNamed(variables, `${name}.weight`);
  const [v, u] = [parameterNamed(variables, `${name}.v`), parameterNamed(variables, `${name}.u`)];
  return tf.matMul(v, u);
}

/** `crossBlocks [L, F', F']`: lengths of W's blocks, the field that is multiplied by the field that is read. */
function crossBlocks(
  read: FieldReader,
  variables: Collector,
  layers: number,
  kind: CrossKind,
): Probe<unknown> {
  const axis = fieldAxis(read);
  return {
    name: 'crossBlocks',
    topic: 'interactions',
    title: 'Which fields are crossed with which',
    reading:
      'The length of the block of a layer’s matrix that multiplies the row’s field by the column’s: near 0, the two are not crossed.',
    equation: String.raw`\lVert W_l^{(i,j)} \rVert_F,\quad x_{l+1} = x_0 \odot (W_l x_l + b_l) + x_l \quad (1)`,
    axes: [{ name: 'layer', labels: numbered('layer', layers) }, axis, axis],
    scale: 'value',
    quantity: 'length of the block',
    compute() {
      const blocks = Array.from({ length: layers }, (_, k) =>
        // A weight is [in, out]: its columns are the field that is multiplied.
        tf.transpose(blockNorms(mapOf(variables, `cross.${k}`, kind), read.count, read.count)),
      );
      return asWeight(tf.stack(blocks));
    },
  };
}

/** `crossExperts [L, N, K]`: the mean weight of each expert of each cross layer. */
function crossExperts(
  shape: DataShape,
  layers: number,
  experts: number,
  gate: 'softmax' | 'sigmoid',
): Probe<{ readonly gates: readonly tf.Tensor2D[] }> {
  return {
    name: 'crossExperts',
    topic: 'gates',
    title: 'How much each scenario uses each cross expert',
    reading: 'The mean of the gates over a scenario’s rows, a layer at a time.',
    equation: String.raw`x_{l+1} = \textstyle\sum_k G_k(x_l)\, E_k(x_l) + x_l \quad (7)`,
    axes: [
      { name: 'layer', labels: numbered('layer', layers) },
      scenarioAxis(shape),
      { name: 'expert', labels: numbered('expert', experts) },
    ],
    scale: gate === 'softmax' ? 'share' : 'value',
    compute({ gates }, inputs) {
      const { scenarioOneHot, weight } = inputs;
      const counts = tf.sum(tf.mul(scenarioOneHot, weight), 0);
      return {
        sum: tf.stack(gates.map((each) => sumByScenario(each, inputs).sum)),
        count: tf.stack(gates.map(() => counts)),
      };
    },
  };
}

export const dcnv2 = defineSingleScenario({
  id: 'dcnv2',
  title: 'DCN-V2',
  paper: {
    title:
      'DCN V2: Improved Deep & Cross Network and Practical Lessons for Web-scale Learning to Rank Systems',
    authors: 'Wang, Shivanna, Cheng, Jain, Lin, Hong, Chi',
    venue: 'WWW',
    year: 2021,
    url: 'https://doi.org/10.1145/3442381.3450078',
  },
  summary:
    'Cross layers with a whole matrix each, or a mixture of low-rank ones, before a deep network or beside it.',
  topics: ['interactions', 'representation'],
  fields: {
    ...singleFields,
    crossLayers: hyper.int({
      label: 'Cross layers',
      help: 'Layers of the cross network; one more than that is the highest degree of a cross.',
      default: 3,
      min: 1,
      max: 6,
    }),
    hidden: hidden('Hidden layers', 'Widths of the deep part.', [256, 128]),
    structure: ablation.choice({
      label: 'Structure',
      help: 'The deep network reads the crosses, or stands beside them.',
      options: ['stacked', 'parallel'],
      default: 'stacked',
      paperName: 'stacked / parallel (Figure 1)',
    }),
    cross: ablation.choice({
      label: 'Cross layers’ map',
      help: 'A whole matrix, one of low rank, or a gated mixture of low-rank ones.',
      options: ['matrix', 'low-rank', 'mixture'],
      optionLabels: { matrix: 'matrix', 'low-rank': 'low rank', mixture: 'mixture of low-rank experts' },
      default: 'matrix',
      paperName: 'DCN-V2 / DCN-Mix',
    }),
    rank: hyper.int({
      label: 'Rank',
      help: 'Rank r of a low-rank map.',
      default: 16,
      min: 1,
      max: 256,
      advanced: true,
    }),
    numExperts: hyper.int({
      label: 'Experts',
      help: 'Low-rank maps that a cross layer mixes.',
      default: 4,
      min: 1,
      max: 8,
      advanced: true,
    }),
    gate: ablation.choice({
      label: 'Gate',
      help: 'How the mixture’s experts are weighed: shares that sum to 1, or each by itself.',
      options: ['softmax', 'sigmoid'],
      default: 'softmax',
      paperName: 'gating function',
    }),
  },
  presetTraining: { paper: { batch: 512 } },
  presets: {
    paper: { embeddingDim: 39, crossLayers: 2, hidden: [768, 768], batchNorm: 'off', dropout: 0 },
    browser: { batchNorm: 'off', crossLayers: 2, hidden: [64, 32] },
    tiny: { crossLayers: 2, rank: 3, numExperts: 2, hidden: [8, 4], embeddingDim: 4, historyLength: 3 },
  },
  network({ make, read, shape, settings, variables }) {
    const { crossLayers, cross: kind, rank, numExperts, gate, structure } = settings;
    const { width } = read;
    const layers = Array.from({ length: crossLayers }, (_, k) =>
      createMatrixCross(make, `cross.${k}`, { kind, width, rank, numExperts, gate }),
    );
    const mlp = make.mlp('mlp', { input: width, widths: settings.hidden });
    const parallel = structure === 'parallel';
    const output = createPieceOutput(make, [...(parallel ? [width] : []), mlp.outputWidth]);
    return {
      apply({ flat }, inputs, mode) {
        const gates: tf.Tensor2D[] = [];
        let x = flat;
        for (const layer of layers) {
          const crossed = layer.apply(flat, x, inputs);
          if (crossed.gate) gates.push(crossed.gate);
          x = crossed.output;
        }
        const h = mlp.apply(parallel ? flat : x, inputs, mode).output;
        const pieces = parallel ? [x, h] : [h];
        return {
          logit: output.apply(pieces, inputs),
          parts: () => output.parts(pieces, inputs),
          gates,
          crossOut: x,
          lastLayer: h,
        };
      },
      probes: [
        kind === 'mixture'
          ? crossExperts(shape, crossLayers, numExperts, gate)
          : crossBlocks(read, variables, crossLayers, kind),
        ...(parallel ? [partsProbe(shape, ['cross', 'deep'])] : []),
        lastLayer,
      ],
      outputs: ({ logit, crossOut, gates }) => ({ logit, crossOut, ...(gates[0] && { gate0: gates[0] }) }),
    };
  },
});
