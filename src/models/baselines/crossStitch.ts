/**
 * Cross-stitch networks (Misra et al., CVPR 2016), a scenario in the place of a task: a network a scenario over the same
 * input; after every hidden layer each goes on with a linear combination of all networks' activations.
 */
import * as tf from '@tensorflow/tfjs-core';
import { batchMatMul, matMul, mixExpertsStacked, oneHotRows, routeRows } from '../../engine';
import type { Parameter } from '../../engine';
import type { Collector } from '../collect';
import type { DataShape, Inputs, Probe } from '../definition';
import {
  askLayer,
  askScenarios,
  createOwnLinear,
  createStackedMlp,
  priorBiases,
  type AskedRows,
  type AskedScenarios,
} from '../layers';
import { lastLayer, otherScenarioAxis, scenarioAxis } from '../probes';
import { ablation, hyper } from '../settings';
import { clusterFields } from './clusters';
import { baselineFields, hidden, peers } from './common';
import { defineBaseline } from './defineBaseline';

interface Stitch {
  /** α by stream and slot `[N, S, w]`, or `[N, S, 1]` with one unit a layer. */
  readonly weight: Parameter<tf.Tensor3D>;
  /** Every slot's next input: `[S, B, w]` to the same. */
  streams(x: tf.Tensor3D, asked: AskedRows, inputs: Inputs): tf.Tensor3D;
  /** The next input of the row's own stream alone: `[S, B, w]` to `[B, w]`. */
  own(x: tf.Tensor3D, asked: AskedRows, inputs: Inputs): tf.Tensor2D;
}

/** `Σ_j alpha[i, j, c] x[j, b, c]`: `alpha [M, K, w]` (or `[M, K, 1]`), `x [K, B, w]`, to `[M, B, w]`. */
function combine(alpha: tf.Tensor3D, x: tf.Tensor3D): tf.Tensor3D {
  const [streams, from, units] = alpha.shape;
  const [, rows, width] = x.shape;
  if (units === 1) {
    const flat = matMul(tf.reshape(alpha, [streams, from]), tf.reshape(x, [from, rows * width]));
    return tf.reshape(flat, [streams, rows, width]);
  }
  const byChannel = batchMatMul(
    tf.transpose<tf.Tensor3D>(alpha, [2, 0, 1]),
    tf.transpose<tf.Tensor3D>(x, [2, 0, 1]),
  );
  return tf.transpose(byChannel, [1, 2, 0]);
}

/** Where each stream starts: mostly its own activations, the rest in equal parts of the others'. */
function startOf(scenarios: number, { slots, pool }: AskedScenarios, units: number, selfWeight: number) {
  const other = slots > 1 ? (1 - selfWeight) / (slots - 1) : 0;
  const own = slots > 1 ? selfWeight : 1;
  const values = new Float32Array(scenarios * slots * units).fill(other);
  for (let n = 0; n < scenarios; n++) {
    const from = (n * slots + (pool ? slots - 1 : n)) * units;
    values.fill(own, from, from + units);
  }
  return values;
}

/** `<name>.weight [N, S, w]` or `[N, S, 1]`, without L2: nothing should pull a network's own weight to 0. */
function createStitch(
  variables: Collector,
  name: string,
  scenarios: number,
  asking: AskedScenarios,
  units: number,
  selfWeight: number,
): Stitch {
  const { slots, pool } = asking;
  const shape = [scenarios, slots, units] as const;
  const start = startOf(scenarios, asking, units, selfWeight);
  const weight = variables.parameter(`${name}.weight`, 'free', shape, start);
  const ofScenarios = (route: tf.Tensor2D): tf.Tensor3D => {
    const flat = routeRows(tf.reshape(weight.tensor, [scenarios, slots * units]), route);
    return tf.reshape(flat, [route.shape[0], slots, units]);
  };

  const own = (x: tf.Tensor3D, { present }: AskedRows, { scenarioOneHot }: Inputs): tf.Tensor2D => {
    const all = ofScenarios(scenarioOneHot);
    const alpha = pool ? tf.mul<tf.Tensor3D>(all, tf.expandDims(present, 2)) : all;
    if (units === 1) return mixExpertsStacked(x, tf.reshape(alpha, present.shape));
    return tf.sum(tf.mul(tf.transpose(alpha, [1, 0, 2]), x), 0);
  };

  /** α among the pool `[P, P, w]`: a stream's own weight stands in the last slot. */
  const amongPool = (members: readonly number[]): tf.Tensor3D => {
    const count = members.length;
    const all = ofScenarios(oneHotRows(tf.tensor1d([...members], 'int32'), scenarios));
    const itself = tf.expandDims(tf.eye(count), 2);
    const others = tf.mul(tf.slice(all, [0, 0, 0], [count, count, units]), tf.sub(1, itself));
    return tf.add(others, tf.mul(tf.slice(all, [0, count, 0], [count, 1, units]), itself));
  };

  return {
    weight,
    own,
    streams(x, asked, inputs) {
      if (!pool) return combine(weight.tensor, x);
      const [, rows, width] = x.shape;
      const ofPool = combine(amongPool(pool), tf.slice(x, [0, 0, 0], [pool.length, rows, width]));
      return tf.concat([ofPool, tf.expandDims<tf.Tensor3D>(own(x, asked, inputs), 0)], 0);
    },
  };
}

/** `stitchk` `[N, S]`: α of a layer's units, averaged over channels. */
function stitchProbe(
  shape: DataShape,
  { labels, pool }: AskedScenarios,
  k: number,
  { weight }: Stitch,
): Probe<unknown> {
  return {
    name: `stitch${k}`,
    topic: 'gates',
    title: `Cross-stitch units after hidden layer ${k + 1}`,
    reading: `A row is the network of one scenario, a column the network whose activations it takes; the mean over channels.${pool ? ' The last column is the network itself.' : ''}`,
    equation: String.raw`\tilde x_i = \textstyle\sum_j \alpha_{ij}\, x_j \quad (1)`,
    axes: [scenarioAxis(shape), otherScenarioAxis(shape, labels)],
    scale: 'value',
    quantity: 'weight',
    compute: () => ({ sum: tf.mean(weight.tensor, 2), count: tf.scalar(1) }),
  };
}

const { embeddingDim, scenarioField, dropout, priorBias, history, historyLength } = baselineFields;

export const crossStitch = defineBaseline({
  id: 'cross-stitch',
  title: 'Cross-stitch',
  paper: {
    title: 'Cross-Stitch Networks for Multi-task Learning',
    authors: 'Misra, Shrivastava, Gupta, Hebert',
    venue: 'CVPR',
    year: 2016,
    url: 'https://doi.org/10.1109/CVPR.2016.433',
  },
  family: 'multi-task',
  summary: 'A network a scenario; after every layer each learns how much to take of the others’ activations.',
  topics: ['gates', 'representation'],
  fields: {
    ...{ embeddingDim, scenarioField, dropout, priorBias, history, historyLength },
    ...clusterFields,
    hidden: hidden('Hidden layers', 'Widths of each scenario’s network.', [128, 64]),
    selfWeight: hyper.real({
      label: 'Own weight',
      help: 'What a network takes of its own activations at the start; the others share the rest.',
      default: 0.9,
      min: 0,
      max: 1,
      step: 0.05,
      paper: '0.9',
    }),
    peers,
    units: ablation.choice({
      label: 'Units',
      help: 'A weight of its own for each channel, or one for a whole layer.',
      options: ['channel', 'layer'],
      optionLabels: { channel: 'one a channel', layer: 'one a layer' },
      default: 'channel',
    }),
  },
  presets: {
    paper: { hidden: [256, 128, 64], peers: 64, dropout: 0.5 },
    browser: { hidden: [64, 32], peers: 3 },
    tiny: { hidden: [6, 4], embeddingDim: 4, historyLength: 3, peers: 3 },
  },
  network({ variables, input, shape, settings }) {
    const { scenarios } = shape;
    const asking = askScenarios(shape, settings.peers);
    const tower = createStackedMlp(variables, 'tower', {
      stack: scenarios,
      input,
      widths: settings.hidden,
      batchNorm: 'off',
      scenarios,
      dropout: settings.dropout,
    });
    const stitches = settings.hidden.map((width, k) => {
      const units = settings.units === 'channel' ? width : 1;
      return createStitch(variables, `stitch.${k}`, scenarios, asking, units, settings.selfWeight);
    });
    const output = createOwnLinear(variables, 'output', scenarios, {
      input: tower.outputWidth,
      output: 1,
      bias: priorBiases(shape, settings.priorBias),
    });
    const last = stitches.length - 1;
    return {
      apply(flat, inputs, mode) {
        const asked = asking.rows(inputs);
        let x: tf.Tensor2D | tf.Tensor3D = flat;
        let own = flat;
        tower.layers.forEach((layer, k) => {
          const h = askLayer(layer, x, asked, inputs, mode);
          // After the last layer only the row's own stream is read.
          if (k === last) own = stitches[k]!.own(h, asked, inputs);
          else x = stitches[k]!.streams(h, asked, inputs);
        });
        return { logit: output.apply(own, inputs.scenarioOneHot), lastLayer: own };
      },
      probes: [...stitches.map((stitch, k) => stitchProbe(shape, asking, k, stitch)), lastLayer],
      outputs: ({ logit, lastLayer: h }) => ({ logit, lastLayer: h }),
    };
  },
});
