/**
 * OptMSM (Tang et al., ECML PKDD 2023), assembled: partition → adaptive gate → transfer → scaled predictor.
 * Shapes, equations and decisions: docs/models/optmsm.md.
 */
import * as tf from '@tensorflow/tfjs-core';
import { bceWithLogits, weightedMean, mixExpertsStacked } from '../../../engine';
import type { EmbeddingTable, Mode, VariableFactory } from '../../../engine';
import type { DataShape, Inputs, Losses, Model, Output } from '../../definition';
import { fieldIndices } from '../../layers';
import { pairCosines } from './constraint';
import { createAdaptiveGate, createPartition } from './inputs';
import { createPredictor } from './predictor';
import { probeSpecs, representations, runProbes, type Pass } from './probes';
import type { OptMsmSettings } from './settings';
import { createTransfer } from './transfer';

/** Names of the shared fields, pooled behaviours last. */
function sharedNames(shape: DataShape, { priors, history }: OptMsmSettings): string[] {
  const filter = priors ? ({ exceptRoles: ['scenario'], scenarioSpecific: false } as const) : {};
  const names = fieldIndices(shape, filter).map((index) => shape.fields[index]!.name);
  const pooled = history === 'mean' ? (shape.history?.itemFields ?? []) : [];
  return [...names, ...pooled.map((index) => `past ${shape.fields[index]!.name}`)];
}

/** OptMSM (Eq 4–14) with the modules that `settings` leave in. */
export function buildOptMsm(
  shape: DataShape,
  settings: OptMsmSettings,
  variables: VariableFactory,
  table: EmbeddingTable,
): Pick<Model, 'forward' | 'losses' | 'scores' | 'probes' | 'probe' | 'represent' | 'dispose'> {
  const { scenarios } = shape;
  const partition = createPartition(variables, settings, shape, table.dim);
  const input = partition.sharedCount * table.dim;
  const gate = createAdaptiveGate(variables, settings.seGate, scenarios, partition.sharedCount);
  const transfer = createTransfer(variables, settings, { scenarios, input });
  const predictor = createPredictor(
    variables,
    settings,
    shape,
    (transfer?.width ?? input) + partition.specificWidth,
    // Without a transfer the predictor is the whole network, as in the paper's Mix and S-B.
    transfer ? settings.predictorHidden : settings.hidden,
  );
  const constrained = transfer !== null && scenarios > 1 && settings.lambdaOrth > 0;
  /** By the logit of the output, which copies of an output share. */
  const passes = new WeakMap<tf.Tensor, Pass>();
  const passOf = (output: Output): Pass => {
    const pass = passes.get(output.logit);
    if (!pass) throw new Error('This output is not of this model’s forward pass.');
    return pass;
  };

  function forward(inputs: Inputs, mode: Mode): Output {
    const { shared, specific } = partition.apply(inputs, mode);
    const gated = gate.apply(shared, inputs.scenarioOneHot);
    const transferred = transfer?.apply(gated, inputs, mode) ?? null;
    const own = transferred
      ? mixExpertsStacked(transferred.representations, inputs.scenarioOneHot)
      : gated.own();
    const r0 = specific ? tf.concat2d([own, specific], 1) : own;
    const { logit, scales } = predictor.apply(r0, inputs.scenarioOneHot, mode);
    passes.set(logit, { gated, transferred, scales });
    return {
      logit,
      representation: own,
      ...(transferred && { representations: transferred.representations }),
    };
  }

  function losses(output: Output, inputs: Inputs): Losses {
    const click = bceWithLogits(output.logit, inputs.label, inputs.weight);
    const { transferred } = passOf(output);
    if (!constrained || !transferred) return { total: click, terms: { click } };
    const orth = weightedMean(pairCosines(transferred.representations, settings.orthMode), inputs.weight);
    return { total: tf.add(click, tf.mul(orth, settings.lambdaOrth)), terms: { click, orth } };
  }

  return {
    forward,
    losses,
    scores: ({ logit }) => ({ score: logit, probability: tf.sigmoid(logit) }),
    probes: probeSpecs(settings, shape, {
      sharedNames: sharedNames(shape, settings),
      experts: transfer?.experts ?? 0,
      transfers: transfer !== null,
      ownLayers: transfer?.ownDeviation ? settings.hidden.length : 0,
      scaledWidths: predictor.scaledWidths,
    }),
    probe: (output, inputs) => runProbes(passOf(output), inputs, transfer?.ownDeviation ?? null),
    represent: (output) => representations(output, passOf(output)),
    dispose: () => transfer?.dispose(),
  };
}
