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
import type { DataShape, Inputs, Losses, Model, Output, ScoredRows } from '../../definition';
import { createLinear, createMlp, fieldIndices, logit, pickFlat } from '../../layers';
import { createCoAttention } from './coAttention';
import { createEncoder } from './encoder';
import { probeSpecs, probeSums } from './probes';
import type { MscanSettings } from './settings';
import { bestReference } from './tuneReference';

/** @throws RangeError when the data has no behaviour histories */
export function buildMscan(shape: DataShape, settings: MscanSettings, factory: VariableFactory): Model {
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
  const prior = settings.priorBias === 'on' ? logit(shape.clickRate) : 0;
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

  function forward(inputs: Inputs, mode: Mode): Output {
    const history = inputs.history!;
    const own = inputs.ownHistory!;
    const candidate = pickFlat(inputs.fields, historyFields);
    const behaviours = history.scenario ? tf.concat([history.items, history.scenario], 2) : history.items;
    const state = encoder.apply(own.items, own.mask, candidate);
    const { weight: beta, relevance } = attention({
      history: behaviours,
      historyMask: history.mask,
      own: own.items,
      ownMask: own.mask,
      candidate,
    });
    const interest = mixExperts(behaviours, beta);
    const x = tf.concat([pickFlat(inputs.fields, matchIndices), state, interest], 1);
    const matchHidden = match.apply(x, inputs, mode).output;
    const matchScore = matchOutput.apply(matchHidden);
    const shown = {
      matchScore,
      historyWeight: beta,
      state,
      interest,
      matchHidden,
      ...(relevance && { relevance }),
    };
    if (!direct || !directOutput) return { logit: matchScore, ...shown };
    const scenarioHidden = direct.apply(pickFlat(inputs.fields, scenarioIndices), inputs, mode).output;
    const scenarioLogit = directOutput.apply(scenarioHidden);
    return {
      logit: tf.mul(matchScore, tf.sigmoid(scenarioLogit)),
      ...shown,
      scenarioLogit,
      scenarioHidden,
    };
  }

  return {
    table,
    parameters: variables.parameters,
    states: variables.states,
    forward,
    losses(output, { label, weight }): Losses {
      const click = bceWithLogits(output.logit, label, weight);
      if (!output.scenarioLogit) return { total: click, terms: { click } };
      const scenario = bceWithLogits(output.scenarioLogit as tf.Tensor2D, label, weight);
      return { total: tf.add(click, tf.mul(scenario, settings.alpha)), terms: { click, scenario } };
    },
    scores(output) {
      const probability = tf.sigmoid(output.logit);
      if (!output.scenarioLogit) return { score: output.logit, probability };
      const matchScore = output.matchScore as tf.Tensor2D;
      const scenarioGate = tf.sigmoid(output.scenarioLogit as tf.Tensor2D);
      return {
        score: tf.mul(scenarioGate, tf.sub(matchScore, reference.tensor)),
        probability,
        columns: { matchScore, scenarioGate },
      };
    },
    ...(settings.sbe && settings.cMode === 'auto' ? { tuneInference } : {}),
    probes: probeSpecs(shape, settings),
    probe: (output, inputs) => probeSums(output, inputs, shape.scenarios),
    represent: ({ interest, state, matchHidden, scenarioHidden }) => ({
      matchHidden: matchHidden!,
      interest: interest!,
      state: state!,
      ...(scenarioHidden && { scenarioHidden }),
    }),
    dispose: () => variables.dispose(),
  };

  function tuneInference({ columns }: ScoredRows, auc: (score: Float32Array) => number | null) {
    const { c, score } = bestReference(columns.matchScore!, columns.scenarioGate!, auc);
    return { states: [{ state: reference, value: Float32Array.of(c) }], score };
  }
}
