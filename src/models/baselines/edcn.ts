/** EDCN (Chen et al., CIKM 2021): a cross and a deep network that meet after every layer, and part again field by field. */
import * as tf from '@tensorflow/tfjs-core';
import { dropout, leakyRelu, softmaxLast } from '../../engine';
import type { Mode } from '../../engine';
import type { Inputs, Probe } from '../definition';
import { createScalarNorm, type FieldReader, type Makers, type ScalarNorm } from '../layers';
import { numbered, rowVectors } from '../probes';
import { ablation, hyper } from '../settings';
import { singleControls, singleFields } from './common';
import { createVectorCross } from './dcn';
import { defineSingleScenario } from './defineSingleScenario';
import { createBridge, type BridgeKind } from './edcnBridge';
import { createPieceOutput } from './pieces';
import { fieldAxis, partsProbe, rowCount, sumOfRows } from './singleProbes';

/** What the two networks read of a layer. */
interface Sides {
  readonly cross: tf.Tensor2D;
  readonly deep: tf.Tensor2D;
}

interface Regulated extends Sides {
  /** Shares of the fields for both networks `[1 or B, F']`. */
  readonly gates: readonly [cross: tf.Tensor2D, deep: tf.Tensor2D] | null;
}

/** `<name>.{cross,deep} [F']`, which start even, and what `norm` makes as `<name>.{cross,deep}Norm`. */
function createRegulation(
  make: Makers,
  name: string,
  read: FieldReader,
  temperature: number,
  norm: (name: string) => ScalarNorm | null,
) {
  const { count, dim, width } = read;
  const side = (of: 'cross' | 'deep') => {
    const logits = make.weight(`${name}.${of}`, [count], 1, 'free');
    const scaled = norm(`${name}.${of}Norm`);
    return (x: tf.Tensor2D, inputs: Inputs, mode: Mode) => {
      const gate = softmaxLast(tf.div<tf.Tensor2D>(logits.rows(inputs), temperature));
      const fields = tf.reshape(x, [inputs.batch, count, dim]);
      const weighed = tf.reshape<tf.Rank.R2>(tf.mul(fields, tf.expandDims(gate, 2)), [inputs.batch, width]);
      return { gate, output: scaled?.apply(weighed, inputs, mode) ?? weighed };
    };
  };
  const [cross, deep] = [side('cross'), side('deep')];
  return (given: Sides, inputs: Inputs, mode: Mode): Regulated => {
    const [one, other] = [cross(given.cross, inputs, mode), deep(given.deep, inputs, mode)];
    return { cross: one.output, deep: other.output, gates: [one.gate, other.gate] };
  };
}

interface EdcnPass {
  readonly gates: readonly (readonly [cross: tf.Tensor2D, deep: tf.Tensor2D])[];
  /** Shares of the units of both networks `[B, D]` where bridges attend. */
  readonly attention: readonly (readonly [cross: tf.Tensor2D, deep: tf.Tensor2D])[];
}

const SIDES = ['cross', 'deep'] as const;

/** `regulation [L, 2, F']`: the share of each field that either network reads. */
function regulationProbe(read: FieldReader, layers: number): Probe<EdcnPass> {
  return {
    name: 'regulation',
    topic: 'gates',
    title: 'Which fields the cross and the deep network read',
    reading: 'Shares of the fields for either network, a layer at a time; even shares tell nothing apart.',
    equation: String.raw`g^b_l = \mathrm{softmax}(\hat g^b_l / \tau),\quad b \in \{\mathrm{cross}, \mathrm{deep}\}`,
    axes: [
      { name: 'layer', labels: numbered('layer', layers) },
      { name: 'part', labels: SIDES },
      fieldAxis(read),
    ],
    scale: 'share',
    compute({ gates }, inputs) {
      const rows = rowCount(inputs);
      // One gate serves all rows, or every row has its scenario's own.
      const sum = (gate: tf.Tensor2D): tf.Tensor =>
        gate.shape[0] === 1 ? tf.mul(tf.reshape(gate, [read.count]), rows) : sumOfRows(gate, inputs);
      return { sum: tf.stack(gates.map((pair) => tf.stack(pair.map(sum)))), count: rows };
    },
  };
}

/** `bridgeAttention [L, 2, F']`: the share of a network's units, field by field, in what the bridge passes on. */
function bridgeProbe(read: FieldReader, layers: number): Probe<EdcnPass> {
  return {
    name: 'bridgeAttention',
    topic: 'gates',
    title: 'What the bridge takes of either network',
    reading: 'Attention over the units of a network, added up by field: a row sums to 1.',
    equation: String.raw`f_l = a^x_l \odot x_l + a^h_l \odot h_l`,
    axes: [
      { name: 'layer', labels: numbered('layer', layers) },
      { name: 'part', labels: SIDES },
      fieldAxis(read),
    ],
    scale: 'share',
    compute({ attention }, inputs) {
      const byField = (weights: tf.Tensor2D): tf.Tensor =>
        sumOfRows(tf.sum(tf.reshape(weights, [inputs.batch, read.count, read.dim]), 2), inputs);
      return {
        sum: tf.stack(attention.map((pair) => tf.stack(pair.map(byField)))),
        count: rowCount(inputs),
      };
    },
  };
}

export const edcn = defineSingleScenario({
  id: 'edcn',
  title: 'EDCN',
  paper: {
    title:
      'Enhancing Explicit and Implicit Feature Interactions via Information Sharing for Parallel Deep CTR Models',
    authors: 'Chen, Wang, Liu, Tang, Guo, Zheng, Yao, Zhang, He',
    venue: 'CIKM',
    year: 2021,
    url: 'https://doi.org/10.1145/3459637.3481915',
  },
  summary:
    'A cross and a deep network share what they found after every layer, then each weighs the fields anew.',
  topics: ['gates', 'representation'],
  fields: {
    ...{ embeddingDim: singleFields.embeddingDim, dropout: singleFields.dropout, ...singleControls },
    crossLayers: hyper.int({
      label: 'Layers',
      help: 'Layers of both networks; the deep ones are as wide as the input.',
      default: 3,
      min: 1,
      max: 5,
    }),
    temperature: hyper.real({
      label: 'Temperature',
      help: 'Divides the regulation’s logits: low ones tell fields further apart.',
      default: 1,
      min: 0.1,
      max: 10,
      scale: 'log',
    }),
    bridge: ablation.choice({
      label: 'Bridge',
      help: 'How the networks’ layers are put together, or not at all.',
      options: ['product', 'addition', 'concat', 'attention', 'off'],
      default: 'product',
      paperName: 'bridge module (Table 4); w/o bridge (Table 3)',
    }),
    regulation: ablation.toggle({
      label: 'Regulation',
      help: 'Weighs the fields for either network before every layer.',
      default: true,
      paperName: 'w/o regulation (Table 3)',
    }),
    regulationNorm: ablation.toggle({
      label: 'Norm after regulation',
      help: 'One mean and variance of all regulated numbers of a network, as in the authors’ code; off: every layer shrinks what it reads.',
      default: true,
      before: false,
    }),
  },
  presets: {
    paper: { embeddingDim: 20, crossLayers: 3, dropout: 0 },
    browser: { crossLayers: 2, dropout: 0 },
    tiny: { crossLayers: 2, embeddingDim: 4, historyLength: 3 },
  },
  network({ make, read, shape, settings, variables }) {
    const { crossLayers, temperature } = settings;
    const kind: BridgeKind | 'off' = settings.bridge;
    const { width } = read;
    const norm = (name: string): ScalarNorm | null =>
      settings.regulationNorm ? createScalarNorm(variables, name, make.own, shape.scenarios) : null;
    const layers = Array.from({ length: crossLayers }, (_, k) => ({
      regulate: settings.regulation
        ? createRegulation(make, `regulation.${k}`, read, temperature, norm)
        : null,
      cross: createVectorCross(make, `cross.${k}`, width),
      deep: make.linear(`deep.${k}`, { input: width, output: width }),
      bridge: kind === 'off' ? null : createBridge(make, `bridge.${k}`, width, kind),
    }));
    const names = ['cross', 'deep', ...(kind === 'off' ? [] : ['bridge'])];
    const output = createPieceOutput(
      make,
      names.map(() => width),
    );
    return {
      apply({ flat }, inputs, mode) {
        const gates: [tf.Tensor2D, tf.Tensor2D][] = [];
        const attention: (readonly [tf.Tensor2D, tf.Tensor2D])[] = [];
        let sides: Sides = { cross: flat, deep: flat };
        let first: tf.Tensor2D | null = null;
        let bridged: tf.Tensor2D | null = null;
        for (const { regulate, cross, deep, bridge } of layers) {
          if (bridged) sides = { cross: bridged, deep: bridged };
          const read: Regulated = regulate?.(sides, inputs, mode) ?? { ...sides, gates: null };
          if (read.gates) gates.push([...read.gates]);
          // The input that every cross layer multiplies is what the first one read.
          first ??= read.cross;
          const linear = deep.apply(read.deep, inputs);
          sides = {
            cross: cross.apply(first, read.cross, inputs).output,
            deep: dropout(leakyRelu(linear, 0), settings.dropout, mode),
          };
          const met = bridge?.(sides.cross, sides.deep, inputs) ?? null;
          if (met?.attention) attention.push(met.attention);
          bridged = met?.output ?? null;
        }
        const pieces = [sides.cross, sides.deep, ...(bridged ? [bridged] : [])];
        return {
          logit: output.apply(pieces, inputs),
          parts: () => output.parts(pieces, inputs),
          gates,
          attention,
          bridged,
          met: tf.concat<tf.Tensor2D>(pieces, 1),
        };
      },
      probes: [
        ...(settings.regulation ? [regulationProbe(read, crossLayers)] : []),
        ...(kind === 'attention' ? [bridgeProbe(read, crossLayers)] : []),
        partsProbe(shape, names),
        rowVectors<{ readonly met: tf.Tensor2D }>({
          name: 'lastLayers',
          title: 'Last layers of both networks and their bridge',
          reading: 'The logit is a linear function of these, so rows that stand together are scored alike.',
          equation: String.raw`[x_L, h_L, f_L],\quad \hat y = \sigma(w^\top [x_L, h_L, f_L] + b)`,
          vectors: (pass) => pass.met,
        }),
      ],
      outputs: ({ logit, bridged }) => ({ logit, ...(bridged && { bridgeOut: bridged }) }),
    };
  },
});
