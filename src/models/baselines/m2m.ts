/**
 * M2M (Zhang et al., WSDM 2022) with one task: what is known of a row's scenario generates the weights by which its experts
 * are attended to and of the layers above them, row by row (meta units).
 */
import * as tf from '@tensorflow/tfjs-core';
import {
  batchMatMul,
  batchVecMat,
  dense,
  leakyRelu,
  matMul,
  mixExperts,
  softmaxLast,
  transposedMatMul,
} from '../../engine';
import type { Mode } from '../../engine';
import type { Collector } from '../collect';
import type { DataShape, Inputs, Pass, Probe } from '../definition';
import {
  createLinear,
  createMlp,
  createScenarioEmbedding,
  createStackedMlp,
  createTransformerLayer,
  fieldIndices,
  pickFlat,
  priorBias,
} from '../layers';
import { lastLayer, numbered, rowVectors, scenarioAxis, sumByScenario } from '../probes';
import { ablation, hyper } from '../settings';
import { baselineFields, hidden } from './common';
import { defineBaseline } from './defineBaseline';

interface M2mPass extends Pass {
  /** Over experts `[B, E]`. */
  readonly attention: tf.Tensor2D;
  /** Scenario knowledge `[B, c]`; null where nothing is generated from it. */
  readonly knowledge: tf.Tensor2D | null;
  readonly lastLayer: tf.Tensor2D;
  /** Of each transformer layer `[B * H, F, F]`. */
  readonly fieldAttention: readonly tf.Tensor3D[];
}

/** A layer whose matrix `[B, m, m]` and offset `[B, m]` are generated from each row's knowledge. */
interface Generated {
  readonly matrix: (knowledge: tf.Tensor2D) => tf.Tensor3D;
  readonly offset: (knowledge: tf.Tensor2D) => tf.Tensor2D;
}

/** `<name>.matrix.weight [c, m m]`, `<name>.matrix.bias [m m]` (a matrix too: under L2), `<name>.offset.*` `[c, m]`, `[m]`. */
function createGenerated(variables: Collector, name: string, knowledge: number, width: number): Generated {
  const all = width * width;
  const shape = [knowledge, all] as const;
  const weight = variables.parameter(
    `${name}.matrix.weight`,
    'weight',
    shape,
    variables.glorot(`${name}.matrix.weight`, shape, knowledge, all),
  );
  // With no knowledge the unit is an ordinary layer, so the constant part starts as an ordinary matrix does.
  const start = variables.glorot(`${name}.matrix.bias`, [width, width], width, width);
  const bias = variables.parameter(`${name}.matrix.bias`, 'weight', [all], start);
  const offset = createLinear(variables, `${name}.offset`, { input: knowledge, output: width });
  return {
    matrix: (c) => tf.reshape(dense(c, weight.tensor, bias.tensor), [c.shape[0], width, width]),
    offset: (c) => offset.apply(c),
  };
}

/** K generated layers: the knowledge `[B, c]` and vectors, several a row `[B, E, m]` or one `[B, m]`, to vectors of the same shape. */
function createMetaUnit(
  variables: Collector,
  name: string,
  { knowledge, width, layers, slope }: { knowledge: number; width: number; layers: number; slope: number },
) {
  const generated = Array.from({ length: layers }, (_, k) =>
    createGenerated(variables, `${name}.${k}`, knowledge, width),
  );
  return {
    several: (h: tf.Tensor3D, c: tf.Tensor2D): tf.Tensor3D =>
      generated.reduce(
        (x, { matrix, offset }) =>
          leakyRelu(tf.add(batchMatMul(x, matrix(c)), tf.expandDims(offset(c), 1)), slope),
        h,
      ),
    one: (h: tf.Tensor2D, c: tf.Tensor2D): tf.Tensor2D =>
      generated.reduce(
        (x, { matrix, offset }) => leakyRelu(tf.add(batchVecMat(x, matrix(c)), offset(c)), slope),
        h,
      ),
  };
}

interface KnowledgeSettings {
  readonly embeddingDim: number;
  readonly knowledgeHidden: readonly number[];
  readonly dropout: number;
}

/** `scenario.embedding [N, d]`, `knowledge.k.*`: an MLP over the scenario's vector and the user's fields, to `[B, c]`. */
function createKnowledge(
  variables: Collector,
  shape: DataShape,
  { embeddingDim: dim, knowledgeHidden: widths, dropout }: KnowledgeSettings,
) {
  const { scenarios } = shape;
  const scenario = createScenarioEmbedding(variables, 'scenario', scenarios, dim);
  const user = fieldIndices(shape, { roles: ['user'] });
  const mlp = createMlp(variables, 'knowledge', {
    ...{ input: dim * (1 + user.length), widths, batchNorm: 'off', scenarios, dropout },
  });
  return {
    width: mlp.outputWidth,
    apply(inputs: Inputs, mode: Mode): tf.Tensor2D {
      const e = scenario.rows(inputs.scenarioOneHot);
      const known = user.length > 0 ? tf.concat2d([e, pickFlat(inputs.fields, user)], 1) : e;
      return mlp.apply(known, inputs, mode).output;
    },
  };
}

/** `fieldAttentionk` `[fields, fields]`: mean over rows and heads of what a field takes of each. */
function fieldAttention(names: readonly string[], k: number, heads: number): Probe<M2mPass> {
  const count = names.length;
  return {
    name: `fieldAttention${k}`,
    topic: 'attention',
    title: `Which fields each field looks at, transformer layer ${k + 1}`,
    reading:
      'A row is a field, a column one that it takes from: the mean over evaluation rows and heads; a row sums to 1.',
    equation: String.raw`\mathrm{softmax}(Q K^\top / \sqrt{d_h})`,
    axes: [
      { name: 'field', labels: names },
      { name: 'position', labels: names },
    ],
    scale: 'share',
    compute({ fieldAttention: layers }, { weight, batch }) {
      const weights = layers[k];
      if (!weights) return { sum: tf.zeros([count, count]), count: tf.zeros([count]) };
      const byRow = tf.reshape<tf.Rank.R2>(weights, [batch, heads * count * count]);
      const sum = tf.reshape(transposedMatMul(weight, byRow), [heads, count, count]);
      return { sum: tf.mean(sum, 0), count: tf.mul(tf.ones([count]), tf.sum(weight)) };
    },
  };
}

const knowledgeVectors = rowVectors<M2mPass>({
  name: 'knowledge',
  title: 'Scenario knowledge',
  reading: 'What the meta units’ weights are generated from: rows that stand together are treated alike.',
  equation: String.raw`\tilde S = \mathrm{MLP}([e_s,\, A])`,
  vectors: ({ knowledge, lastLayer: last }) => knowledge ?? last,
});

const { embeddingDim, scenarioField, dropout, priorBias: prior, history, historyLength } = baselineFields;

export const m2m = defineBaseline({
  id: 'm2m',
  title: 'M2M',
  paper: {
    title:
      'Leaving No One Behind: A Multi-Scenario Multi-Task Meta Learning Approach for Advertiser Modeling',
    authors: 'Zhang, Liao, Liu, Xu, Zheng',
    venue: 'WSDM',
    year: 2022,
    url: 'https://doi.org/10.1145/3488560.3498479',
  },
  family: 'multi-scenario',
  summary:
    'What is known of a scenario generates the weights of the attention over experts and of the tower.',
  topics: ['gates', 'attention', 'representation'],
  fields: {
    ...{ embeddingDim, scenarioField, dropout, priorBias: prior, history, historyLength },
    transformerLayers: hyper.int({
      label: 'Transformer layers',
      help: 'Layers of self-attention over the fields of a row.',
      default: 1,
      min: 0,
      max: 2,
    }),
    heads: hyper.int({
      label: 'Heads',
      help: 'Heads of its attention; they divide the embedding size.',
      default: 2,
      min: 1,
      max: 8,
    }),
    feedForward: hyper.int({
      label: 'Feed-forward width',
      help: 'Hidden width of the transformer’s own layer at each field.',
      default: 32,
      min: 1,
      max: 512,
      advanced: true,
    }),
    numExperts: hyper.int({ label: 'Experts', help: 'Number of experts E.', default: 4, min: 1, max: 32 }),
    viewHidden: hidden('Expert layers', 'Widths of each expert; the last is the width of a view.', [128, 32]),
    knowledgeHidden: hidden('Knowledge layers', 'Widths of the network over scenario and user.', [16]),
    metaLayers: hyper.int({
      label: 'Meta unit layers',
      help: 'Generated layers of one meta unit.',
      default: 1,
      min: 1,
      max: 3,
    }),
    towerLayers: hyper.int({
      label: 'Meta tower layers',
      help: 'Meta units above the experts, each with a residual connection.',
      default: 2,
      min: 1,
      max: 4,
    }),
    leakySlope: hyper.real({
      label: 'Leaky slope',
      help: 'Slope of LeakyReLU below zero in meta units.',
      default: 0.2,
      min: 0,
      max: 0.3,
      step: 0.05,
      advanced: true,
    }),
    metaAttention: ablation.toggle({
      label: 'Meta attention',
      help: 'Generate the attention over experts from the scenario; off, it is the same for all.',
      default: true,
      paperName: 'w/o meta attention',
    }),
    metaTower: ablation.toggle({
      label: 'Meta tower',
      help: 'Generate the tower’s layers from the scenario; off, they are the same for all.',
      default: true,
      paperName: 'w/o meta tower',
    }),
  },
  presets: {
    paper: { numExperts: 8, viewHidden: [128, 64], knowledgeHidden: [32] },
    browser: { viewHidden: [64, 16], knowledgeHidden: [8], feedForward: 16 },
    tiny: {
      numExperts: 2,
      feedForward: 3,
      viewHidden: [6, 3],
      knowledgeHidden: [4],
      embeddingDim: 4,
      historyLength: 3,
    },
  },
  network({ variables, input, shape, settings, read }) {
    const { scenarios } = shape;
    const { heads, numExperts, metaAttention, metaTower, leakySlope: slope } = settings;
    const dim = settings.embeddingDim;
    const knowledge = metaAttention || metaTower ? createKnowledge(variables, shape, settings) : null;
    const transformer = Array.from({ length: settings.transformerLayers }, (_, k) =>
      createTransformerLayer(variables, `transformer.${k}`, {
        ...{ width: dim, heads, feedForward: settings.feedForward },
      }),
    );
    const experts = createStackedMlp(variables, 'expert', {
      stack: numExperts,
      input,
      widths: settings.viewHidden,
      batchNorm: 'off',
      scenarios,
      dropout: settings.dropout,
    });
    const view = experts.outputWidth;
    const task = variables.parameter(
      'task.view',
      'weight',
      [view],
      variables.normal('task.view', [view], 0, 0.1),
    );
    const known = knowledge?.width ?? 0;
    const unit = (name: string, width: number) =>
      createMetaUnit(variables, name, { knowledge: known, width, layers: settings.metaLayers, slope });
    const attend = metaAttention ? unit('attention', 2 * view) : null;
    const score = createLinear(variables, 'attention.score', { input: 2 * view, output: 1, bias: null });
    const tower = Array.from({ length: settings.towerLayers }, (_, j) => {
      if (metaTower) return { meta: unit(`tower.${j}`, view), plain: null };
      return { meta: null, plain: createLinear(variables, `tower.${j}`, { input: view, output: view }) };
    });
    const output = createLinear(variables, 'output', {
      input: view,
      output: 1,
      bias: priorBias(shape, settings.priorBias),
    });

    /** `[E_i, t]` of every expert `[B, E, 2v]` to weights over experts `[B, E]`. */
    function attention(views: tf.Tensor3D, c: tf.Tensor2D | null): tf.Tensor2D {
      const [batch] = views.shape;
      const t = tf.tile(tf.reshape<tf.Rank.R3>(task.tensor, [1, 1, view]), [batch, numExperts, 1]);
      const both = tf.concat3d([views, t], 2);
      const read = attend && c ? attend.several(both, c) : both;
      const scores = matMul(tf.reshape(read, [batch * numExperts, 2 * view]), score.weight.tensor);
      return softmaxLast(tf.reshape<tf.Rank.R2>(scores, [batch, numExperts]));
    }

    return {
      apply(_flat, inputs, mode, given) {
        const { batch } = inputs;
        let tokens = given.fields;
        const looks = transformer.map((layer) => {
          const done = layer.apply(tokens);
          tokens = done.tokens;
          return done.weights;
        });
        const x: tf.Tensor2D = tf.reshape(tokens, [batch, input]);
        const c = knowledge?.apply(inputs, mode) ?? null;
        const views = tf.transpose<tf.Tensor3D>(experts.apply(x, inputs, mode), [1, 0, 2]);
        const weights = attention(views, c);
        const last = tower.reduce(
          (h, { meta, plain }) => {
            const made = meta && c ? meta.one(h, c) : plain ? leakyRelu(plain.apply(h), slope) : h;
            return leakyRelu(tf.add(made, h), slope);
          },
          mixExperts(views, weights),
        );
        return {
          logit: output.apply(last),
          attention: weights,
          knowledge: c,
          lastLayer: last,
          fieldAttention: looks,
        };
      },
      probes: [
        {
          name: 'attention',
          topic: 'gates',
          title: 'How much each scenario attends to each expert',
          reading: 'A row is a scenario’s mean weights over its own evaluation rows; it sums to 1.',
          equation: String.raw`a_i = \mathrm{softmax}_i\big(v^\top \mathrm{Meta}_{\tilde S}([E_i, T])\big)`,
          axes: [scenarioAxis(shape), { name: 'expert', labels: numbered('expert', numExperts) }],
          scale: 'share',
          compute: ({ attention: weights }, inputs) => sumByScenario(weights, inputs),
        },
        ...transformer.map((_, k) => fieldAttention(read.names, k, heads)),
        ...(knowledge ? [knowledgeVectors] : []),
        lastLayer,
      ],
      outputs: ({ logit, attention: weights, knowledge: c }) => ({
        logit,
        attention: weights,
        ...(c && { knowledge: c }),
      }),
    };
  },
});
