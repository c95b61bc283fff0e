/**
 * AESM² (Zou et al., SIGIR 2022) with one task: in every layer the gates of all scenarios look at a row, and what they say of
 * an expert, as a distribution over scenarios, tells whether it is the row's scenario's own or everyone's. A row uses the
 * experts nearest to either, the rest are off.
 */
import * as tf from '@tensorflow/tfjs-core';
import {
  bceWithLogits,
  logSoftmaxLast,
  maskedSoftmax,
  mixExpertsStacked,
  stopGradient,
  weightedMean,
} from '../../engine';
import type { Mode } from '../../engine';
import type { Collector } from '../collect';
import type { DataShape, Inputs, Losses, Pass, Probe } from '../definition';
import {
  askLinear,
  askScenarios,
  createLinear,
  createMlp,
  createOwnLinear,
  createScenarioEmbedding,
  createStackedMlp,
  priorBias,
  type AskedRows,
  type AskedScenarios,
} from '../layers';
import { lastLayer, numbered, scenarioAxis, sumByScenario } from '../probes';
import { ablation, hyper } from '../settings';
import { clusterFields } from './clusters';
import { baselineFields, hidden, peers } from './common';
import { defineBaseline } from './defineBaseline';

/** Added to the logit of a slot that doesn't count. */
const ABSENT = -1e9;

/** What a layer found of each expert, row by row. */
interface Selection {
  /** Of the row's own scenario, over the experts in use `[B, n]`. */
  readonly gate: tf.Tensor2D;
  /** 1 where an expert was chosen `[B, n]`; null where that kind of choice is off. */
  readonly specific: tf.Tensor2D | null;
  readonly shared: tf.Tensor2D | null;
  /** Mean distance of the chosen experts `[B, 1]`. */
  readonly specificDistance: tf.Tensor2D | null;
  readonly sharedDistance: tf.Tensor2D | null;
}

interface Aesm2Pass extends Pass {
  readonly layers: readonly Selection[];
  readonly lastLayer: tf.Tensor2D;
}

/** 1 at the `count` least values of each row `[B, n]`, of equals the earlier; no gradient. */
function least(values: tf.Tensor2D, count: number): tf.Tensor2D {
  const [, n] = values.shape;
  const held = stopGradient(values);
  const [one, other] = [tf.expandDims(held, 2), tf.expandDims(held, 1)];
  const below = tf.step(tf.sub(one, other));
  const equal = tf.sub(tf.sub(1, below), tf.step(tf.sub(other, one)));
  const earlier = tf.tensor2d(
    Float32Array.from({ length: n * n }, (_, i) => (i % n < Math.floor(i / n) ? 1 : 0)),
    [n, n],
  );
  const rank = tf.sum<tf.Tensor2D>(tf.add(below, tf.mul(equal, earlier)), 2);
  return tf.step(tf.sub(count - 0.5, rank));
}

/**
 * Distances of every expert's distribution over the slots, from the logits of all gates `[S, B, n]`: to the one that is the
 * row's own scenario alone, `-log q_s`, and to the uniform one, `-log S - mean log q`; both `[B, n]`.
 */
function distances(logits: tf.Tensor3D, { own, present }: AskedRows) {
  const byExpert = tf.transpose<tf.Tensor3D>(logits, [1, 2, 0]);
  const counts = tf.expandDims<tf.Tensor3D>(present, 1);
  const log = logSoftmaxLast(tf.add<tf.Tensor3D>(byExpert, tf.mul(tf.sub(counts, 1), -ABSENT)));
  const slots = tf.sum(present, 1, true);
  return {
    toOwn: tf.neg(tf.sum<tf.Tensor2D>(tf.mul(log, tf.expandDims(own, 1)), 2)),
    toAll: tf.neg<tf.Tensor2D>(tf.add(tf.log(slots), tf.div(tf.sum(tf.mul(log, counts), 2), slots))),
  };
}

type Choice = 'both' | 'specific' | 'shared' | 'off';

interface LayerOptions {
  readonly input: number;
  readonly widths: readonly number[];
  readonly scenarios: number;
  readonly indicator: number;
  readonly experts: number;
  readonly specific: number;
  readonly shared: number;
  readonly selection: Choice;
  readonly dropout: number;
}

/** `<name>.expert.k.*` `[n, in, w]`, `<name>.gate.weight [N, in + d, n]`, `<name>.gate.bias [N, n]`. */
function createSelectiveLayer(variables: Collector, name: string, options: LayerOptions) {
  const { input, widths, scenarios, indicator, experts: count, selection, dropout } = options;
  const [specificCount, sharedCount] = [Math.min(options.specific, count), Math.min(options.shared, count)];
  const experts = createStackedMlp(variables, `${name}.expert`, {
    ...{ stack: count, input, widths, batchNorm: 'off', scenarios, dropout },
  });
  const gate = createOwnLinear(variables, `${name}.gate`, scenarios, {
    input: input + indicator,
    output: count,
  });
  const chosenMean = (distance: tf.Tensor2D, chosen: tf.Tensor2D, of: number): tf.Tensor2D =>
    tf.div(tf.sum(tf.mul(distance, chosen), 1, true), of);

  function select(z: tf.Tensor2D, asked: AskedRows): Selection {
    const logits = askLinear(gate, z, asked);
    const own = mixExpertsStacked(logits, asked.own);
    const { toOwn, toAll } = distances(logits, asked);
    const specific = selection === 'shared' ? null : least(toOwn, specificCount);
    const shared = selection === 'specific' ? null : least(toAll, sharedCount);
    const used = specific && shared ? tf.maximum(specific, shared) : (specific ?? shared ?? tf.onesLike(own));
    return {
      gate: maskedSoftmax(own, used),
      specific,
      shared,
      specificDistance: specific && chosenMean(toOwn, specific, specificCount),
      sharedDistance: shared && chosenMean(toAll, shared, sharedCount),
    };
  }
  /** Every expert in use, by the row's own gate alone. */
  function all(z: tf.Tensor2D, { scenarioOneHot }: Inputs): Selection {
    const own = gate.apply(z, scenarioOneHot);
    return {
      gate: maskedSoftmax(own, tf.onesLike(own)),
      ...{ specific: null, shared: null, specificDistance: null, sharedDistance: null },
    };
  }
  return {
    outputWidth: experts.outputWidth,
    apply(h: tf.Tensor2D, e: tf.Tensor2D, asked: AskedRows, inputs: Inputs, mode: Mode) {
      const z = tf.concat2d([h, e], 1);
      const selected = selection === 'off' ? all(z, inputs) : select(z, asked);
      return { selected, output: mixExpertsStacked(experts.apply(h, inputs, mode), selected.gate) };
    },
  };
}

/** Of layer l: `gatel`, and how often a scenario's rows choose each expert as their own or as shared, `specificl`, `sharedl`; `[N, n]`. */
function layerProbes(
  shape: DataShape,
  experts: readonly string[],
  l: number,
  selection: Choice,
): readonly Probe<Aesm2Pass>[] {
  const shown = {
    topic: 'gates',
    axes: [scenarioAxis(shape), { name: 'expert', labels: experts }],
  } as const;
  const of = (
    name: 'specific' | 'shared',
    title: string,
    reading: string,
    equation: string,
  ): Probe<Aesm2Pass> => ({
    ...shown,
    name: `${name}${l}`,
    title: `${title}, layer ${l + 1}`,
    reading,
    equation,
    scale: 'probability',
    compute: ({ layers }, inputs) => {
      const selected = layers[l];
      const chosen = selected?.[name] ?? tf.zeros<tf.Rank.R2>([inputs.batch, experts.length]);
      return sumByScenario(chosen, inputs);
    },
  });
  return [
    {
      ...shown,
      name: `gate${l}`,
      title: `How much each scenario uses each expert, layer ${l + 1}`,
      reading:
        'A row is a scenario’s mean gate over its own evaluation rows, experts that are off counting 0; it sums to 1.',
      equation: String.raw`g = \mathrm{softmax}_{k \in \mathcal{E}_{sp} \cup \mathcal{E}_{sh}}(a_{s,k})`,
      scale: 'share',
      compute: ({ layers }, inputs) =>
        sumByScenario(layers[l]?.gate ?? tf.zeros<tf.Rank.R2>([inputs.batch, experts.length]), inputs),
    },
    ...(selection === 'both' || selection === 'specific'
      ? [
          of(
            'specific',
            'Experts chosen as the scenario’s own',
            'Share of a scenario’s rows that count the expert among those most its own.',
            String.raw`\mathrm{KL}(\mathbb{1}_s \,\|\, q_{\cdot k}) = -\log q_{s,k}`,
          ),
        ]
      : []),
    ...(selection === 'both' || selection === 'shared'
      ? [
          of(
            'shared',
            'Experts chosen as shared',
            'Share of a scenario’s rows that count the expert among those most alike to all scenarios.',
            String.raw`\mathrm{KL}(u \,\|\, q_{\cdot k}) = -\log N - \tfrac1N \textstyle\sum_j \log q_{j,k}`,
          ),
        ]
      : []),
  ];
}

const { embeddingDim, scenarioField, dropout, priorBias: prior, history, historyLength } = baselineFields;

const chosen = (label: string, help: string) => hyper.int({ label, help, default: 2, min: 1, max: 32 });

export const aesm2 = defineBaseline({
  id: 'aesm2',
  title: 'AESM²',
  paper: {
    title: 'Automatic Expert Selection for Multi-Scenario and Multi-Task Search',
    authors: 'Zou, Hu, Zhao, Ding, Liu, Li, Sun',
    venue: 'SIGIR',
    year: 2022,
    url: 'https://doi.org/10.1145/3477495.3531942',
  },
  family: 'multi-scenario',
  summary:
    'Each row picks experts that are its scenario’s own and experts that all scenarios share, layer by layer.',
  topics: ['gates', 'representation'],
  fields: {
    ...{ embeddingDim, scenarioField, dropout, priorBias: prior, history, historyLength },
    ...clusterFields,
    layers: hyper.int({ label: 'Layers', help: 'Layers of experts.', default: 1, min: 1, max: 3 }),
    numExperts: hyper.int({
      label: 'Experts',
      help: 'Experts n of every layer.',
      default: 8,
      min: 2,
      max: 32,
    }),
    specificExperts: chosen('Own experts', 'Experts that a row picks as its scenario’s own.'),
    sharedExperts: chosen('Shared experts', 'Experts that a row picks as everyone’s.'),
    expertHidden: hidden('Expert layers', 'Widths of each expert.', [128]),
    towerHidden: hidden('Tower layers', 'Widths of the tower that all scenarios share.', [64]),
    klWeight: hyper.real({
      label: 'Weight of the distances',
      help: 'How strongly chosen experts are drawn to what they were chosen for.',
      default: 0.01,
      min: 0,
      max: 1,
    }),
    peers,
    selection: ablation.choice({
      label: 'Selection',
      help: 'Which experts a row picks; off, it uses all of them by its scenario’s gate.',
      options: ['both', 'specific', 'shared', 'off'],
      optionLabels: { both: 'own and shared', specific: 'own only', shared: 'shared only', off: 'off (all)' },
      default: 'both',
    }),
  },
  presets: {
    paper: { layers: 2, peers: 64 },
    browser: { expertHidden: [64], towerHidden: [32], peers: 3 },
    tiny: {
      layers: 2,
      numExperts: 4,
      specificExperts: 1,
      sharedExperts: 2,
      expertHidden: [6],
      towerHidden: [4],
      embeddingDim: 4,
      historyLength: 3,
      peers: 3,
    },
  },
  network({ variables, input, shape, settings }) {
    const { scenarios } = shape;
    const { selection, klWeight } = settings;
    const asking: AskedScenarios = askScenarios(shape, settings.peers);
    const scenario = createScenarioEmbedding(variables, 'scenario', scenarios, settings.embeddingDim);
    let width = input;
    const layers = Array.from({ length: settings.layers }, (_, l) => {
      const layer = createSelectiveLayer(variables, `layer.${l}`, {
        input: width,
        widths: settings.expertHidden,
        scenarios,
        indicator: settings.embeddingDim,
        experts: settings.numExperts,
        specific: settings.specificExperts,
        shared: settings.sharedExperts,
        selection,
        dropout: settings.dropout,
      });
      width = layer.outputWidth;
      return layer;
    });
    const tower = createMlp(variables, 'tower', {
      ...{
        input: width,
        widths: settings.towerHidden,
        batchNorm: 'off',
        scenarios,
        dropout: settings.dropout,
      },
    });
    const output = createLinear(variables, 'output', {
      input: tower.outputWidth,
      output: 1,
      bias: priorBias(shape, settings.priorBias),
    });

    /** Mean over rows of the layers' distances, summed; null where nothing is chosen that way. */
    function distance(pass: Aesm2Pass, of: 'specificDistance' | 'sharedDistance', inputs: Inputs) {
      const each = pass.layers.flatMap((selected) => {
        const rows = selected[of];
        return rows ? [weightedMean(rows, inputs.weight)] : [];
      });
      return each.length > 0 ? tf.addN(each) : null;
    }
    function losses(pass: Aesm2Pass, inputs: Inputs): Losses {
      const click = bceWithLogits(pass.logit, inputs.label, inputs.weight);
      const specific = distance(pass, 'specificDistance', inputs);
      const shared = distance(pass, 'sharedDistance', inputs);
      const apart = [specific, shared].filter((term) => term !== null);
      return {
        total: apart.length > 0 ? tf.add(click, tf.mul(tf.addN(apart), klWeight)) : click,
        terms: { click, ...(specific && { specific }), ...(shared && { shared }) },
      };
    }

    return {
      apply(flat, inputs, mode) {
        const asked = asking.rows(inputs);
        const e = scenario.rows(inputs.scenarioOneHot);
        let h = flat;
        const selections = layers.map((layer) => {
          const { selected, output: next } = layer.apply(h, e, asked, inputs, mode);
          h = next;
          return selected;
        });
        const last = tower.apply(h, inputs, mode).output;
        return { logit: output.apply(last), layers: selections, lastLayer: last };
      },
      losses,
      probes: [
        ...layers.flatMap((_, l) =>
          layerProbes(shape, numbered('expert', settings.numExperts), l, selection),
        ),
        lastLayer,
      ],
      outputs: ({ logit, layers: selections }) =>
        selections.reduce<Record<string, tf.Tensor>>(
          (named, { gate, specific, shared }, l) => ({
            ...named,
            [`gate${l}`]: gate,
            ...(specific && { [`specific${l}`]: specific }),
            ...(shared && { [`shared${l}`]: shared }),
          }),
          { logit },
        ),
    };
  },
});
