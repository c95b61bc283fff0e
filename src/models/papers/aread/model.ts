/**
 * AREAD: One for Dozens: Adaptive REcommendation for All Domains with Counterfactual Augmentation (Luo et al., AAAI 2025).
 *
 * A base MMoE feeds layers of experts, from few and wide to many and narrow; a mask per scenario decides which edges
 * between the layers that scenario uses; the outputs of its active heads are averaged.
 *
 * - base (Model Optimization): X_k = MLP_k(E) `[K, B, h]`, one softmax gate over K per first-layer expert;
 * - experts (Eq 3): e_{l,n} = MLP_{l,n}(Σ_i G_{l,n}[i] e_{l-1,i}), two ReLU layers;
 * - masked gates (Eq 4): G = M·g / (Σ_i M·g + 1e-8), g a softmax over the layer below;
 * - heads z `[B, N_L]`; active ones K (Eq 7); prediction Σ K σ(z) / Σ K (Eq 9);
 * - loss: BCE of the average while warming up (Eq 6), the sum of BCEs of the active heads with masks (Eq 8).
 *
 * Masks, the phase and the gates' running sums are state tensors: training with and without masks, for one scenario or
 * all, is one static graph. How masks are found is `training/procedures/aread`.
 */
import * as tf from '@tensorflow/tfjs-core';
import { maskedNormalize, matMul, mixExpertsMultiGate, stackedDense } from '../../../engine';
import type { Mode, StateUpdate, VariableFactory } from '../../../engine';
import { createSharedReader, withHistory } from '../../baselines/reader';
import { collect } from '../../collect';
import { createModel } from '../../createModel';
import type { AnyModel, DataShape, Inputs, Losses } from '../../definition';
import { createScenarioGate, createStackedMlp, logit as priorLogit } from '../../layers';
import { createDomainQuery } from './domainQuery';
import { expertCounts, expertWidths } from './expertSizes';
import { headLosses, readHeads } from './heads';
import { maskLayout } from './masks';
import { createMaskStates, rowMask } from './maskStates';
import { createOfficialHead } from './officialHead';
import type { AreadPass } from './pass';
import { createProbes } from './probes';
import type { AreadSettings } from './settings';

/** Sums over the steps since they were last read. */
const SUM: StateUpdate = { decay: 1, scale: 1 };

/** The full model, with or without masks (`hemp`). */
export function buildHierarchical(
  shape: DataShape,
  settings: AreadSettings,
  factory: VariableFactory,
): AnyModel {
  const variables = collect(factory);
  const table = variables.table(shape.vocabularySize, settings.embeddingDim);
  const counts = expertCounts(settings);
  const widths = expertWidths(settings);
  const layout = maskLayout(counts);
  const scenarios = shape.scenarios;
  const reader = createSharedReader(variables, shape, { ...settings, scenarioField: 'on' });
  const { width } = reader;
  const heads = counts[counts.length - 1]!;
  const first = counts[0]!;

  const base = createStackedMlp(variables, 'expert', {
    stack: settings.baseExperts,
    input: width,
    widths: settings.baseHidden,
    batchNorm: settings.batchNorm,
    scenarios,
    dropout: settings.dropout,
  });
  const baseGate = createScenarioGate(variables, 'gate', first, width, settings.baseExperts);
  const states = createMaskStates(variables, scenarios, layout);
  const query = settings.gate === 'domain' ? createDomainQuery(variables, shape, settings, states) : null;
  const queryWidth = settings.gate === 'domain' ? 2 * settings.embeddingDim : width;

  let below = base.outputWidth;
  const createLayer = (index: number) => {
    const experts = createStackedMlp(variables, `hei.${index + 1}`, {
      stack: counts[index]!,
      input: below,
      widths: widths[index]!,
      batchNorm: settings.heiBatchNorm ? 'shared' : 'off',
      scenarios,
      dropout: 0,
    });
    below = experts.outputWidth;
    return experts;
  };
  const lowest = createLayer(0);
  const upper = layout.transitions.map(({ rows, columns }, t) => ({
    experts: createLayer(t + 1),
    gate: createScenarioGate(variables, `hei.${t + 2}.gate`, columns, queryWidth, rows),
    mask: states.masks[t]!,
    edges: rows * columns,
  }));

  const headWeight = variables.parameter(
    'head.weight',
    'weight',
    [heads, below, 1],
    variables.glorot('head.weight', [heads, below, 1], below, 1),
  );
  const prior = settings.priorBias === 'on' ? priorLogit(shape.clickRate) : 0;
  const official = settings.officialHead ? createOfficialHead(variables, width, heads, prior) : null;
  const headBias = official
    ? null
    : variables.parameter('head.bias', 'bias', [heads, 1], new Float32Array(heads).fill(prior));

  function forward(inputs: Inputs, mode: Mode): AreadPass {
    const batch = inputs.batch;
    const { flat: features, attention } = reader.read(inputs, mode);
    const baseGates = baseGate.all(features);
    const firstEntry = mixExpertsMultiGate(base.apply(features, inputs, mode), baseGates);
    const gateInput = query ? query(inputs) : features;
    const edgeGates: tf.Tensor2D[] = [];
    let outputs = lowest.apply(firstEntry, inputs, mode);
    for (const { experts, gate, mask, edges } of upper) {
      const gatesOf = gate.all(gateInput);
      edgeGates.push(tf.reshape(tf.transpose(gatesOf, [0, 2, 1]), [batch, edges]));
      const shares = maskedNormalize(gatesOf, rowMask(mask, inputs.scenarioOneHot));
      outputs = experts.apply(mixExpertsMultiGate(outputs, shares), inputs, mode);
    }
    const bias = headBias ? headBias.tensor : null;
    const stacked = stackedDense(outputs, headWeight.tensor, bias);
    let headLogits = tf.transpose<tf.Tensor2D>(tf.reshape(stacked, [heads, batch]));
    if (official) headLogits = tf.add(headLogits, official.apply(features));

    const read = readHeads(headLogits, states.masks[states.masks.length - 1]!, inputs.scenarioOneHot);
    const gates = tf.concat(edgeGates, 1);
    if (mode.kind === 'train') {
      const rows = tf.mul<tf.Tensor2D>(inputs.scenarioOneHot, inputs.weight);
      const sums = matMul(tf.transpose(rows), gates);
      mode.recordState(states.gateSum, sums, SUM);
      mode.recordState(states.gateCount, tf.sum(rows, 0), SUM);
    }
    return {
      logit: read.logit,
      heads: read,
      headLogits,
      gates,
      baseGates,
      firstEntry,
      lastOutputs: outputs,
      historyAttention: attention,
    };
  }

  function losses({ headLogits, heads: found }: AreadPass, { label, weight }: Inputs): Losses {
    const both = headLosses(headLogits, found, label, weight, settings.bagging);
    const term = (at: 0 | 1): tf.Scalar => tf.reshape(tf.slice(both, [0, at], [1, 1]), []);
    const average = term(0);
    if (!settings.hemp) return { total: average, terms: { average } };
    const phase = tf.reshape(states.phase.tensor, [1, 1]);
    const blend = tf.concat([tf.sub(1, phase), phase], 1);
    return { total: tf.sum(tf.mul(both, blend)), terms: { average, bagging: term(1) } };
  }

  return createModel<AreadPass>({
    table,
    variables,
    forward,
    losses,
    scores: ({ heads: { probability } }) => ({ score: probability, probability }),
    probes: withHistory(createProbes(shape, settings, layout, states), shape, settings),
    outputs: ({ logit, heads: { active, probability }, headLogits, gates, baseGates }) => ({
      ...{ logit, probability, headLogits, gates, baseGates },
      activeHeads: active,
    }),
  });
}
