/**
 * SAR-Net: a scenario-aware ranking network (Shen et al., CIKM 2021).
 *
 * Behaviours are weighed by their item against the candidate and by their scenario against the current one (Eq 5–7); the joined
 * representation is scaled and shifted per scenario (Eq 8); shared and own debias experts predict, each with a bias net that sees
 * the fairness coefficient in training only; a gate per scenario mixes their scores (Eq 9–10); the loss weighs rows by fairness (Eq 11).
 *
 * Coefficients (Eq 1) come from the training procedure. Where the paper is silent: docs/decisions/sarnet.md.
 */
import * as tf from '@tensorflow/tfjs-core';
import { bceProbabilityRows, logOdds, mixExperts, sigmoid, weightedMean } from '../../../engine';
import type { Mode, VariableFactory } from '../../../engine';
import { collect } from '../../collect';
import { createModel } from '../../createModel';
import type { AnyModel, DataShape, Inputs } from '../../definition';
import { createScenarioGate, fieldIndices, historyOf, logit as priorLogit, pickFlat } from '../../layers';
import { createBehaviourAttention } from './attention';
import { biasFactors } from './biasCurves';
import { biasInput, BUCKETS, createExpertLogits, createLevels, fairnessOf } from './network';
import type { SarNetPass } from './pass';
import { createProbes } from './probes';
import type { SarNetSettings } from './settings';
import { createTransform } from './transform';

/** Bias nets start at σ(2) ≈ 0.88, so that they re-weigh and do not switch rows off. */
const BIAS_START = 2;
/** Share of the old value that the means behind the calibration keep in a step. */
const MOMENTUM = 0.99;
/** Far below any mean prediction, far above the least float. */
const NEGLIGIBLE = 1e-20;

/** @throws RangeError when the data has no behaviour histories */
export function buildSarNet(shape: DataShape, settings: SarNetSettings, factory: VariableFactory): AnyModel {
  if (!shape.history) {
    throw new RangeError(
      'SAR-Net reads what users clicked before, and this dataset has no histories; choose one with history_* columns, or map a list column of item ids as a sequence.',
    );
  }
  const variables = collect(factory);
  const d = settings.embeddingDim;
  const table = variables.table(shape.vocabularySize, d);
  const historyFields = [...shape.history.itemFields];
  const itemWidth = historyFields.length * d;
  const scenarioField = fieldIndices(shape, { roles: ['scenario'] });
  const users = fieldIndices(shape, { roles: ['user'] });
  const items = fieldIndices(shape, { roles: ['item'] });
  const contexts = fieldIndices(shape, { roles: ['context', 'scenario'] });
  const joined = [...users, ...items, ...contexts];
  const width = itemWidth + joined.length * d;
  const sizes = {
    scenarios: shape.scenarios,
    shared: settings.numShared,
    own: settings.numOwn,
    dropout: settings.dropout,
  };

  const attention = createBehaviourAttention(
    variables,
    settings.attention,
    { item: itemWidth, scenario: d, hidden: settings.attentionHidden },
    settings.renorm,
  );
  const transform = settings.transform ? createTransform(variables, shape.scenarios, width) : null;
  const levels = createLevels(variables, settings.expertLayers - 1, width, settings.expertHidden, sizes);
  const start = settings.biasNet && settings.biasFusion === 'score' ? 1 / (1 + Math.exp(-BIAS_START)) : 1;
  const prior = settings.priorBias === 'on' ? priorLogit(shape.clickRate / start) : 0;
  const main = createExpertLogits(variables, '', levels.outputWidth, settings.expertHidden, sizes, prior);
  const bucket = settings.biasInput === 'bucket';
  const bias = settings.biasNet
    ? createExpertLogits(
        variables,
        'bias.',
        bucket ? BUCKETS : 1,
        settings.biasHidden,
        { ...sizes, dropout: 0 },
        settings.biasFusion === 'odds' ? 0 : BIAS_START,
      )
    : null;
  // Moving sums of the training prediction with and without bias nets; their ratio brings inference back to a probability. Both begin at 0,
  // so what a moving mean owes to its beginning cancels in the ratio.
  const calibration = bias ? variables.state('calibration', [2], new Float32Array(2)) : null;
  const boundaries =
    bias && bucket ? variables.state('fairnessBoundaries', [BUCKETS - 1], initialBoundaries()) : null;
  const gate = createScenarioGate(
    variables,
    'gate',
    shape.scenarios,
    width,
    settings.numShared + settings.numOwn,
  );

  /** Eq 10, bias nets removed: `[B, 1]`. */
  function clean(z: tf.Tensor2D, weights: tf.Tensor2D): tf.Tensor2D {
    if (settings.biasFusion === 'logit-mul') return sigmoid(mixed(z, weights));
    return mixed(sigmoid(z), weights);
  }

  /** Eq 10 with bias logits u `[B, experts]`. */
  function biased(z: tf.Tensor2D, u: tf.Tensor2D, weights: tf.Tensor2D): tf.Tensor2D {
    switch (settings.biasFusion) {
      case 'score':
        return mixed(tf.mul(sigmoid(z), sigmoid(u)), weights);
      case 'odds':
        return mixed(sigmoid(tf.add(z, u)), weights);
      case 'logit-mul':
        return sigmoid(mixed(tf.mul(z, tf.mul(sigmoid(u), 2)), weights));
      default:
        return settings.biasFusion satisfies never;
    }
  }

  function forward(inputs: Inputs, mode: Mode): SarNetPass {
    const history = historyOf(inputs);
    const behaviourWeight = attention({
      items: history.items,
      scenarios: history.scenario,
      mask: history.mask,
      targetItem: pickFlat(inputs.fields, historyFields),
      targetScenario: pickFlat(inputs.fields, scenarioField),
    });
    const behaviour = mixExperts(history.items, behaviourWeight);
    const gathered: tf.Tensor2D = tf.concat([behaviour, pickFlat(inputs.fields, joined)], 1);
    const vector = transform ? transform.apply(gathered, inputs.scenarioOneHot) : gathered;
    const z = main.apply(levels.apply({ own: vector, shared: vector }, inputs, mode), inputs, mode);
    const weights = gate.own(vector, inputs.scenarioOneHot);
    const without = clean(z, weights);
    let probability = without;
    if (bias && calibration && mode.kind === 'train') {
      const coefficient = biasInput(fairnessOf(inputs), boundaries);
      const u = bias.apply({ own: coefficient, shared: coefficient }, inputs, mode);
      probability = biased(z, u, weights);
      const means = tf.stack([
        weightedMean(probability, inputs.weight),
        weightedMean(without, inputs.weight),
      ]);
      mode.recordState(calibration, means, { decay: MOMENTUM, scale: 1 - MOMENTUM });
    }
    return {
      probability,
      logit: logOdds(probability),
      behaviourWeight,
      gate: weights,
      gathered,
      vector,
      expertLogits: z,
    };
  }

  return createModel<SarNetPass>({
    table,
    variables,
    forward,
    losses({ probability }, inputs) {
      const rows = bceProbabilityRows(probability, inputs.label);
      const weighed: tf.Tensor2D = settings.biasLoss ? tf.mul(rows, fairnessOf(inputs)) : rows;
      const click = weightedMean(weighed, inputs.weight);
      return { total: click, terms: { click } };
    },
    scores({ logit, probability }) {
      if (!calibration) return { score: logit, probability };
      // 1 before the first step, when both are 0.
      const sums = tf.add(calibration.tensor, NEGLIGIBLE);
      const factor = tf.div(tf.slice(sums, [0], [1]), tf.slice(sums, [1], [1]));
      return { score: logit, probability: tf.minimum(tf.mul(probability, factor), 1 - 1e-6) };
    },
    probes: createProbes(shape, {
      own: settings.numOwn,
      shared: settings.numShared,
      // Data may offer fewer behaviours than the settings ask for.
      historyLength: Math.min(settings.historyLength, shape.history.length),
      dim: d,
      transform,
      biasFactors: bias && ((inputs) => biasFactors(bias, boundaries, inputs, shape.scenarios)),
      vectorFields: [
        ...historyFields.map((field) => `past ${shape.fields[field]!.name}`),
        ...joined.map((field) => shape.fields[field]!.name),
      ],
    }),
    outputs: ({ logit, probability, behaviourWeight, gate: weights, gathered, vector, expertLogits }) => ({
      ...{ logit, probability, behaviourWeight, gathered, vector, expertLogits },
      gate: weights,
    }),
  });
}

/** Sum over experts by the gate `[B, 1]`. */
function mixed(values: tf.Tensor2D, weights: tf.Tensor2D): tf.Tensor2D {
  return mixExperts(tf.expandDims<tf.Tensor3D>(values, 2), weights);
}

/** Even steps of log FC until the first table gives deciles. */
function initialBoundaries(): Float32Array {
  return Float32Array.from({ length: BUCKETS - 1 }, (_, k) => (k - (BUCKETS - 2) / 2) * 0.25);
}
