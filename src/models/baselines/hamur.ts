/**
 * HAMUR (Li et al., CIKM 2023): adapter cells behind the last hidden layers, whose matrices a hyper-network that all scenarios share
 * makes for each row: `W = U I(x) V` with a small I, so that no row's W is ever written down.
 */
import * as tf from '@tensorflow/tfjs-core';
import { batchVecMat, dense, matMul, routeRows, sigmoid } from '../../engine';
import type { Mode, VariableFactory } from '../../engine';
import type { DataShape, Inputs, Pass, Probe } from '../definition';
import {
  createBatchNorm,
  createLinear,
  createMlp,
  createOwnLinear,
  createTowerBank,
  priorBias,
  priorBiases,
  type Normalisation,
} from '../layers';
import { lastLayer, numbered, rowVectors, scenarioAxis, sumByScenario } from '../probes';
import { ablation, hyper } from '../settings';
import { clusterFields } from './clusters';
import { baselineFields, hidden } from './common';
import { defineBaseline } from './defineBaseline';

interface CellOptions {
  /** w, units of the layer that the cell stands behind. */
  readonly width: number;
  /** s, units between the two projections. */
  readonly inner: number;
  /** k */
  readonly rank: number;
  readonly scenarios: number;
  readonly norm: Normalisation;
}

interface Cell {
  /** What the cell adds to `h [B, w]`, by each row's matrix `[B, k, k]`. */
  change(h: tf.Tensor2D, matrix: tf.Tensor3D, inputs: Inputs, mode: Mode): tf.Tensor2D;
}

/**
 * `<name>.down.u [w, k]`, `<name>.down.v [k, s]`, `<name>.down.bias [s]`, `<name>.up.u [s, k]`, `<name>.up.v [k, w]`, and
 * `<name>.norm.*` or, without normalisation, `<name>.up.bias [w]`.
 */
function createCell(
  variables: VariableFactory,
  name: string,
  { width, inner, rank, scenarios, norm: kind }: CellOptions,
): Cell {
  const weight = (part: string, input: number, output: number) =>
    variables.parameter(
      `${name}.${part}`,
      'weight',
      [input, output],
      variables.glorot(`${name}.${part}`, [input, output], input, output),
    );
  const bias = (part: string, size: number) =>
    variables.parameter(`${name}.${part}.bias`, 'bias', [size], new Float32Array(size));
  const [downU, downV, downBias] = [
    weight('down.u', width, rank),
    weight('down.v', rank, inner),
    bias('down', inner),
  ];
  const [upU, upV] = [weight('up.u', inner, rank), weight('up.v', rank, width)];
  const upBias = kind === 'off' ? bias('up', width) : null;
  const norm = createBatchNorm(variables, `${name}.norm`, width, kind, scenarios);
  return {
    change(h, matrix, inputs, mode) {
      const down = batchVecMat(matMul(h, downU.tensor), matrix);
      const t = sigmoid(dense(down, downV.tensor, downBias.tensor));
      const up = dense(batchVecMat(matMul(t, upU.tensor), matrix), upV.tensor, upBias?.tensor ?? null);
      return norm ? norm.apply(up, inputs, mode).output : up;
    },
  };
}

/** The unit matrix, row by row, `count` times. */
function unitMatrices(size: number, count = 1): Float32Array {
  const place = size * size;
  return Float32Array.from({ length: count * place }, (_, i) => ((i % place) % (size + 1) === 0 ? 1 : 0));
}

interface HamurPass extends Pass {
  readonly lastLayer: tf.Tensor2D;
  /** I of each row, row by row `[B, k * k]`. */
  readonly generated: tf.Tensor2D;
  /** How much each cell changes its layer: length of the change over the layer's `[B, 1]` each. */
  readonly changes: readonly tf.Tensor2D[];
}

/** Keeps the ratio of lengths finite where a layer is silent. */
const LENGTH_FLOOR = 1e-6;

const lengthOf = (x: tf.Tensor2D): tf.Tensor2D => tf.sqrt(tf.sum(tf.square(x), 1, true));

function createProbes(shape: DataShape, rank: number, cells: number): readonly Probe<HamurPass>[] {
  const entries = Array.from(
    { length: rank * rank },
    (_, i) => `${Math.floor(i / rank) + 1}, ${(i % rank) + 1}`,
  );
  const scenario = scenarioAxis(shape);
  return [
    {
      name: 'generated',
      topic: 'adapters',
      title: 'The matrix that the hyper-network makes',
      reading:
        'Mean entries of I over a scenario’s own evaluation rows, row by row; every row starts from the unit matrix.',
      equation: String.raw`W_d = U\, I_d(x)\, V,\quad I_d(x) = \mathrm{hyper}(x, d)`,
      axes: [scenario, { name: 'unit', labels: entries }],
      scale: 'signed',
      quantity: 'entry',
      compute: ({ generated }, inputs) => sumByScenario(generated, inputs),
    },
    {
      name: 'generatedSpread',
      topic: 'adapters',
      title: 'How much the made matrices differ between rows',
      reading:
        'Standard deviation of each entry over a scenario’s rows; 0 would be one adapter for the whole scenario.',
      equation: String.raw`\mathrm{sd}\big(I_d(x)\big)`,
      axes: [scenario, { name: 'unit', labels: entries }],
      scale: 'value',
      quantity: 'standard deviation',
      compute({ generated }, inputs) {
        const from = tf.sub<tf.Tensor2D>(generated, tf.tensor1d(unitMatrices(rank)));
        const squares = sumByScenario(tf.square(from), inputs).sum;
        return { ...sumByScenario(from, inputs), squares };
      },
    },
    {
      name: 'adapterChange',
      topic: 'adapters',
      title: 'How much each adapter changes its layer',
      reading:
        'Length of what a cell adds over the length of the layer that it is added to, mean over a scenario’s rows.',
      equation: String.raw`\frac{\lVert \mathrm{DN}_d(o)\rVert}{\lVert h\rVert}`,
      axes: [scenario, { name: 'layer', labels: numbered('cell', cells) }],
      scale: 'value',
      quantity: 'ratio',
      compute: ({ changes }, inputs) => sumByScenario(tf.concat2d([...changes], 1), inputs),
    },
    rowVectors<HamurPass>({
      name: 'matrices',
      title: 'Made matrices',
      reading: 'The entries of each row’s own I: rows that stand together are adapted alike.',
      equation: String.raw`I_d(x)`,
      vectors: (pass) => pass.generated,
    }),
    lastLayer,
  ];
}

export const hamur = defineBaseline({
  id: 'hamur',
  title: 'HAMUR',
  paper: {
    title: 'HAMUR: Hyper Adapter for Multi-Domain Recommendation',
    authors: 'Li, Yan, Zhao, Wang, Chen, Guo, Tang',
    venue: 'CIKM',
    year: 2023,
    url: 'https://doi.org/10.1145/3583780.3615137',
  },
  family: 'multi-scenario',
  summary:
    'A network of each scenario’s own, with adapters whose matrices a shared hyper-network makes for each row.',
  topics: ['adapters', 'representation'],
  fields: {
    ...baselineFields,
    ...clusterFields,
    hidden: hidden('Hidden layers', 'Widths of the backbone.', [256, 128, 64]),
    hyperHidden: hidden('Hyper-network layers', 'Widths of the hyper-network below its matrix.', [64]),
    backbone: hyper.choice({
      label: 'Backbone',
      help: 'One network a scenario, or one for all that only the adapters tell apart.',
      options: ['own', 'shared'],
      optionLabels: { own: 'one a scenario', shared: 'one for all' },
      default: 'own',
    }),
    rank: hyper.int({
      label: 'Rank k',
      help: 'Rows and columns of the matrix that the hyper-network makes.',
      default: 8,
      min: 1,
      max: 64,
      paper: '35 or 65 (authors’ code)',
    }),
    adapterWidth: hyper.int({
      label: 'Adapter width',
      help: 'Units between an adapter’s two projections.',
      default: 32,
      min: 1,
      max: 256,
      paper: '32',
    }),
    adapters: hyper.int({
      label: 'Adapters',
      help: 'Cells behind the last so many hidden layers; never more than there are layers.',
      default: 1,
      min: 1,
      max: 6,
      paper: '1 or 2',
    }),
    domainNorm: ablation.choice({
      label: 'Domain norm',
      help: 'How an adapter’s output is normalised: per scenario with own scale and shift, over the batch, or not.',
      options: ['own', 'shared', 'off'],
      default: 'own',
      paperName: 'domain norm',
    }),
    hyperNetwork: ablation.toggle({
      label: 'Hyper-network',
      help: 'Makes the matrix for each row; off, each scenario learns one of its own.',
      default: true,
      paperName: 'w/o hyper-network',
    }),
  },
  // torch's weight decay of 1e-5 is the gradient of 5e-6 times the square.
  presetTraining: { paper: { learningRate: 1e-3, l2: 5e-6 } },
  presets: {
    paper: { hidden: [256, 128], hyperHidden: [64], adapterWidth: 32, rank: 35, dropout: 0 },
    browser: { batchNorm: 'off', hidden: [64, 32], hyperHidden: [32], adapterWidth: 16, rank: 4 },
    tiny: {
      hidden: [6, 4],
      hyperHidden: [5],
      rank: 2,
      adapterWidth: 3,
      embeddingDim: 4,
      historyLength: 3,
    },
  },
  network({ variables, input, shape, settings }) {
    const { scenarios } = shape;
    const { batchNorm, dropout, rank, hidden: widths } = settings;
    const matrix = createMatrix(variables, shape, settings, input);
    const own = settings.backbone === 'own';
    const options = { input, widths, batchNorm, scenarios, dropout };
    const body = own ? createTowerBank(variables, 'tower', options) : createMlp(variables, 'mlp', options);
    const first = Math.max(0, widths.length - settings.adapters);
    const cells = widths.slice(first).map((width, a) =>
      createCell(variables, `adapter.${a}`, {
        width,
        inner: settings.adapterWidth,
        rank,
        scenarios,
        norm: settings.domainNorm,
      }),
    );
    const output = createOutput(variables, shape, settings, body.outputWidth);
    return {
      apply(flat, inputs, mode) {
        const generated = matrix(flat, inputs, mode);
        const each = tf.reshape<tf.Rank.R3>(generated, [inputs.batch, rank, rank]);
        const changes: tf.Tensor2D[] = [];
        /** What layer k reads: the layer below and what its adapter adds. */
        const adapted = (h: tf.Tensor2D, k: number): tf.Tensor2D => {
          const cell = cells[k - 1 - first];
          if (!cell) return h;
          const change = cell.change(h, each, inputs, mode);
          if (mode.kind === 'evaluate')
            changes.push(tf.div(lengthOf(change), tf.add(lengthOf(h), LENGTH_FLOOR)));
          return tf.add(h, change);
        };
        const h = adapted(body.apply(flat, inputs, mode, adapted).output, widths.length);
        return { logit: output(h, inputs), lastLayer: h, generated, changes };
      },
      probes: createProbes(shape, rank, cells.length),
      outputs: ({ logit, generated }) => ({ logit, generated }),
    };
  },
});

interface MatrixSettings {
  readonly hyperHidden: readonly number[];
  readonly hyperNetwork: boolean;
  readonly rank: number;
  readonly batchNorm: 'off' | 'shared' | 'domain';
  readonly dropout: number;
}

/** From the flat inputs to each row's matrix `[B, k * k]`: `hyper.k.*`, `hyper.output.*`, or `matrix [N, k * k]` without hyper-network. */
function createMatrix(
  variables: VariableFactory,
  shape: DataShape,
  { hyperHidden: widths, hyperNetwork, rank, batchNorm, dropout }: MatrixSettings,
  input: number,
): (flat: tf.Tensor2D, inputs: Inputs, mode: Mode) => tf.Tensor2D {
  const { scenarios } = shape;
  const size = rank * rank;
  if (!hyperNetwork) {
    const matrix = variables.parameter('matrix', 'free', [scenarios, size], unitMatrices(rank, scenarios));
    return (_flat, inputs) => routeRows(matrix.tensor, inputs.scenarioOneHot);
  }
  const mlp = createMlp(variables, 'hyper', { input, widths, batchNorm, scenarios, dropout });
  const bias = unitMatrices(rank);
  const last = createLinear(variables, 'hyper.output', { input: mlp.outputWidth, output: size, bias });
  return (flat, inputs, mode) => last.apply(mlp.apply(flat, inputs, mode).output);
}

/** `output.weight`, `output.bias`: one a scenario or one for all, as the backbone. */
function createOutput(
  variables: VariableFactory,
  shape: DataShape,
  { backbone, priorBias: prior }: { readonly backbone: 'own' | 'shared'; readonly priorBias: 'on' | 'off' },
  input: number,
): (h: tf.Tensor2D, inputs: Inputs) => tf.Tensor2D {
  if (backbone === 'shared') {
    const bias = priorBias(shape, prior);
    const output = createLinear(variables, 'output', { input, output: 1, bias });
    return (h) => output.apply(h);
  }
  const bias = priorBiases(shape, prior);
  const output = createOwnLinear(variables, 'output', shape.scenarios, { input, output: 1, bias });
  return (h, inputs) => output.apply(h, inputs.scenarioOneHot);
}
