/**
 * CausalInt (Wang et al., KDD 2022), assembled: representation → meta-learning step → transfer → the scenario's logit.
 * Shapes, equations and decisions: docs/models/causalint.md.
 */
import * as tf from '@tensorflow/tfjs-core';
import {
  bceWithLogits,
  crossEntropy,
  weightedMean,
  softmaxLast,
  squaredCosineSimilarity,
} from '../../../engine';
import type { Mode, VariableFactory } from '../../../engine';
import { collect } from '../../collect';
import { createModel } from '../../createModel';
import type { AnyModel, DataShape, Inputs, Losses } from '../../definition';
import { askScenarios, createLinear, fieldIndices, pickFlat } from '../../layers';
import { conflictLoss, createComparedScenarios, scenarioGradients } from './conflict';
import { createExperts } from './experts';
import { createFusion } from './fusion';
import type { CausalIntPass } from './pass';
import { createProbes } from './probes';
import { createRepresentation, LENGTH_FLOOR, tasksOf, type Representation } from './representation';
import type { CausalIntSettings } from './settings';

/** With more scenarios than this, every expert's vote on every row is more than a file of rows should hold. */
const MAX_COLUMNS = 32;

/** With more scenarios than this a row asks only some of their experts: a step with 355 would be ten times one with 3. */
const ALL_EXPERTS_UP_TO = 64;

/** How many other scenarios' experts a row asks. */
function askedOthers({ scenarios }: DataShape, { peers }: CausalIntSettings): number {
  return scenarios > ALL_EXPERTS_UP_TO && peers > 0 ? peers : scenarios;
}

/** The representation where no extractor stands between embeddings and towers. */
function bare(e: tf.Tensor2D): Representation {
  return { xIr: e, tasks: null };
}

/** Identity for TransNet's matrices, ones for a factor, zeros for an added block: the start leaves X as it is. */
function expertStart(settings: CausalIntSettings, width: number): Float32Array {
  const { fusion, transWidth } = settings;
  return Float32Array.from({ length: width }, (_, i) => {
    if (fusion === 'transnet') return i % (transWidth + 1) === 0 ? 1 : 0;
    return fusion === 'mul' ? 1 : 0;
  });
}

/** CausalInt (Eq 1–22) with the modules that `settings` leave in. */
export function buildCausalInt(
  shape: DataShape,
  settings: CausalIntSettings,
  factory: VariableFactory,
): AnyModel {
  const variables = collect(factory);
  const table = variables.table(shape.vocabularySize, settings.embeddingDim);
  const { invar, fusion, fusionInput, maml, innerRate, firstOrder, leakySlope: slope } = settings;
  const common = fieldIndices(shape, settings.scenarioFieldInE ? {} : { exceptRoles: ['scenario'] });
  const context = shape.fields.flatMap((field, i) =>
    field.role === 'scenario' || field.scenarioSpecific ? [i] : [],
  );
  const commonWidth = common.length * table.dim;
  const representation =
    invar || fusion !== 'none' ? createRepresentation(variables, settings, shape, commonWidth) : null;
  const width = representation?.width ?? commonWidth;
  const scenarioFromX = invar && settings.scenarioInput === 'xSr';
  const scenarioWidth = scenarioFromX ? width : context.length * table.dim;

  const hasExperts = fusion === 'transnet' || (fusion !== 'none' && fusionInput === 'experts');
  // Without its scenario classifier the gate can only be trained from scratch.
  const ownGate =
    hasExperts && (!invar || settings.gate === 'endToEnd')
      ? createLinear(variables, 'gate', { input: commonWidth, output: shape.scenarios })
      : null;
  const expertWidth = fusion === 'transnet' ? settings.transWidth ** 2 : width;
  const experts = hasExperts
    ? createExperts(variables, {
        scenarios: shape.scenarios,
        asking: askScenarios(shape, askedOthers(shape, settings)),
        input: scenarioWidth,
        width: expertWidth,
        start: expertStart(settings, expertWidth),
        slope,
      })
    : null;
  const fusionModule = createFusion(variables, settings, { shape, input: width, scenario: scenarioWidth });
  const comparing = settings.gramSchmidt && settings.weightGramSchmidt > 0;
  const sampler = comparing ? createComparedScenarios(shape, settings.orOrder) : null;

  /** Logits of α `[B, N]`. */
  function gate(e: tf.Tensor2D, found: Representation): tf.Tensor2D | null {
    if (!hasExperts) return null;
    return ownGate ? ownGate.apply(e) : tasksOf(found).scenarioLogit;
  }

  function forward(inputs: Inputs, mode: Mode): CausalIntPass {
    const training = mode.kind === 'train';
    const e = pickFlat(inputs.fields, common);
    const found = representation?.apply(e, inputs, mode) ?? bare(e);
    const { tasks } = found;
    // Labels are known in training only; at inference the model's own belief makes the expected step zero.
    const stepped = training && maml && tasks !== null;
    const xPrime = stepped ? tasks.innerStep(inputs, innerRate, firstOrder ? 'first' : 'exact') : found.xIr;
    const gateLogit = gate(e, found);
    const s = scenarioFromX ? tasksOf(found).xSr : pickFlat(inputs.fields, context);
    const transferred = experts ? experts.mix(s, gateLogit!, inputs, settings.gateStopGrad) : null;
    const from = { s, transferred };
    const fused = fusionModule.apply(xPrime, from, inputs, mode);
    const atIr = stepped && comparing && settings.orthAt === 'xIr';
    // A second pass keeps its statistics to itself.
    const quiet: Mode = { ...mode, recordState: () => undefined };
    const compared = atIr ? fusionModule.apply(found.xIr, from, inputs, quiet) : fused;
    const sample = training && sampler ? sampler.draw(mode) : null;
    return { logit: fused.logit, representation: found, xPrime, from, gateLogit, fused, compared, sample };
  }

  /** Eq 9: mean over rows of the squared (or absolute) cosine of the two gradients. */
  function orthogonality(found: Representation, inputs: Inputs): tf.Scalar {
    const squared = squaredCosineSimilarity(tasksOf(found).gradients(inputs.scenarioOneHot), LENGTH_FLOOR);
    const rows = settings.orthLoss === 'cos2' ? squared : tf.sqrt<tf.Tensor2D>(tf.add(squared, LENGTH_FLOOR));
    return weightedMean(rows, inputs.weight);
  }

  function losses(pass: CausalIntPass, inputs: Inputs): Losses {
    const { label, weight, scenarioOneHot } = inputs;
    const { tasks } = pass.representation;
    const terms: Record<string, tf.Scalar> = {};
    const weighted: tf.Scalar[] = [];
    const add = (name: string, factor: number, term: tf.Scalar): void => {
      terms[name] = term;
      if (factor > 0) weighted.push(factor === 1 ? term : tf.mul(term, factor));
    };
    const scenario = bceWithLogits(pass.logit, label, weight);
    add('scenario', settings.weightScenario, scenario);
    if (tasks) {
      add('invar', settings.weightInvar, bceWithLogits(tasks.generalLogit, label, weight));
      add('classifier', settings.weightClassifier, crossEntropy(tasks.scenarioLogit, scenarioOneHot, weight));
      add('concat', settings.weightConcat, bceWithLogits(tasks.concatLogit, label, weight));
      if (settings.weightOrth > 0) {
        add('orth', settings.weightOrth, orthogonality(pass.representation, inputs));
      }
    }
    if (comparing) {
      const gradients = scenarioGradients(pass.compared, inputs);
      add('gramSchmidt', settings.weightGramSchmidt, conflictLoss(gradients, settings, pass.sample));
    }
    return { total: weighted.length > 0 ? tf.addN(weighted) : tf.mul(scenario, 0), terms };
  }

  const { votes } = fusionModule;
  const voted =
    experts && votes
      ? ({ representation: { xIr }, from }: CausalIntPass, inputs: Inputs) =>
          votes(xIr, experts.all(from.s), inputs)
      : null;

  return createModel<CausalIntPass>({
    table,
    variables,
    forward,
    losses,
    scores: ({ logit }) => ({ score: logit, probability: tf.sigmoid(logit) }),
    probes: createProbes(shape, {
      alpha: hasExperts ? alphaOf : null,
      votes: voted,
      tasks: invar,
    }),
    requested: (pass, inputs) =>
      hasExperts && shape.scenarios <= MAX_COLUMNS
        ? { alpha: alphaOf(pass), ...(voted && { vote: tf.sigmoid(voted(pass, inputs)) }) }
        : {},
    outputs: ({ logit, representation: { xIr, tasks }, xPrime, gateLogit, from: { transferred } }) => ({
      logit,
      xIR: xIr,
      xPrime,
      ...(tasks && {
        xSR: tasks.xSr,
        generalLogit: tasks.generalLogit,
        scenarioLogit: tasks.scenarioLogit,
        concatLogit: tasks.concatLogit,
      }),
      ...(gateLogit && { alpha: softmaxLast(gateLogit) }),
      ...(transferred && { transferred }),
    }),
    dispose: () => sampler?.dispose(),
  });
}

/** @throws Error where the model has no experts */
function alphaOf({ gateLogit }: CausalIntPass): tf.Tensor2D {
  if (!gateLogit) throw new Error('The model has no experts, so no gate over them.');
  return softmaxLast(gateLogit);
}
