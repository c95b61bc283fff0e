/** DCN (Wang et al., ADKDD 2017): a cross network, whose every layer multiplies the input by one number a row, beside a deep one. */
import * as tf from '@tensorflow/tfjs-core';
import type { Collector } from '../collect';
import type { DataShape, Probe } from '../definition';
import type { FieldReader, Makers, RowInputs } from '../layers';
import { lastLayer, numbered, scenarioAxis, sumByScenario } from '../probes';
import { ablation, hyper } from '../settings';
import { hidden, singleFields } from './common';
import { defineSingleScenario } from './defineSingleScenario';
import { createPieceOutput } from './pieces';
import { asWeight, blockNorms, fieldAxis, parameterNamed, partsProbe } from './singleProbes';

interface CrossLayer {
  /** `x_0 [B, D]`, `x [B, D]` to the next x `[B, D]` and `x · w [B, 1]`. */
  apply(
    first: tf.Tensor2D,
    x: tf.Tensor2D,
    rows: RowInputs,
  ): { readonly output: tf.Tensor2D; readonly gate: tf.Tensor2D };
}

/** `x_0 (x · w) + b + x`: `<name>.weight [D, 1]`, `<name>.bias [D]`. */
export function createVectorCross(make: Makers, name: string, width: number): CrossLayer {
  const weight = make.linear(name, { input: width, output: 1, bias: 'none' });
  const bias = make.weight(`${name}.bias`, [width], 0, 'bias');
  return {
    apply(first, x, rows) {
      const gate = weight.apply(x, rows);
      return { output: tf.add(tf.add(tf.mul(first, gate), bias.rows(rows)), x), gate };
    },
  };
}

const CROSS = String.raw`x_{l+1} = x_0\,(x_l^\top w_l) + b_l + x_l \quad (3)`;

/** `crossGates [N, L]`: the mean of the one number that multiplies the input at every layer. */
function crossGates(shape: DataShape, layers: number): Probe<{ readonly gates: readonly tf.Tensor2D[] }> {
  return {
    name: 'crossGates',
    topic: 'gates',
    title: 'How much each cross layer adds of the input',
    reading: 'The mean over a scenario’s rows of the number that multiplies the input; 0 adds no cross.',
    equation: CROSS,
    axes: [scenarioAxis(shape), { name: 'layer', labels: numbered('layer', layers) }],
    scale: 'signed',
    compute: ({ gates }, inputs) => sumByScenario(tf.concat([...gates], 1), inputs),
  };
}

/** `crossWeights [L, F']`: lengths of the parts of w that belong to each field. */
function crossWeights(read: FieldReader, variables: Collector, layers: number): Probe<unknown> {
  const fields = read.count;
  return {
    name: 'crossWeights',
    topic: 'interactions',
    title: 'Which fields the cross network reads',
    reading: 'The length of each field’s part of a layer’s weight: a field near 0 is crossed with nothing.',
    equation: String.raw`\lVert w_{l,f} \rVert_2`,
    axes: [{ name: 'layer', labels: numbered('layer', layers) }, fieldAxis(read)],
    scale: 'value',
    quantity: 'length of the weight',
    compute() {
      const rows = Array.from({ length: layers }, (_, k) =>
        tf.reshape(blockNorms(parameterNamed(variables, `cross.${k}.weight`), fields, 1), [1, fields]),
      );
      return asWeight(tf.concat(rows, 0));
    },
  };
}

export const dcn = defineSingleScenario({
  id: 'dcn',
  title: 'DCN',
  paper: {
    title: 'Deep & Cross Network for Ad Click Predictions',
    authors: 'Wang, Fu, Fu, Wang',
    venue: 'ADKDD',
    year: 2017,
    url: 'https://doi.org/10.1145/3124749.3124754',
  },
  summary:
    'A cross network multiplies the input by one number a layer and row; a deep network stands beside it.',
  topics: ['gates', 'interactions', 'representation'],
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
    cross: ablation.toggle({
      label: 'Cross network',
      help: 'The explicit crosses; without them the model is a plain network.',
      default: true,
      paperName: 'DNN (Table 1)',
    }),
    deep: ablation.toggle({
      label: 'Deep part',
      help: 'The deep network beside the crosses.',
      default: true,
      paperName: 'cross network alone',
    }),
  },
  presetTraining: { paper: { batch: 512 } },
  presets: {
    paper: { crossLayers: 6, hidden: [1024, 1024], batchNorm: 'shared', dropout: 0 },
    browser: { batchNorm: 'off', hidden: [64, 32] },
    tiny: { crossLayers: 2, hidden: [8, 4], embeddingDim: 4, historyLength: 3 },
  },
  network({ make, read, shape, settings, variables }) {
    const { crossLayers } = settings;
    if (!settings.cross && !settings.deep)
      throw new RangeError('DCN needs its cross network or its deep part; turn one on.');
    const layers = settings.cross
      ? Array.from({ length: crossLayers }, (_, k) => createVectorCross(make, `cross.${k}`, read.width))
      : [];
    const mlp = settings.deep ? make.mlp('mlp', { input: read.width, widths: settings.hidden }) : null;
    const pieces = [
      ...(settings.cross ? [{ name: 'cross', width: read.width }] : []),
      ...(mlp ? [{ name: 'deep', width: mlp.outputWidth }] : []),
    ];
    const output = createPieceOutput(
      make,
      pieces.map(({ width }) => width),
    );
    return {
      apply({ flat }, inputs, mode) {
        const gates: tf.Tensor2D[] = [];
        let x = flat;
        for (const layer of layers) {
          const crossed = layer.apply(flat, x, inputs);
          gates.push(crossed.gate);
          x = crossed.output;
        }
        const h = mlp?.apply(flat, inputs, mode).output ?? null;
        const sides = [...(settings.cross ? [x] : []), ...(h ? [h] : [])];
        return {
          logit: output.apply(sides, inputs),
          parts: () => output.parts(sides, inputs),
          gates,
          crossOut: x,
          lastLayer: h ?? x,
        };
      },
      probes: [
        ...(settings.cross
          ? [crossGates(shape, crossLayers), crossWeights(read, variables, crossLayers)]
          : []),
        partsProbe(
          shape,
          pieces.map(({ name }) => name),
        ),
        lastLayer,
      ],
      outputs: ({ logit, crossOut }) => ({ logit, crossOut }),
    };
  },
});
