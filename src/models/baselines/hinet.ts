/**
 * HiNet (Zhou et al., ICDE 2023) with one task: a scenario layer of shared experts, the scenario's own experts and what other
 * scenarios' experts say, weighed by an attention between scenarios (SAN); above it a task layer, customised gate control.
 */
import * as tf from '@tensorflow/tfjs-core';
import {
  dense,
  maskedSoftmax,
  mixExpertsMultiGate,
  mixExpertsStacked,
  routeRows,
  softmaxLast,
} from '../../engine';
import type { Mode } from '../../engine';
import type { Collector } from '../collect';
import type { DataShape, Inputs, Probe } from '../definition';
import {
  askExperts,
  askLinear,
  askScenarios,
  createExtractionLevel,
  createLinear,
  createOwnLinear,
  createScenarioEmbedding,
  createSharedGate,
  createStackedMlp,
  type AskedRows,
  type AskedScenarios,
} from '../layers';
import { lastLayer, numbered, otherScenarioAxis, rowVectors, scenarioAxis, sumByScenario } from '../probes';
import { ablation, hyper } from '../settings';
import { clusterFields } from './clusters';
import { baselineFields, hidden, peers } from './common';
import { defineBaseline } from './defineBaseline';
import { createScenarioTowers, gateProbe } from './scenarioTowers';

/** What the scenario layer hands on. */
interface Extracted {
  /** `[G, S_s, A]` side by side `[B, 3w]`; without attention `[G, S_s]`. */
  readonly output: tf.Tensor2D;
  /** Gates over shared sub-experts `[B, K]` and over those of the row's own scenario. */
  readonly sharedGate: tf.Tensor2D;
  readonly ownGate: tf.Tensor2D;
  /** Weights of the slots' scenarios `[B, S]`, 0 for the row's own; null without attention. */
  readonly attention: tf.Tensor2D | null;
}

interface LayerSettings {
  readonly sharedExperts: number;
  readonly specificExperts: number;
  readonly expertHidden: readonly number[];
  readonly embeddingDim: number;
  readonly dropout: number;
  readonly attentive: boolean;
}

/** `scenario.embedding [N, d]`, `attention.weight [d, S]`, `attention.bias [S]`: how much a scenario takes of each other one. */
function createScenarioAttention(variables: Collector, scenarios: number, width: number, slots: number) {
  const embedding = createScenarioEmbedding(variables, 'scenario', scenarios, width);
  const { weight, bias } = createLinear(variables, 'attention', { input: width, output: slots });
  return (scenarioOneHot: tf.Tensor2D, { others }: AskedRows): tf.Tensor2D => {
    // Scores depend on the scenario alone, so they are made once a scenario.
    const scores = dense(embedding.weight.tensor, weight.tensor, bias?.tensor ?? null);
    return maskedSoftmax(routeRows(scores, scenarioOneHot), others);
  };
}

/** `shared.k.*` `[K, in, w]`, `sharedGate.*`, `specific.k.*` `[N K, in, w]`, `specificGate.*` `[N, in, K]`, and the attention's. */
function createScenarioLayer(
  variables: Collector,
  input: number,
  scenarios: number,
  asking: AskedScenarios,
  { sharedExperts, specificExperts, expertHidden, embeddingDim, dropout, attentive }: LayerSettings,
) {
  const plain = { input, widths: expertHidden, batchNorm: 'off', scenarios, dropout } as const;
  const shared = createStackedMlp(variables, 'shared', { ...plain, stack: sharedExperts });
  const sharedGate = createSharedGate(variables, 'sharedGate', input, sharedExperts);
  const specific = createStackedMlp(variables, 'specific', {
    ...plain,
    stack: scenarios * specificExperts,
  });
  const specificGate = createOwnLinear(variables, 'specificGate', scenarios, {
    input,
    output: specificExperts,
  });
  const attend = attentive ? createScenarioAttention(variables, scenarios, embeddingDim, asking.slots) : null;

  return {
    outputWidth: shared.outputWidth * (attentive ? 3 : 2),
    apply(x: tf.Tensor2D, asked: AskedRows, inputs: Inputs, mode: Mode): Extracted {
      const ofShared = sharedGate.apply(x);
      const common = mixExpertsStacked(shared.apply(x, inputs, mode), ofShared);
      const bodies = askExperts(specific, specificExperts, x, asked, inputs, mode);
      const gates = softmaxLast(askLinear(specificGate, x, asked));
      const byRow = tf.transpose<tf.Tensor3D>(gates, [1, 0, 2]);
      /** Sub-experts of all slots under weights of the slots `[B, S]`. */
      const spread = (slots: tf.Tensor2D): tf.Tensor3D =>
        tf.reshape(tf.mul(byRow, tf.expandDims(slots, 2)), [inputs.batch, 1, -1]);
      const attention = attend ? attend(inputs.scenarioOneHot, asked) : null;
      const weights = attention ? tf.concat([spread(asked.own), spread(attention)], 1) : spread(asked.own);
      // Own experts and, where there is attention, the attended ones `[B, 1 or 2, w]`.
      const mixed = tf.transpose<tf.Tensor3D>(mixExpertsMultiGate(bodies, weights), [1, 0, 2]);
      return {
        output: tf.concat2d([common, tf.reshape<tf.Rank.R2>(mixed, [inputs.batch, -1])], 1),
        sharedGate: ofShared,
        ownGate: mixExpertsStacked(gates, asked.own),
        attention,
      };
    },
  };
}

interface Shown {
  readonly extracted: Extracted | null;
}

/** The scenario layer's: `attention` `[N, S]`, `sharedGate`, `ownGate` `[N, K]`. */
function layerProbes(
  shape: DataShape,
  { labels, pool }: AskedScenarios,
  { sharedExperts, specificExperts, attentive }: LayerSettings,
): readonly Probe<Shown>[] {
  const nothing = (inputs: Inputs, width: number) => tf.zeros<tf.Rank.R2>([inputs.batch, width]);
  const gate = (name: 'sharedGate' | 'ownGate', title: string, count: number): Probe<Shown> => ({
    name,
    topic: 'gates',
    title,
    reading: 'A row is a scenario’s mean gate over its own evaluation rows; it sums to 1.',
    equation: String.raw`\textstyle\sum_k g_k(x)\, Q_k(x), \quad g = \mathrm{softmax}(W^\top x + b)`,
    axes: [scenarioAxis(shape), { name: 'expert', labels: numbered('sub-expert', count) }],
    scale: 'share',
    compute: ({ extracted }, inputs) => sumByScenario(extracted?.[name] ?? nothing(inputs, count), inputs),
  });
  const attention: Probe<Shown> = {
    name: 'attention',
    topic: 'gates',
    title: 'How much each scenario takes of the others’ experts',
    reading: `A row is a scenario, a column another whose experts it reads; it sums to 1, and its own stands at 0.${pool ? ' The last column is the scenario itself.' : ''}`,
    equation: String.raw`A_s = \textstyle\sum_{j \ne s} \mathrm{softmax}(W^\top e_s + b)_j\, S_j(x)`,
    axes: [scenarioAxis(shape), otherScenarioAxis(shape, labels)],
    // Of a single scenario there is nobody else.
    scale: shape.scenarios > 1 ? 'share' : 'value',
    compute: ({ extracted }, inputs) =>
      sumByScenario(extracted?.attention ?? nothing(inputs, labels.length), inputs),
  };
  return [
    ...(attentive ? [attention] : []),
    gate('sharedGate', 'How much each scenario uses each shared sub-expert', sharedExperts),
    gate('ownGate', 'How much each scenario uses each sub-expert of its own', specificExperts),
  ];
}

const extractedVectors = rowVectors<{ readonly mixed: tf.Tensor2D }>({
  name: 'extracted',
  title: 'Scenario layer, before the task layer',
  reading: 'Shared, own and attended experts side by side: what the scenario layer knows of a row.',
  equation: String.raw`C_s = [G(x),\, S_s(x),\, A_s(x)]`,
  vectors: (pass) => pass.mixed,
});

const { embeddingDim, scenarioField, dropout, priorBias, history, historyLength } = baselineFields;

const count = (label: string, help: string, most: number, initial: number) =>
  hyper.int({ label, help, default: initial, min: 1, max: most });

export const hinet = defineBaseline({
  id: 'hinet',
  title: 'HiNet',
  paper: {
    title: 'HiNet: Novel Multi-Scenario & Multi-Task Learning with Hierarchical Information Extraction',
    authors: 'Zhou, Cao, Li, Bo, Zhang, Luo, Yu',
    venue: 'ICDE',
    year: 2023,
    url: 'https://arxiv.org/abs/2303.06095',
  },
  family: 'multi-scenario',
  summary:
    'Shared experts, own experts and an attention over other scenarios’ experts; a task layer above them.',
  topics: ['gates', 'representation'],
  fields: {
    ...{ embeddingDim, scenarioField, dropout, priorBias, history, historyLength },
    ...clusterFields,
    sharedExperts: count('Shared sub-experts', 'Sub-experts that all scenarios share.', 16, 3),
    specificExperts: count('Own sub-experts', 'Sub-experts of each scenario.', 8, 2),
    expertHidden: hidden('Sub-expert layers', 'Widths of each sub-expert.', [64]),
    taskExperts: count('Own task experts', 'Task experts of each scenario.', 8, 1),
    taskSharedExperts: count('Shared task experts', 'Task experts that all scenarios share.', 8, 1),
    taskHidden: hidden('Task expert layers', 'Widths of each task expert.', [64]),
    towerHidden: hidden('Tower layers', 'Widths of each scenario’s tower.', [32]),
    peers,
    attentive: ablation.toggle({
      label: 'Attention between scenarios',
      help: 'Read other scenarios’ experts, weighed by how the scenarios belong together (SAN).',
      default: true,
      paperName: 'w/o SAN',
    }),
    hierarchy: ablation.toggle({
      label: 'Scenario layer',
      help: 'Extract by scenario before the task layer; off, the task layer reads the input itself.',
      default: true,
      paperName: 'w/o hierarchy',
    }),
  },
  presetTraining: { paper: { batch: 4096, learningRate: 1e-4 } },
  presets: {
    paper: {
      sharedExperts: 5,
      specificExperts: 5,
      expertHidden: [128, 64],
      taskExperts: 2,
      taskSharedExperts: 2,
      taskHidden: [128, 64],
      towerHidden: [128, 64],
      embeddingDim: 32,
      dropout: 0.5,
      peers: 64,
    },
    browser: { expertHidden: [32], taskHidden: [32], peers: 3 },
    tiny: {
      sharedExperts: 2,
      expertHidden: [6],
      taskHidden: [5],
      towerHidden: [4],
      embeddingDim: 4,
      historyLength: 3,
      peers: 3,
    },
  },
  network({ variables, input, shape, settings }) {
    const { scenarios } = shape;
    const { taskExperts, taskSharedExperts } = settings;
    const asking = askScenarios(shape, settings.peers);
    const scenario = settings.hierarchy
      ? createScenarioLayer(variables, input, scenarios, asking, settings)
      : null;
    const task = createExtractionLevel(variables, 'task', {
      input: scenario?.outputWidth ?? input,
      widths: settings.taskHidden,
      batchNorm: 'off',
      scenarios,
      dropout: settings.dropout,
      specific: taskExperts,
      shared: taskSharedExperts,
      last: true,
    });
    const towers = createScenarioTowers(
      variables,
      shape,
      { ...settings, batchNorm: 'off' },
      task.outputWidth,
    );
    return {
      apply(flat, inputs, mode) {
        const extracted = scenario?.apply(flat, asking.rows(inputs), inputs, mode) ?? null;
        const mixed = extracted?.output ?? flat;
        const { own, gate } = task.finish(mixed, inputs, mode);
        return { ...towers.apply(own, inputs, mode), gate, mixed, extracted };
      },
      probes: [
        ...(scenario ? layerProbes(shape, asking, settings) : []),
        gateProbe(shape, {
          title: 'How much each scenario uses its own and the shared task experts',
          reading: 'A row is a scenario’s mean gate over its own evaluation rows; it sums to 1.',
          equation: String.raw`\mathrm{softmax}(W_s^\top C_s + b_s)`,
          experts: [...numbered('own', taskExperts), ...numbered('shared', taskSharedExperts)],
        }),
        ...(scenario ? [extractedVectors] : []),
        lastLayer,
      ],
      outputs: ({ logit, gate, mixed, extracted }) => ({
        logit,
        gate,
        extracted: mixed,
        ...(extracted?.attention && { attention: extracted.attention }),
      }),
    };
  },
});
