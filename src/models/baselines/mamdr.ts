/**
 * MAMDR (Luo et al., ICDE 2023): a way of training any network for several domains. Scenario i is served by `shared + own_i`,
 * over all variables, the embeddings too.
 *
 * The network that trains (Mix's `mlp.*`, `output.*`, or another base's) is one of three kinds of weights: it, the shared ones (`shared.*`) and those that serve
 * each scenario (`served.* [N, ...]`), which no gradient reaches. The `mamdr` procedure loads the first from the others and moves
 * them towards it. Of the table's `N + 2` rows of an id, row n serves scenario n, row N trains, row N + 1 is shared.
 */
import * as tf from '@tensorflow/tfjs-core';
import { assign } from '../../engine';
import type { EmbeddingTable, Mode, VariableFactory } from '../../engine';
import { clickModel } from '../clickModel';
import { collect, type Collector } from '../collect';
import { defineModel, type DataShape, type Inputs, type Pass } from '../definition';
import { createMakers } from '../layers';
import { lastLayer } from '../probes';
import { procedureKey } from '../procedureChoice';
import { ablation, hyper, type AnySettings } from '../settings';
import { baselineFields, baselineNeeds, hidden } from './common';
import { dcn } from './dcn';
import { deepfm } from './deepfm';
import type { BareNetwork } from './defineSingleScenario';
import { createTowerBase, towerBases, type TowerBase } from './mamdrTowers';
import { pnn } from './pnn';
import { createReader, withHistory, type HistoryPass } from './reader';
import { wideDeep } from './wideDeep';

interface MamdrSettings {
  /** Share of the way to the network that met all scenarios that the shared weights go. */
  readonly outerRate: number;
  /** Share of the way to the network that met a helper and then the scenario that its own weights go. */
  readonly helperRate: number;
  readonly helpers: number;
  /** Batches of a scenario in one visit at most. */
  readonly visit: number;
  readonly negotiation: boolean;
  readonly regularisation: boolean;
}

export const mamdrTraining = procedureKey<MamdrSettings>('mamdr');

/** Rows of the table beside those that serve scenarios: one that trains and one that is shared. */
const EXTRA_TABLES = 2;

/** Names of what serves, and of what is shared, by the name of what trains. */
export const servedName = (name: string): string => `served.${name}`;
export const sharedName = (name: string): string => `shared.${name}`;

interface MamdrPass extends Pass, HistoryPass {
  readonly lastLayer: tf.Tensor2D;
}

/** Every row of an id starts as its first. */
function startAlike(table: EmbeddingTable, tables: number): void {
  const { vocabularySize: rows, dim } = table;
  const each = tf.tidy(() => {
    const first = tf.slice(tf.reshape(table.tensor, [rows / tables, tables, dim]), [0, 0, 0], [-1, 1, -1]);
    return tf.reshape(tf.tile(first, [1, tables, 1]), [rows, dim]);
  });
  assign(table, each);
  each.dispose();
}

/** A factory whose parameters are noted with what they start from. */
function noting(factory: VariableFactory, initials: Map<string, Float32Array>): VariableFactory {
  return {
    ...factory,
    parameter(name, kind, shape, initial, l2Centre) {
      initials.set(name, initial);
      return factory.parameter(name, kind, shape, initial, l2Centre);
    },
  };
}

/** A factory that makes states in the place of parameters, each scenario's equal to the noted one. */
function serving(
  factory: VariableFactory,
  initials: ReadonlyMap<string, Float32Array>,
  scenarios: number,
): VariableFactory {
  return {
    ...factory,
    parameter(name, kind, shape) {
      const one = initials.get(name) ?? new Float32Array(0);
      const all = Float32Array.from({ length: scenarios * one.length }, (_, i) => one[i % one.length]!);
      const { tensor } = factory.state(servedName(name), shape, all);
      return { name, kind, shape, tensor, l2Centre: 0 };
    },
  };
}

/** Networks that may be trained this way, beside Mix's: those that know nothing of scenarios and stand by their names alone. */
const BASES = {
  'wide-deep': wideDeep.bare,
  deepfm: deepfm.bare,
  pnn: pnn.bare,
  dcn: dcn.bare,
} satisfies Record<string, BareNetwork<Pass & { readonly lastLayer: tf.Tensor2D }>>;

interface NetworkSettings extends AnySettings {
  readonly base: 'mix' | TowerBase | keyof typeof BASES;
  readonly embeddingDim: number;
  readonly dropout: number;
  readonly priorBias: 'on' | 'off';
  readonly scenarioField: 'on' | 'off';
  readonly history: 'off' | 'mean' | 'attention';
  readonly historyLength: number;
  readonly hidden: readonly number[];
}

const hasTowers = (base: NetworkSettings['base']): base is TowerBase =>
  towerBases.some((one) => one === base);

const baseOf = ({ base }: NetworkSettings) => (base === 'mix' || hasTowers(base) ? null : BASES[base]);

/** @param factory makes what trains, or (`served`) what serves each scenario, by the same names */
function createNetwork(
  factory: VariableFactory,
  served: boolean,
  shape: DataShape,
  variables: Collector,
  settings: NetworkSettings,
): (inputs: Inputs, mode: Mode) => MamdrPass {
  const make = createMakers(factory, {
    ...{ shape, own: served, batchNorm: 'off' },
    ...{ dropout: settings.dropout, priorBias: settings.priorBias },
  });
  const base = baseOf(settings);
  if (base) {
    const {
      embeddingDim,
      dropout,
      priorBias,
      scenarioField,
      history,
      historyLength,
      hidden: widths,
    } = settings;
    const given = { embeddingDim, dropout, priorBias, scenarioField, history, historyLength, hidden: widths };
    return base.create(make, shape, variables, { ...given, batchNorm: 'off' });
  }
  const read = createReader(make, shape, settings);
  if (hasTowers(settings.base)) {
    const network = createTowerBase(settings.base, factory, shape, read.width, settings, served);
    return (inputs, mode) => {
      const { flat, attention } = read.read(inputs, mode);
      return { ...network(flat, inputs, mode), historyAttention: attention };
    };
  }
  const mlp = make.mlp('mlp', { input: read.width, widths: settings.hidden });
  const output = make.linear('output', { input: mlp.outputWidth, output: 1, bias: 'prior' });
  return (inputs, mode) => {
    const { flat, attention } = read.read(inputs, mode);
    const h = mlp.apply(flat, inputs, mode).output;
    return { logit: output.apply(h, inputs), lastLayer: h, historyAttention: attention };
  };
}

export const mamdr = defineModel({
  id: 'mamdr',
  title: 'MAMDR',
  paper: {
    title: 'MAMDR: A Model Agnostic Learning Framework for Multi-Domain Recommendation',
    authors: 'Luo, Li, Gao, Tang, Wang, Li, Zhu, Liu, Li, Pan',
    venue: 'ICDE',
    year: 2023,
    url: 'https://arxiv.org/abs/2202.12524',
  },
  family: 'multi-scenario',
  summary:
    'One network whose weights negotiate over scenarios in turn, and each scenario’s own part, helped by others.',
  topics: ['representation'],
  fields: {
    embeddingDim: baselineFields.embeddingDim,
    dropout: baselineFields.dropout,
    priorBias: baselineFields.priorBias,
    scenarioField: baselineFields.scenarioField,
    history: baselineFields.history,
    historyLength: baselineFields.historyLength,
    hidden: hidden('Hidden layers', 'Widths of the network.', [256, 128, 64]),
    base: hyper.choice({
      label: 'Base',
      help: 'The network that is trained this way; what it alone has (cross layers, products) stands at its defaults.',
      options: ['mix', 'wide-deep', 'deepfm', 'pnn', 'dcn', ...towerBases],
      optionLabels: {
        ...{ mix: 'Mix', 'wide-deep': 'Wide & Deep', deepfm: 'DeepFM', pnn: 'PNN', dcn: 'DCN' },
        ...{ 'shared-bottom': 'Shared Bottom', mmoe: 'MMoE' },
      },
      default: 'mix',
      before: 'mix',
    }),
    outerRate: hyper.real({
      label: 'Outer rate',
      help: 'Share β of the way to the network that met all scenarios in turn that the shared weights go.',
      default: 0.5,
      min: 0,
      max: 1,
      step: 0.05,
    }),
    helperRate: hyper.real({
      label: 'Helper rate',
      help: 'Share γ of the way to the network that met a helper and then the scenario that its own weights go.',
      default: 0.1,
      min: 0,
      max: 1,
      step: 0.05,
    }),
    helpers: hyper.int({
      label: 'Helpers',
      help: 'Other scenarios k whose rows a scenario meets before its own, one after another.',
      default: 2,
      min: 1,
      max: 10,
    }),
    visit: hyper.int({
      label: 'Visit',
      help: 'Batches of a scenario in one visit at most; fewer where it has fewer.',
      default: 10,
      min: 1,
      max: 10_000,
      scale: 'log',
    }),
    negotiation: ablation.toggle({
      label: 'Domain negotiation',
      help: 'Move the shared weights part of the way only; off: they are where the last scenario left them.',
      default: true,
      paperName: 'w/o DN',
    }),
    regularisation: ablation.toggle({
      label: 'Domain regularisation',
      help: 'Learn each scenario’s own weights with helpers; off: all are served by the shared weights.',
      default: true,
      paperName: 'w/o DR',
    }),
  },
  presets: {
    paper: { hidden: [256, 128, 64], dropout: 0.5, outerRate: 0.1, helperRate: 0.1, helpers: 5 },
    browser: { hidden: [64, 32] },
    tiny: { hidden: [6, 4], embeddingDim: 4, historyLength: 3, visit: 1 },
  },
  presetTraining: { paper: { batch: 1024, learningRate: 1e-3 } },
  variants: [],
  graph: null,
  needs: (settings) => ({ ...baselineNeeds(settings), ownTables: true, extraTables: EXTRA_TABLES }),
  procedure: mamdrTraining.choose,
  build(shape, settings, factory) {
    const variables = collect(factory);
    const tables = shape.scenarios + EXTRA_TABLES;
    const width = settings.embeddingDim + (baseOf(settings)?.linear ? 1 : 0);
    const table = variables.table(tables * shape.vocabularySize, width, tables);
    startAlike(table, tables);
    const initials = new Map<string, Float32Array>();
    const training = createNetwork(noting(variables, initials), false, shape, variables, settings);
    for (const { name, shape: size } of variables.parameters)
      variables.state(sharedName(name), size, initials.get(name)!);
    const serve = createNetwork(
      serving(variables, initials, shape.scenarios),
      true,
      shape,
      variables,
      settings,
    );
    return clickModel<MamdrPass>({
      table,
      variables,
      forward: (inputs, mode) => (mode.kind === 'train' ? training : serve)(inputs, mode),
      probes: withHistory([lastLayer], shape, settings),
    });
  },
});
