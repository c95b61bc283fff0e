/**
 * M3oE (Zhang et al., SIGIR 2024): over one representation stand experts of all, of each domain and of each task, fused twice by balances
 * that are learned. One task here: its expert serves all rows, and there is no other task to balance it with.
 */
import * as tf from '@tensorflow/tfjs-core';
import { matMulTransposed, mixExpertsStacked, ownAndDrawnRows, sigmoid } from '../../engine';
import type { Mode, VariableFactory } from '../../engine';
import type { DataShape, Inputs, Pass, Probe } from '../definition';
import {
  createMlp,
  createScenarioGate,
  createScenarioSampler,
  createStackedMlp,
  createStarLinear,
  type StackedMlp,
} from '../layers';
import { lastLayer, numbered, rowVectors, scenarioAxis, sumByScenario } from '../probes';
import { ablation, hyper } from '../settings';
import { clusterFields } from './clusters';
import { baselineFields, hidden } from './common';
import { defineBaseline } from './defineBaseline';
import { createScenarioTowers, gateProbe } from './scenarioTowers';

/**
 * With more scenarios than this a training step hears `HEARD_SCENARIOS` drawn ones in place of all others: work would grow with N. With
 * batch norm an expert is normalised over all rows, so all are computed.
 */
const ALL_SCENARIOS_UP_TO = 8;
const HEARD_SCENARIOS = 4;

/** Every balance starts at σ of this. */
const INITIAL = 1;

/** A number between 0 and 1, learned as `<name> [1]` before the sigmoid, or held where it starts. */
function createBalance(variables: VariableFactory, name: string, learned: boolean): () => tf.Tensor {
  if (!learned) return () => tf.sigmoid(tf.tensor1d([INITIAL]));
  const raw = variables.parameter(name, 'free', [1], Float32Array.of(INITIAL));
  return () => sigmoid(raw.tensor);
}

/** `x` times a balance `[1]`. */
const weighed = (x: tf.Tensor2D, balance: tf.Tensor): tf.Tensor2D => tf.mul(x, balance);

interface Fused extends Pass {
  readonly lastLayer: tf.Tensor2D;
  readonly gate: tf.Tensor2D;
  /** f: what the tower reads `[B, w]`. */
  readonly fused: tf.Tensor2D;
  /** What is added up to f, in the order of `partNames` `[B, w]` each. */
  readonly parts: readonly tf.Tensor2D[];
  /** β_D, α_D, α_T: those that there are `[1]` each. */
  readonly balances: Readonly<Record<string, tf.Tensor>>;
}

/** Experts of each domain's own and how a row hears its own and the others'. */
interface DomainFusion {
  readonly own: () => tf.Tensor;
  /** `h [B, in]` to D `[B, w]`, by the balance β. */
  apply(h: tf.Tensor2D, own: tf.Tensor, inputs: Inputs, mode: Mode): tf.Tensor2D;
  dispose(): void;
}

/** D = β e_n + (1 − β) / (N − 1) Σ_{j ≠ n} e_j, over all experts or over the row's own and a few drawn. */
function createDomainFusion(
  variables: VariableFactory,
  experts: StackedMlp,
  scenarios: number,
  learned: boolean,
): DomainFusion {
  const alone = scenarios === 1;
  const own = alone ? () => tf.ones([1]) : createBalance(variables, 'balance.domain', learned);
  const { routed } = experts;
  const sampler =
    routed && scenarios > ALL_SCENARIOS_UP_TO ? createScenarioSampler(scenarios, HEARD_SCENARIOS) : null;

  function all(h: tf.Tensor2D, beta: tf.Tensor, inputs: Inputs, mode: Mode): tf.Tensor2D {
    const { scenarioOneHot: oneHot } = inputs;
    const other = tf.div(tf.sub(1, beta), Math.max(1, scenarios - 1));
    const weights = tf.add<tf.Tensor2D>(tf.mul(oneHot, tf.sub(beta, other)), other);
    return mixExpertsStacked(experts.apply(h, inputs, mode), weights);
  }

  return {
    own,
    apply(h, beta, inputs, mode) {
      if (!sampler || !routed || mode.kind === 'evaluate') return all(h, beta, inputs, mode);
      const { scenarioOneHot: oneHot, batch } = inputs;
      const drawn = sampler.draw(mode);
      const heard = HEARD_SCENARIOS + 1;
      const bodies = routed(tf.tile(h, [heard, 1]), ownAndDrawnRows(oneHot, drawn), mode);
      // Rows whose own scenario was drawn hear the others alone.
      const different = tf.sub<tf.Tensor2D>(1, matMulTransposed(oneHot, drawn));
      const share = tf.div<tf.Tensor2D>(different, tf.sum(different, 1, true));
      const ofOwn = tf.mul<tf.Tensor2D>(tf.ones([batch, 1]), beta);
      const weights = tf.concat2d([ofOwn, tf.mul(share, tf.sub(1, beta))], 1);
      const stack = tf.reshape<tf.Rank.R3>(bodies, [heard, batch, experts.outputWidth]);
      return mixExpertsStacked(stack, weights);
    },
    dispose: () => sampler?.dispose(),
  };
}

/** Keeps shares of lengths defined where every part is silent. */
const LENGTH_FLOOR = 1e-6;

/** Length of each part over the sum of lengths `[B, parts]`. */
function partShares(parts: readonly tf.Tensor2D[]): tf.Tensor2D {
  const lengths = tf.concat2d(
    parts.map((part) => tf.add<tf.Tensor2D>(tf.sqrt(tf.sum(tf.square(part), 1, true)), LENGTH_FLOOR)),
    1,
  );
  return tf.div(lengths, tf.sum(lengths, 1, true));
}

/** Everything that is learned beside weights: β_D, α_D, α_T. */
function balancesProbe(labels: readonly string[]): Probe<Fused> {
  return {
    name: 'balances',
    topic: 'balances',
    title: 'What the balances have become',
    reading:
      'β: how much of the domain part is the scenario’s own expert’s; α: how strongly a part is added to the shared experts’. All start at 0.73.',
    equation: String.raw`D_d = \beta_D e_d + \tfrac{1 - \beta_D}{N - 1} \textstyle\sum_{j \ne d} e_j,\quad f = S + \alpha_D D + \alpha_T T`,
    axes: [{ name: 'unit', labels }],
    scale: 'probability',
    quantity: 'balance',
    compute: ({ balances }) => ({
      sum: tf.concat(Object.values(balances), 0),
      count: tf.scalar(1),
    }),
  };
}

function createProbes(
  shape: DataShape,
  experts: number,
  partNames: readonly string[],
  balanceNames: readonly string[],
): readonly Probe<Fused>[] {
  const scenario = scenarioAxis(shape);
  return [
    gateProbe(shape, {
      title: 'How much each scenario uses each shared expert',
      reading: 'A row is a scenario’s mean gate over its own evaluation rows; it sums to 1.',
      equation: String.raw`g_d(h) = \mathrm{softmax}(G_d^\top h + b_d)`,
      experts: numbered('expert', experts),
    }),
    ...(balanceNames.length > 0 ? [balancesProbe(balanceNames)] : []),
    {
      name: 'parts',
      topic: 'balances',
      title: 'What the fused vector is made of',
      reading:
        'Length of each part over the sum of their lengths, mean over a scenario’s rows; a row sums to 1.',
      equation: String.raw`f = S + \alpha_D D + \alpha_T T`,
      axes: [scenario, { name: 'expert', labels: partNames }],
      scale: 'share',
      compute: ({ parts }, inputs) => sumByScenario(partShares(parts), inputs),
    },
    rowVectors<Fused>({
      name: 'fused',
      title: 'Fused experts, before the tower',
      reading: 'What a scenario’s tower reads: shared, domain and task experts, balanced.',
      equation: String.raw`f = S + \alpha_D D + \alpha_T T`,
      vectors: (pass) => pass.fused,
    }),
    lastLayer,
  ];
}

const width = (label: string, help: string, value: number) =>
  hyper.int({ label, help, default: value, min: 1, max: 1024 });

export const m3oe = defineBaseline({
  id: 'm3oe',
  title: 'M3oE',
  paper: {
    title: 'M3oE: Multi-Domain Multi-Task Mixture-of Experts Recommendation Framework',
    authors: 'Zhang, Liu, Yu, Cai, Zhao, Zhang, Liu, Liu, Zhao, Hu, Jiang, Gai',
    venue: 'SIGIR',
    year: 2024,
    url: 'https://doi.org/10.1145/3626772.3657686',
  },
  family: 'multi-scenario',
  summary:
    'Experts of all scenarios, of each scenario and of the task, added up by balances that are learned.',
  topics: ['gates', 'balances', 'representation'],
  fields: {
    ...baselineFields,
    ...clusterFields,
    starWidth: width(
      'Star width',
      'Units of the first layer, a shared matrix times each scenario’s own.',
      128,
    ),
    domainWidth: width('Representation width', 'Units of what the experts read.', 64),
    numExperts: hyper.int({
      label: 'Shared experts',
      help: 'Experts that scenarios mix.',
      default: 4,
      min: 1,
      max: 32,
    }),
    expertHidden: hidden('Expert layers', 'Widths of each expert.', [64]),
    towerHidden: hidden('Tower layers', 'Widths of each scenario’s tower.', [64]),
    domainExperts: ablation.toggle({
      label: 'Domain experts',
      help: 'One expert a scenario, heard by all.',
      default: true,
      paperName: 'w/o domain experts',
    }),
    taskExperts: ablation.toggle({
      label: 'Task expert',
      help: 'One expert for the one task.',
      default: true,
      paperName: 'w/o task experts',
    }),
    learnedBalances: ablation.toggle({
      label: 'Learned balances',
      help: 'Off: the balances stay where they start.',
      default: true,
      paperName: 'w/o AutoML',
    }),
  },
  // torch's weight decay of 1e-5 is the gradient of 5e-6 times the square.
  presetTraining: { paper: { learningRate: 1e-2, l2: 5e-6 } },
  presets: {
    paper: {
      ...{ starWidth: 512, domainWidth: 256, numExperts: 4 },
      ...{ expertHidden: [64], towerHidden: [64], dropout: 0 },
    },
    browser: { batchNorm: 'off', starWidth: 64, domainWidth: 32, expertHidden: [32], towerHidden: [32] },
    tiny: {
      starWidth: 6,
      domainWidth: 5,
      numExperts: 2,
      expertHidden: [4],
      towerHidden: [3],
      embeddingDim: 4,
      historyLength: 3,
    },
  },
  network({ variables, input, shape, settings }) {
    const { scenarios } = shape;
    const { batchNorm, dropout, numExperts, starWidth, domainWidth, expertHidden, learnedBalances } =
      settings;
    const common = { batchNorm, scenarios, dropout };
    const star = createStarLinear(
      variables,
      { shared: 'star.shared', own: 'star.own' },
      {
        ...{ own: scenarios, input, output: starWidth },
        bias: batchNorm === 'off' ? new Float32Array(starWidth) : null,
        ownBias: batchNorm !== 'domain',
      },
    );
    const above = createMlp(variables, 'star.mlp', { input: starWidth, widths: [domainWidth], ...common });
    const skip = createMlp(variables, 'skip', { input, widths: [domainWidth], ...common });
    const ofExperts = { input: domainWidth, widths: expertHidden, ...common };
    const experts = createStackedMlp(variables, 'expert', { stack: numExperts, ...ofExperts });
    const gate = createScenarioGate(variables, 'gate', scenarios, domainWidth, numExperts);
    const domainExperts = settings.domainExperts
      ? createStackedMlp(variables, 'domainExpert', { stack: scenarios, ...ofExperts })
      : null;
    const taskExpert = settings.taskExperts ? createMlp(variables, 'taskExpert', ofExperts) : null;
    const domain = domainExperts && createDomainFusion(variables, domainExperts, scenarios, learnedBalances);
    const ofDomain = domain && createBalance(variables, 'fusion.domain', learnedBalances);
    const ofTask = taskExpert && createBalance(variables, 'fusion.task', learnedBalances);
    const towers = createScenarioTowers(variables, shape, settings, experts.outputWidth);
    return {
      apply(flat, inputs, mode) {
        const e = star.apply(flat, inputs.scenarioOneHot);
        const h = tf.add<tf.Tensor2D>(
          above.apply(e, inputs, mode).output,
          skip.apply(flat, inputs, mode).output,
        );
        const weights = gate.own(h, inputs.scenarioOneHot);
        const parts = [mixExpertsStacked(experts.apply(h, inputs, mode), weights)];
        const balances: Record<string, tf.Tensor> = {};
        if (domain && ofDomain) {
          const [own, fusion] = [domain.own(), ofDomain()];
          balances['β own domain'] = own;
          balances['α domain part'] = fusion;
          parts.push(weighed(domain.apply(h, own, inputs, mode), fusion));
        }
        if (taskExpert && ofTask) {
          const fusion = ofTask();
          balances['α task part'] = fusion;
          parts.push(weighed(taskExpert.apply(h, inputs, mode).output, fusion));
        }
        const fused = parts.reduce((sum, part) => tf.add(sum, part));
        return { ...towers.apply(fused, inputs, mode), gate: weights, fused, parts, balances };
      },
      probes: createProbes(
        shape,
        numExperts,
        ['shared', ...(domain ? ['domain'] : []), ...(taskExpert ? ['task'] : [])],
        [...(domain ? ['β own domain', 'α domain part'] : []), ...(taskExpert ? ['α task part'] : [])],
      ),
      outputs: ({ logit, gate: weights, balances }) => ({
        logit,
        gate: weights,
        ...(domain || taskExpert ? { balances: tf.concat(Object.values(balances), 0) } : {}),
      }),
      dispose: () => domain?.dispose(),
    };
  },
});
