/**
 * OptMSM (Tang et al., ECML PKDD 2023), assembled: partition → adaptive gate → transfer → scaled predictor.
 * Shapes, equations and decisions: docs/models/optmsm.md.
 */
import * as tf from '@tensorflow/tfjs-core';
import { bceWithLogits, weightedMean, mixExpertsStacked } from '../../../engine';
import type { Mode, VariableFactory } from '../../../engine';
import { collect } from '../../collect';
import { createModel } from '../../createModel';
import type { AnyModel, DataShape, Inputs, Losses } from '../../definition';
import { fieldIndices } from '../../layers';
import { pairCosines } from './constraint';
import { createContrast } from './contrast';
import { createAdaptiveGate, createPartition, firstView } from './inputs';
import type { OptMsmPass } from './pass';
import { createPredictor } from './predictor';
import { createProbes } from './probes';
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
export function buildOptMsm(shape: DataShape, settings: OptMsmSettings, factory: VariableFactory): AnyModel {
  const variables = collect(factory);
  const table = variables.table(shape.vocabularySize, settings.embeddingDim);
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

  const contrast = createContrast(scenarios, constrained ? settings.contrastScenarios : 0);

  function forward(inputs: Inputs, mode: Mode): OptMsmPass {
    const { shared, specific } = partition.apply(inputs, mode);
    const views = contrast?.views(inputs.scenarioOneHot, mode) ?? null;
    const gated = gate.apply(shared, inputs.scenarioOneHot, views);
    const transferred = transfer?.apply(gated, inputs, views, mode) ?? null;
    const own = transferred
      ? views
        ? firstView(transferred.representations)
        : mixExpertsStacked(transferred.representations, inputs.scenarioOneHot)
      : gated.own();
    const r0 = specific ? tf.concat2d([own, specific], 1) : own;
    const { logit, scales } = predictor.apply(r0, inputs.scenarioOneHot, mode);
    return { logit, gated, drawn: views !== null, transferred, own, scales };
  }

  /** The representations that the constraint compares: in all scenarios, or in those drawn. */
  function compared({ drawn, transferred }: OptMsmPass): tf.Tensor3D | null {
    const all = transferred?.representations ?? null;
    if (!all || !drawn) return all;
    const [views, batch, width] = all.shape;
    return views > 2 ? tf.slice3d(all, [1, 0, 0], [views - 1, batch, width]) : null;
  }

  function losses(pass: OptMsmPass, { label, weight }: Inputs): Losses {
    const click = bceWithLogits(pass.logit, label, weight);
    const representations = compared(pass);
    if (!constrained || !representations) return { total: click, terms: { click } };
    const orth = weightedMean(pairCosines(representations, settings.orthMode), weight);
    return { total: tf.add(click, tf.mul(orth, settings.lambdaOrth)), terms: { click, orth } };
  }

  return createModel<OptMsmPass>({
    table,
    variables,
    forward,
    losses,
    scores: ({ logit }) => ({ score: logit, probability: tf.sigmoid(logit) }),
    probes: createProbes(shape, settings, {
      sharedNames: sharedNames(shape, settings),
      transfer,
      all: contrast === null,
      scaledWidths: predictor.scaledWidths,
    }),
    requested: ({ gated }): Readonly<Record<string, tf.Tensor2D>> =>
      gated.weights ? { fieldGate: gated.weights() } : {},
    outputs: ({ logit, own, drawn, transferred }) => ({
      logit,
      representation: own,
      ...(transferred && !drawn && { representations: transferred.representations }),
    }),
    dispose() {
      transfer?.dispose();
      contrast?.dispose();
    },
  });
}
