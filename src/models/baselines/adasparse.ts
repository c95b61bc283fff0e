/**
 * AdaSparse (Yang et al., CIKM 2022): one network whose neurons are weighed, and in part switched off, row by row by pruners
 * that read the scenario beside the layer. A regulariser keeps the share of neurons that are off within bounds.
 */
import * as tf from '@tensorflow/tfjs-core';
import { bceWithLogits, prunedFactor, prunedShare, sigmoid, stopGradient, weightedMean } from '../../engine';
import type { Mode, StateTensor } from '../../engine';
import type { Collector } from '../collect';
import type { DataShape, Inputs, Losses, Pass, Probe } from '../definition';
import {
  createBatchNorm,
  createLinear,
  createScenarioEmbedding,
  finishLayer,
  priorBias,
  type Linear,
} from '../layers';
import { lastLayer, numbered, scenarioAxis, sumByScenario } from '../probes';
import { ablation, hyper } from '../settings';
import { clusterFields } from './clusters';
import { baselineFields, hidden } from './common';
import { defineBaseline } from './defineBaseline';

type Form = 'fusion' | 'binarization' | 'scaling';

/** What a pruner makes of a layer. */
interface Pruned {
  /** π `[B, w]`: 0 where a neuron is off. */
  readonly factor: tf.Tensor2D;
  /** Share of neurons that are on, row by row `[B, 1]`, with the gradient of what decides it; null where none is ever off. */
  readonly kept: tf.Tensor2D | null;
}

interface AdaSparsePass extends Pass {
  readonly pruned: readonly Pruned[];
  readonly lastLayer: tf.Tensor2D;
}

interface Forming {
  readonly form: Form;
  readonly beta: number;
  readonly threshold: number;
}

/** `value` going forwards and the gradient of `by` backwards: the straight-through estimator. */
function straightThrough(value: tf.Tensor2D, by: tf.Tensor2D): tf.Tensor2D {
  return tf.add(stopGradient(tf.sub(value, by)), by);
}

/** From a pruner's output v `[B, w]` to the factors; `temperature` `[1]` sharpens the sigmoid. */
function form(
  v: tf.Tensor2D,
  { form: kind, beta, threshold }: Forming,
  temperature: tf.Tensor | null,
): Pruned {
  if (!temperature) return { factor: tf.mul(sigmoid(v), beta), kept: null };
  const s = sigmoid(tf.mul<tf.Tensor2D>(v, temperature));
  if (kind === 'fusion') {
    const how = { scale: beta, threshold };
    return { factor: prunedFactor(s, how), kept: prunedShare(s, how) };
  }
  const on = tf.step<tf.Tensor2D>(tf.sub(stopGradient(s), threshold));
  const kept = straightThrough(on, s);
  return { factor: kept, kept: tf.mean(kept, 1, true) };
}

/** A state grows with every training step, up to `end` where there is one; this pass still reads what it was. */
function grow(state: StateTensor, by: number, end: number | null, mode: Mode): void {
  if (mode.kind !== 'train') return;
  const grown = tf.add(state.tensor, by);
  mode.recordState(state, end === null ? grown : tf.minimum(grown, end));
}

interface Bounds {
  readonly sparsityLow: number;
  readonly sparsityHigh: number;
}

/** λ |r - ρ| of one layer, λ itself the strength times that distance outside the bounds and 0 within; a scalar. */
function sparsityTerm(
  kept: tf.Tensor2D,
  strength: tf.Tensor,
  { sparsityLow: low, sparsityHigh: high }: Bounds,
  { weight }: Inputs,
): tf.Scalar {
  const off = tf.sub<tf.Scalar>(1, weightedMean(kept, weight));
  const distance = tf.abs(tf.sub<tf.Scalar>(off, (low + high) / 2));
  const outside = tf.add(tf.step(tf.sub(low, off)), tf.step(tf.sub(off, high)));
  const pull = stopGradient(tf.mul(tf.mul(outside, distance), tf.reshape(strength, [])));
  return tf.mul(pull, distance);
}

/** Of each layer of `widths`: `factorl` `[N, units]`, and `kept` `[N, layers]` where neurons can be off. */
function pruningProbes(
  shape: DataShape,
  widths: readonly number[],
  prunes: boolean,
): readonly Probe<AdaSparsePass>[] {
  const names = widths.map((_, l) => (l === 0 ? 'input' : `hidden layer ${l}`));
  const kept: Probe<AdaSparsePass> = {
    name: 'kept',
    topic: 'masks',
    title: 'Neurons that stay on',
    reading:
      'A row is a scenario, a column a layer: the share of its neurons that are on, averaged over the scenario’s evaluation rows.',
    equation: String.raw`\lVert \pi^l \rVert_0 / w_l`,
    axes: [scenarioAxis(shape), { name: 'layer', labels: names }],
    scale: 'probability',
    compute: ({ pruned }, inputs) => {
      const on = pruned.map(({ factor }) => tf.mean<tf.Tensor2D>(tf.step(factor), 1, true));
      return sumByScenario(tf.concat2d(on, 1), inputs);
    },
  };
  const factors = widths.map((width, l): Probe<AdaSparsePass> => ({
    name: `factor${l}`,
    topic: 'masks',
    title: `Weights of the neurons, ${names[l] ?? ''}`,
    reading:
      'A row is a scenario, a column a neuron: its mean weight over the scenario’s evaluation rows; 0 is off.',
    equation: String.raw`\pi^l = \beta\,\sigma(\alpha v)\,\mathbb{1}[\beta\,\sigma(\alpha v) > \epsilon], \quad v = W_p^l\,[e_s, h^l]`,
    axes: [scenarioAxis(shape), { name: 'unit', labels: numbered('', width) }],
    scale: 'value',
    quantity: 'weight',
    compute: ({ pruned }, inputs) =>
      sumByScenario(pruned[l]?.factor ?? tf.zeros<tf.Rank.R2>([inputs.batch, width]), inputs),
  }));
  return [...(prunes ? [kept] : []), ...factors];
}

interface HiddenLayer {
  readonly pruner: Linear;
  readonly linear: Linear;
  readonly norm: ReturnType<typeof createBatchNorm>;
}

/** `pruner.l.weight [d + w_l, w_l]`, `mlp.l.*` as of an MLP. */
function createHidden(
  variables: Collector,
  settings: {
    readonly hidden: readonly number[];
    readonly batchNorm: 'off' | 'shared' | 'domain';
    readonly embeddingDim: number;
  },
  input: number,
  scenarios: number,
) {
  const pruner = (l: number, width: number): Linear =>
    createLinear(variables, `pruner.${l}`, {
      input: settings.embeddingDim + width,
      output: width,
      bias: null,
    });
  let width = input;
  const layers = settings.hidden.map((output, l): HiddenLayer => {
    const made = {
      pruner: pruner(l, width),
      linear: createLinear(variables, `mlp.${l}`, {
        input: width,
        output,
        bias: settings.batchNorm === 'off' ? new Float32Array(output) : null,
      }),
      norm: createBatchNorm(variables, `mlp.${l}.norm`, output, settings.batchNorm, scenarios),
    };
    width = output;
    return made;
  });
  return { layers, last: pruner(layers.length, width), outputWidth: width };
}

const share = (label: string, help: string, initial: number, paper: string) =>
  hyper.real({ label, help, default: initial, min: 0, max: 1, step: 0.05, paper });

export const adasparse = defineBaseline({
  id: 'adasparse',
  title: 'AdaSparse',
  paper: {
    title: 'AdaSparse: Learning Adaptively Sparse Structures for Multi-Domain Click-Through Rate Prediction',
    authors: 'Yang, Peng, Wei, Liu, Wang, Zheng',
    venue: 'CIKM',
    year: 2022,
    url: 'https://doi.org/10.1145/3511808.3557541',
  },
  family: 'multi-scenario',
  summary: 'One network of which each scenario weighs the neurons and switches part of them off.',
  topics: ['masks', 'representation'],
  fields: {
    ...baselineFields,
    ...clusterFields,
    hidden: hidden('Hidden layers', 'Widths of the network.', [128, 64]),
    beta: hyper.real({
      label: 'Largest weight',
      help: 'Weights of neurons lie between 0 and this.',
      default: 2,
      min: 1,
      max: 4,
      step: 0.5,
      paper: '2',
    }),
    threshold: share('Threshold', 'A neuron whose weight is below is off.', 0.25, '0.25'),
    temperature: hyper.real({
      label: 'First temperature',
      help: 'What a pruner’s output is multiplied by at first; it grows, so that neurons decide themselves.',
      default: 0.1,
      min: 0.01,
      max: 5,
      paper: '0.1',
      advanced: true,
    }),
    temperatureStep: hyper.real({
      label: 'Temperature step',
      help: 'By how much it grows with each training step.',
      default: 0.01,
      min: 0,
      max: 1,
      advanced: true,
    }),
    temperatureEnd: hyper.real({
      label: 'Last temperature',
      help: 'Where it stops growing.',
      default: 5,
      min: 0.1,
      max: 50,
      paper: '5',
      advanced: true,
    }),
    sparsityLow: share('Fewest off', 'Share of a layer’s neurons that should be off at least.', 0.15, '0.15'),
    sparsityHigh: share('Most off', 'Share of a layer’s neurons that should be off at most.', 0.25, '0.25'),
    sparsityWeight: hyper.real({
      label: 'Sparsity weight',
      help: 'Weight of the regulariser at first.',
      default: 0.01,
      min: 0,
      max: 10,
      paper: '0.01',
      advanced: true,
    }),
    sparsityGrowth: hyper.real({
      label: 'Sparsity weight step',
      help: 'By how much it grows with each training step.',
      default: 0.0001,
      min: 0,
      max: 1,
      advanced: true,
    }),
    factor: ablation.choice({
      label: 'Weights of neurons',
      help: 'Scaled and switched, only switched, or only scaled.',
      options: ['fusion', 'binarization', 'scaling'],
      default: 'fusion',
      paperName: 'Fusion, Binarization, Scaling',
    }),
    sparsityControl: ablation.toggle({
      label: 'Sparsity control',
      help: 'Draw the share of neurons that are off into its bounds.',
      default: true,
    }),
  },
  presets: {
    paper: { hidden: [512, 256, 128] },
    browser: { batchNorm: 'off', hidden: [64, 32] },
    tiny: { hidden: [6, 4], embeddingDim: 4, historyLength: 3, temperature: 2 },
  },
  network({ variables, input, shape, settings }) {
    const { scenarios } = shape;
    const { sparsityControl, temperatureStep, temperatureEnd, sparsityGrowth } = settings;
    const prunes = settings.factor !== 'scaling';
    const forming = { form: settings.factor, beta: settings.beta, threshold: settings.threshold };
    const scenario = createScenarioEmbedding(variables, 'scenario', scenarios, settings.embeddingDim);
    const { layers, last, outputWidth } = createHidden(variables, settings, input, scenarios);
    const output = createLinear(variables, 'output', {
      input: outputWidth,
      output: 1,
      bias: priorBias(shape, settings.priorBias),
    });
    const temperature = prunes
      ? variables.state('pruner.temperature', [1], Float32Array.of(settings.temperature))
      : null;
    const strength =
      prunes && sparsityControl
        ? variables.state('pruner.strength', [1], Float32Array.of(settings.sparsityWeight))
        : null;

    function losses({ logit, pruned }: AdaSparsePass, inputs: Inputs): Losses {
      const click = bceWithLogits(logit, inputs.label, inputs.weight);
      if (!strength) return { total: click, terms: { click } };
      const each = pruned.flatMap(({ kept }) =>
        kept ? [sparsityTerm(kept, strength.tensor, settings, inputs)] : [],
      );
      const sparsity = tf.div<tf.Scalar>(tf.addN(each), each.length);
      return { total: tf.add(click, sparsity), terms: { click, sparsity } };
    }

    return {
      apply(flat, inputs, mode) {
        const e = scenario.rows(inputs.scenarioOneHot);
        const pruned: Pruned[] = [];
        const prune = (h: tf.Tensor2D, pruner: Linear): tf.Tensor2D => {
          const made = form(pruner.apply(tf.concat2d([e, h], 1)), forming, temperature?.tensor ?? null);
          pruned.push(made);
          return tf.mul(h, made.factor);
        };
        let h = flat;
        for (const { pruner, linear, norm } of layers) {
          h = finishLayer(linear.apply(prune(h, pruner)), norm, settings, inputs, mode).output;
        }
        const end = prune(h, last);
        if (temperature) grow(temperature, temperatureStep, temperatureEnd, mode);
        if (strength) grow(strength, sparsityGrowth, null, mode);
        return { logit: output.apply(end), pruned, lastLayer: end };
      },
      losses,
      probes: [...pruningProbes(shape, [input, ...settings.hidden], prunes), lastLayer],
      outputs: ({ logit, pruned }) => ({
        logit,
        ...Object.fromEntries(pruned.map(({ factor }, l) => [`factor${l}`, factor])),
      }),
    };
  },
});
