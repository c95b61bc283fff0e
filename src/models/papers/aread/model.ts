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
import { matMul, mixExpertsMultiGate, mixExpertsStacked, stackedDense } from '../../../engine';
import type { Mode, StateUpdate, StateTensor, VariableFactory } from '../../../engine';
import { sumByScenario } from '../../clickModel';
import { collect } from '../../collect';
import type { DataShape, Inputs, Losses, Model, Output, ProbeTensor, Scores } from '../../definition';
import {
  createLinear,
  createScenarioGate,
  createStackedMlp,
  flatInputs,
  flatWidth,
  logit as priorLogit,
} from '../../layers';
import type { Linear } from '../../layers';
import { headLosses, readHeads } from './heads';
import type { Heads } from './heads';
import { maskLayout } from './masks';
import type { MaskLayout } from './masks';
import { maskedShares } from './maskedShares';
import { areadProbes } from './probes';
import { expertCounts, expertWidths } from './expertSizes';
import type { AreadSettings } from './settings';

/** Sums over the steps since they were last read. */
const SUM: StateUpdate = { decay: 1, scale: 1 };

/** Names of the state tensors that the procedure writes and reads. */
export const areadStates = {
  /** Mask of the transition to layer `l` (2 … L) `[N, N_{l-1}, N_l]`. */
  mask: (layer: number): string => `mask.${layer}`,
  /** 0 while warming up, 1 with masks; a scalar. */
  phase: 'maskPhase',
  /** Sum of gates over the rows of each scenario since it was last set to 0 `[N, E]`, in mask order. */
  gateSum: 'gateSum',
  /** Rows in that sum `[N, 1]`. */
  gateCount: 'gateCount',
} as const;

/** Index of the field that names the row's scenario. @throws RangeError where the data has none. */
export function scenarioFieldIndex(shape: Pick<DataShape, 'fields' | 'scenarios'>): number {
  const index = shape.fields.findIndex(
    (field) => field.role === 'scenario' && field.size === shape.scenarios + 1,
  );
  if (index < 0)
    throw new RangeError('AREAD reads the scenario as a field; give the scenario column that role.');
  return index;
}

interface MaskStates {
  readonly layout: MaskLayout;
  readonly masks: readonly StateTensor[];
  readonly phase: StateTensor;
  readonly gateSum: StateTensor;
  readonly gateCount: StateTensor;
}

function createMaskStates(variables: VariableFactory, scenarios: number, layout: MaskLayout): MaskStates {
  return {
    layout,
    masks: layout.transitions.map(({ rows, columns }, t) =>
      variables.state(
        areadStates.mask(t + 2),
        [scenarios, rows, columns],
        new Float32Array(scenarios * rows * columns).fill(1),
      ),
    ),
    phase: variables.state(areadStates.phase, [], new Float32Array(1)),
    gateSum: variables.state(
      areadStates.gateSum,
      [scenarios, layout.edges],
      new Float32Array(scenarios * layout.edges),
    ),
    gateCount: variables.state(areadStates.gateCount, [scenarios, 1], new Float32Array(scenarios)),
  };
}

/** The row's own mask of one transition, upper expert first: `[B, N_l, N_{l-1}]`. */
function rowMask(mask: StateTensor, scenarioOneHot: tf.Tensor2D): tf.Tensor3D {
  const [scenarios, rows, columns] = mask.shape as [number, number, number];
  const upperFirst = tf.reshape(tf.transpose(mask.tensor, [0, 2, 1]), [scenarios, columns * rows]);
  return tf.reshape(matMul(scenarioOneHot, upperFirst as tf.Tensor2D), [
    scenarioOneHot.shape[0],
    columns,
    rows,
  ]);
}

/**
 * What the upper gates look at when `gate` is `domain`: the scenario's embedding and the mean embedding of its active
 * first-layer experts (zeros while warming up), `[B, 2d]`.
 */
function createDomainQuery(
  variables: VariableFactory,
  shape: DataShape,
  settings: AreadSettings,
  states: MaskStates,
): (inputs: Inputs) => tf.Tensor2D {
  const field = scenarioFieldIndex(shape);
  const dim = settings.embeddingDim;
  const size = [settings.firstExperts, dim];
  const group = variables.parameter(
    'group.embedding',
    'weight',
    size,
    variables.normal('group.embedding', size, 0, 0.01),
  );
  return (inputs) => {
    const own = tf.reshape(tf.slice(inputs.fields, [0, field, 0], [inputs.batch, 1, dim]), [
      inputs.batch,
      dim,
    ]);
    const active = tf.max<tf.Tensor2D>(states.masks[0]!.tensor, 2);
    const share = tf.div<tf.Tensor2D>(active, tf.sum(active, 1, true));
    const byScenario = matMul(share, group.tensor as tf.Tensor2D);
    const row = matMul(inputs.scenarioOneHot, tf.mul(byScenario, states.phase.tensor));
    return tf.concat([own as tf.Tensor2D, row], 1);
  };
}

/** The official code's additions to every head: a three-layer cross network and a shared linear logit. */
interface OfficialHead {
  /** `[B, width]` to what is added to the heads' logits `[B, N_L]`. */
  apply(features: tf.Tensor2D): tf.Tensor2D;
}

function createOfficialHead(
  variables: VariableFactory,
  width: number,
  heads: number,
  bias: number,
): OfficialHead {
  const layers: Linear[] = [];
  const shifts = [0, 1, 2].map((k) => {
    layers.push(createLinear(variables, `cross.${k}`, { input: width, output: 1, bias: null }));
    return variables.parameter(`cross.${k}.bias`, 'bias', [width], new Float32Array(width));
  });
  const crossWeight = variables.parameter(
    'head.crossWeight',
    'weight',
    [width, heads],
    variables.glorot('head.crossWeight', [width, heads], width, 1),
  );
  const linear = createLinear(variables, 'linear', { input: width, output: 1, bias: Float32Array.of(bias) });
  return {
    apply(features) {
      let cross = features;
      layers.forEach((layer, k) => {
        cross = tf.add(tf.add(tf.mul(features, layer.apply(cross)), shifts[k]!.tensor), cross);
      });
      return tf.add(matMul(cross, crossWeight.tensor as tf.Tensor2D), linear.apply(features));
    },
  };
}

/** The full model, with or without masks (`hemp`). */
export function buildHierarchical(
  shape: DataShape,
  settings: AreadSettings,
  factory: VariableFactory,
): Model {
  const variables = collect(factory);
  const table = variables.table(shape.vocabularySize, settings.embeddingDim);
  const counts = expertCounts(settings);
  const widths = expertWidths(settings);
  const layout = maskLayout(counts);
  const scenarios = shape.scenarios;
  const width = flatWidth(shape, settings.embeddingDim, settings.history);
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
  const layers = counts.map((stack, index) => {
    const name = `hei.${index + 1}`;
    const experts = createStackedMlp(variables, name, {
      stack,
      input: below,
      widths: widths[index]!,
      batchNorm: settings.heiBatchNorm ? 'shared' : 'off',
      scenarios,
      dropout: 0,
    });
    below = experts.outputWidth;
    const gate =
      index === 0
        ? null
        : createScenarioGate(variables, `${name}.gate`, stack, queryWidth, counts[index - 1]!);
    return { experts, gate };
  });

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

  function forward(inputs: Inputs, mode: Mode): Output {
    const batch = inputs.batch;
    const features = flatInputs(inputs, settings.history);
    const baseGates = baseGate.all(features);
    let entry = mixExpertsMultiGate(base.apply(features, inputs, mode), baseGates);
    const firstEntry = entry;
    const gateInput = query ? query(inputs) : features;
    const edgeGates: tf.Tensor2D[] = [];
    let outputs: tf.Tensor3D | null = null;
    layers.forEach(({ experts, gate }, index) => {
      if (gate && outputs) {
        const gates = gate.all(gateInput);
        const { rows, columns } = layout.transitions[index - 1]!;
        edgeGates.push(tf.reshape(tf.transpose(gates, [0, 2, 1]), [batch, rows * columns]));
        const mask = rowMask(states.masks[index - 1]!, inputs.scenarioOneHot);
        entry = mixExpertsMultiGate(outputs, maskedShares(gates, mask));
      }
      outputs = experts.apply(entry, inputs, mode);
    });
    const bias = headBias ? (headBias.tensor as tf.Tensor2D) : null;
    const stacked = stackedDense(outputs!, headWeight.tensor as tf.Tensor3D, bias);
    let headLogits = tf.transpose<tf.Tensor2D>(tf.reshape(stacked, [heads, batch]));
    if (official) headLogits = tf.add(headLogits, official.apply(features));

    const read = readHeads(headLogits, states.masks[states.masks.length - 1]!, inputs.scenarioOneHot);
    const gates = tf.concat(edgeGates, 1);
    if (mode.kind === 'train') {
      const rows = tf.mul(inputs.scenarioOneHot, inputs.weight);
      const sums = matMul(tf.transpose(rows) as tf.Tensor2D, gates);
      mode.recordState(states.gateSum, sums, SUM);
      mode.recordState(states.gateCount, tf.sum(rows, 0), SUM);
    }
    const { active: activeHeads, ...rest } = read;
    return { ...rest, activeHeads, headLogits, gates, baseGates, firstEntry, lastOutputs: outputs! };
  }

  function losses(output: Output, inputs: Inputs): Losses {
    const heads = { ...output, active: output.activeHeads } as unknown as Heads;
    const z = output.headLogits as tf.Tensor2D;
    const both = headLosses(z, heads, inputs.label, inputs.weight, settings.bagging);
    const term = (at: 0 | 1): tf.Scalar => tf.reshape(tf.slice(both, [0, at], [1, 1]), []);
    const average = term(0);
    if (!settings.hemp) return { total: average, terms: { average } };
    const phase = tf.reshape(states.phase.tensor, [1, 1]);
    const blend = tf.concat([tf.sub(1, phase), phase], 1);
    return { total: tf.sum(tf.mul(both, blend)), terms: { average, bagging: term(1) } };
  }

  function scores(output: Output): Scores {
    const probability = output.probability as tf.Tensor2D;
    return { score: probability, probability };
  }

  function probe(output: Output, inputs: Inputs): Readonly<Record<string, ProbeTensor>> {
    const gates = {
      gates: sumByScenario(tf.mean(output.baseGates as tf.Tensor3D, 1), inputs),
      edgeGates: sumByScenario(output.gates as tf.Tensor2D, inputs),
    };
    if (!settings.hemp) return gates;
    const masks = states.masks.map((mask) => tf.reshape(mask.tensor, [scenarios, -1]));
    return { ...gates, masks: { sum: tf.concat(masks, 1), count: tf.scalar(1) } };
  }

  return {
    table,
    parameters: variables.parameters,
    states: variables.states,
    forward,
    losses,
    scores,
    probes: areadProbes(shape, settings, layout),
    probe,
    // The prediction averages the active heads, so the picture does.
    represent: ({ lastOutputs, firstEntry, share }) => ({
      lastLayer: mixExpertsStacked(lastOutputs as tf.Tensor3D, share as tf.Tensor2D),
      entry: tf.mean(firstEntry!, 0),
    }),
    dispose: () => variables.dispose(),
  };
}
