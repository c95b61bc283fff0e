/**
 * M-scan: a multi-scenario causal-driven adaptive network (Zhu et al., WWW 2024).
 *
 * `ŷ_m = FFN([u, i, s, h, R_h])` scores interest from the state h of the current scenario's behaviours (Eq 4) and the
 * behaviours of all scenarios pooled by co-attention (Eq 5, 14–17); `ŷ_s = FFN(s)` scores the scenario's direct effect
 * (Eq 7). Trained on `ŷ_m σ(ŷ_s)` and, weighted by α, on `ŷ_s` (Eq 8–11); ranked by `σ(ŷ_s)(ŷ_m − c)` (Eq 12).
 *
 * Where the paper is silent: docs/decisions/mscan.md.
 */
import * as tf from '@tensorflow/tfjs-core';
import { bceWithLogits, mixExperts } from '../../../engine';
import type { Mode, VariableFactory } from '../../../engine';
import { collect } from '../../collect';
import { createModel } from '../../createModel';
import type { AnyModel, DataShape, Inputs, Losses, ScoredRows } from '../../definition';
import {
  createLinear,
  createMlp,
  fieldIndices,
  historyOf,
  logit as priorLogit,
  ownHistoryOf,
  pickFlat,
} from '../../layers';
import { createCoAttention } from './coAttention';
import { createEncoder } from './encoder';
import type { MscanPass } from './pass';
import { createProbes } from './probes';
import type { MscanSettings } from './settings';
import { bestReference } from './tuneReference';
import { likeliestReference } from './likeliestReference';

/** @throws RangeError when the data has no behaviour histories */
export function buildMscan(shape: DataShape, settings: MscanSettings, factory: VariableFactory): AnyModel {
  if (!shape.history) {
    throw new RangeError(
      'M-scan reads what users clicked before, and this dataset has no histories; choose one with history_* columns, or map a list column of item ids as a sequence.',
    );
  }
  const d = settings.embeddingDim;
  const variables = collect(factory);
  const table = variables.table(shape.vocabularySize, d);
  const onlyId = settings.scenarioFields === 'id';
  const users = fieldIndices(shape, { roles: ['user'] });
  const items = fieldIndices(shape, { roles: ['item'] });
  const contexts = fieldIndices(shape, { roles: ['context'] });
  const scenarioIndices = fieldIndices(shape, { roles: onlyId ? ['scenario'] : ['context', 'scenario'] });
  const matchIndices = [...users, ...items, ...(onlyId ? contexts : []), ...scenarioIndices];
  const itemWidth = shape.history.itemFields.length * d;
  const historyWidth = itemWidth + (settings.historyScenarioEmbedding ? d : 0);

  const encoder = createEncoder(variables, settings.encoder, itemWidth, settings.attentionHidden);
  const attention = createCoAttention(variables, settings.saca, {
    history: historyWidth,
    item: itemWidth,
    hidden: settings.attentionHidden,
  });
  const common = { scenarios: shape.scenarios, dropout: settings.dropout };
  const match = createMlp(variables, 'match', {
    ...common,
    input: matchIndices.length * d + itemWidth + historyWidth,
    widths: settings.hidden,
    batchNorm: settings.batchNorm,
  });
  const prior = settings.priorBias === 'on' ? priorLogit(shape.clickRate) : 0;
  // The gate tends to the click rate, so the match score has to start that much larger (models the same probability).
  const matchPrior = settings.sbe ? prior / Math.max(shape.clickRate, 1e-3) : prior;
  const matchOutput = createLinear(variables, 'match.output', {
    input: match.outputWidth,
    output: 1,
    bias: Float32Array.of(matchPrior),
  });
  const direct = settings.sbe
    ? createMlp(variables, 'scenario', {
        ...common,
        input: scenarioIndices.length * d,
        widths: settings.scenarioHidden,
        batchNorm: 'off',
      })
    : null;
  const directOutput = direct
    ? createLinear(variables, 'scenario.output', {
        input: direct.outputWidth,
        output: 1,
        bias: Float32Array.of(prior),
      })
    : null;
  const reference = variables.state(
    'counterfactualReference',
    [1],
    Float32Array.of(settings.cMode === 'fixed' ? settings.c : 0),
  );
  const historyFields = [...shape.history.itemFields];

  function forward(inputs: Inputs, mode: Mode): MscanPass {
    const history = historyOf(inputs);
    const own = ownHistoryOf(inputs);
    const candidate = pickFlat(inputs.fields, historyFields);
    const behaviours = history.scenario ? tf.concat([history.items, history.scenario], 2) : history.items;
    const state = encoder.apply(own.items, own.mask, candidate);
    const attended = attention({
      history: behaviours,
      historyMask: history.mask,
      own: own.items,
      ownMask: own.mask,
      candidate,
    });
    const interest = mixExperts(behaviours, attended.weight);
    const x = tf.concat([pickFlat(inputs.fields, matchIndices), state, interest], 1);
    const matchHidden = match.apply(x, inputs, mode).output;
    const matchScore = matchOutput.apply(matchHidden);
    const shared = { matchScore, matchHidden, state, interest, attended };
    if (!direct || !directOutput) return { logit: matchScore, ...shared, direct: null };
    const hidden = direct.apply(pickFlat(inputs.fields, scenarioIndices), inputs, mode).output;
    const logit = directOutput.apply(hidden);
    return { logit: tf.mul(matchScore, tf.sigmoid(logit)), ...shared, direct: { logit, hidden } };
  }

  function tuneInference(
    { columns, label, weight }: ScoredRows,
    auc: (score: Float32Array) => number | null,
  ) {
    const [match, gate] = [columns.matchScore!, columns.scenarioGate!];
    const { c, score } =
      settings.cBy === 'auc'
        ? bestReference(match, gate, auc)
        : likeliestReference({ match, gate, label, weight });
    return { states: [{ state: reference, value: Float32Array.of(c) }], score };
  }

  return createModel<MscanPass>({
    table,
    variables,
    forward,
    losses({ logit, direct: effect }, { label, weight }): Losses {
      const click = bceWithLogits(logit, label, weight);
      if (!effect) return { total: click, terms: { click } };
      const scenario = bceWithLogits(effect.logit, label, weight);
      return { total: tf.add(click, tf.mul(scenario, settings.alpha)), terms: { click, scenario } };
    },
    scores({ logit, matchScore, direct: effect }) {
      const probability = tf.sigmoid(logit);
      if (!effect) return { score: logit, probability };
      const scenarioGate = tf.sigmoid(effect.logit);
      return {
        score: tf.mul(scenarioGate, tf.sub(matchScore, reference.tensor)),
        probability,
        columns: { matchScore, scenarioGate },
      };
    },
    ...(settings.sbe && settings.cMode === 'auto' ? { tuneInference } : {}),
    probes: createProbes(shape, settings),
    outputs: ({ logit, matchScore, interest, state, attended, direct: effect }) => ({
      logit,
      matchScore,
      historyWeight: attended.weight,
      interest,
      state,
      ...(effect && { scenarioLogit: effect.logit }),
    }),
  });
}
