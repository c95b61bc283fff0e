/**
 * Fine-tuning: one network is trained on all rows, then each scenario gets a copy and trains it on its own rows.
 *
 * A copy is the pooled weight plus the scenario's own difference, `pooled.k.weight + own.k.weight[n]`, with differences
 * that start at 0: training only differences while the pooled weights stand still is training the copies, except that L2
 * pulls a copy towards the pooled network and not towards 0. The `finetune` procedure trains `pooledNames` first, then
 * `tunedNames`. What has no copies, embeddings and normalisation, is tuned by all scenarios together or frozen.
 */
import * as tf from '@tensorflow/tfjs-core';
import { dropout, leakyRelu, routedSharedDense } from '../../engine';
import type { Parameter } from '../../engine';
import type { Collector } from '../collect';
import { createBatchNorm, priorBias } from '../layers';
import { lastLayer } from '../probes';
import { procedureKey } from '../procedureChoice';
import { ablation, hyper } from '../settings';
import { baselineFields, hidden } from './common';
import { defineBaseline } from './defineBaseline';

interface FinetuneSettings {
  /** Share of the steps that train the pooled network at most. */
  readonly pooledShare: number;
  /** What stands still in the second phase. */
  readonly frozen: 'nothing' | 'shared';
}

export const finetuneTraining = procedureKey<FinetuneSettings>('finetune');

/** What a copy is a difference from; it stands still once there are copies. */
const isCopied = (name: string): boolean => /^pooled\..*(weight|bias)$/.test(name);

/** Names that train in the second phase: the copies, and, unless that is frozen, what has no copies. */
export function tunedNames(
  parameters: readonly Parameter[],
  { frozen }: Pick<FinetuneSettings, 'frozen'>,
): string[] {
  const all = ['embedding', ...parameters.map(({ name }) => name)];
  return all.filter((name) => (frozen === 'shared' ? name.startsWith('own.') : !isCopied(name)));
}

/** Names that train in the first phase: the pooled network and the embeddings. */
export function pooledNames(parameters: readonly Parameter[]): string[] {
  return ['embedding', ...parameters.map(({ name }) => name).filter((name) => !name.startsWith('own.'))];
}

interface Layer {
  readonly pooled: Parameter<tf.Tensor2D>;
  readonly own: Parameter<tf.Tensor3D>;
}

interface Biases {
  readonly pooled: Parameter;
  readonly own: Parameter;
}

function createLayer(
  variables: Collector,
  suffix: string,
  scenarios: number,
  input: number,
  output: number,
): Layer {
  const shape = [input, output] as const;
  return {
    pooled: variables.parameter(
      `pooled.${suffix}.weight`,
      'weight',
      shape,
      variables.glorot(`pooled.${suffix}.weight`, shape, input, output),
    ),
    own: variables.parameter(
      `own.${suffix}.weight`,
      'weight',
      [scenarios, input, output],
      new Float32Array(scenarios * input * output),
    ),
  };
}

function createBiases(
  variables: Collector,
  suffix: string,
  scenarios: number,
  initial: Float32Array,
): Biases {
  return {
    pooled: variables.parameter(`pooled.${suffix}.bias`, 'bias', [initial.length], initial),
    own: variables.parameter(
      `own.${suffix}.bias`,
      'bias',
      [scenarios, initial.length],
      new Float32Array(scenarios * initial.length),
    ),
  };
}

export const finetune = defineBaseline({
  id: 'finetune',
  title: 'Fine-tune',
  paper: null,
  family: 'single-task',
  summary: 'One network trained on all rows, then copied and trained on by each scenario alone.',
  topics: ['representation'],
  fields: {
    ...baselineFields,
    batchNorm: hyper.choice({
      label: 'Batch norm',
      help: 'Normalise hidden units by statistics over the whole batch, or not at all.',
      options: ['off', 'shared'],
      default: 'shared',
      advanced: true,
    }),
    hidden: hidden('Hidden layers', 'Widths of the network.', [256, 128, 64]),
    pooledShare: hyper.real({
      label: 'Pooled share',
      help: 'Share of the steps that train the pooled network at most; it ends sooner when its patience does, and the rest train the copies.',
      default: 0.7,
      min: 0,
      max: 1,
      step: 0.05,
    }),
    frozen: ablation.choice({
      label: 'Frozen',
      help: 'What stands still in the second phase: nothing, or embeddings and normalisation, which scenarios share.',
      options: ['nothing', 'shared'],
      optionLabels: { nothing: 'nothing', shared: 'what is shared' },
      default: 'nothing',
    }),
  },
  presets: {
    paper: { hidden: [256, 128, 64] },
    browser: { batchNorm: 'off', hidden: [128, 64] },
    tiny: { hidden: [6, 4], embeddingDim: 4, historyLength: 3 },
  },
  procedure: finetuneTraining.choose,
  network({ variables, input, shape, settings }) {
    const { scenarios } = shape;
    const { batchNorm } = settings;
    let width = input;
    const layers = settings.hidden.map((output, k) => {
      const weight = createLayer(variables, `${k}`, scenarios, width, output);
      const bias =
        batchNorm === 'off' ? createBiases(variables, `${k}`, scenarios, new Float32Array(output)) : null;
      const norm = createBatchNorm(variables, `pooled.${k}.norm`, output, batchNorm, scenarios);
      width = output;
      return { weight, bias, norm };
    });
    const output = createLayer(variables, 'output', scenarios, width, 1);
    const outputBias = createBiases(variables, 'output', scenarios, priorBias(shape, settings.priorBias));
    const biasOf = ({ own, pooled }: Biases) => tf.add<tf.Tensor2D>(own.tensor, pooled.tensor);
    /** Each row through its own scenario's copy, which is never written out. */
    const apart = (h: tf.Tensor2D, { own, pooled }: Layer, bias: Biases | null, oneHot: tf.Tensor2D) => {
      const shared = { shared: pooled.tensor, combine: 'add' } as const;
      return routedSharedDense(h, own.tensor, shared, bias && biasOf(bias), oneHot);
    };
    return {
      apply(flat, inputs, mode) {
        const { scenarioOneHot } = inputs;
        let h = flat;
        for (const { weight, bias, norm } of layers) {
          const linear = apart(h, weight, bias, scenarioOneHot);
          const normalised = norm ? norm.apply(linear, inputs, mode).output : linear;
          h = dropout(leakyRelu(normalised, 0), settings.dropout, mode);
        }
        const logit = apart(h, output, outputBias, scenarioOneHot);
        return { logit, lastLayer: h };
      },
      probes: [lastLayer],
    };
  },
});
