/** A client without a run: what pictures ask of the training worker is answered from the made-up data. */
import * as Comlink from 'comlink';
import { createWorkerClient } from '../../workers/client';
import type { WorkerClient } from '../../workers/client';
import type { ModelGraph, TrainingWorker, RunStore, ScoredRows, Slice, WhatIf } from '../../workers/protocol';
import { draws } from './fixedData';
import type { Size } from './fixedData';

const ROWS_A_SCENARIO = 40;

/** Test rows and what a run scores them; labels and truth are the rows' own. */
function scoredRows(run: string, size: Size): ScoredRows {
  const count = ROWS_A_SCENARIO * size;
  const column = (name: string, from: number, to: number) => {
    const draw = draws(name);
    return Float32Array.from({ length: count }, (_, row) => from + (to - from) * draw(row));
  };
  const truth = column('row truth', 0.02, 0.5);
  const matchScore = column(`match ${run}`, -2, 2).map((value, row) => value + 3 * truth[row]!);
  const scenarioGate = column('gate', 0.2, 0.8);
  const score = matchScore.map((value, row) => value * scenarioGate[row]!);
  return {
    split: 'test',
    rows: Int32Array.from({ length: count }, (_, row) => row),
    scenario: Int16Array.from({ length: count }, (_, row) => row % size),
    label: column('clicked', 0, 1).map((value, row) => Number(value < truth[row]!)),
    weight: new Float32Array(count).fill(1),
    truth,
    score,
    probability: score.map((value) => 1 / (1 + Math.exp(-value))),
    columns: { matchScore, scenarioGate },
  };
}

/** True click rates of every scenario's rows in every scenario `[size * size]`. */
function rates(size: Size): Float32Array {
  const draw = draws('rates');
  return Float32Array.from({ length: size * size }, (_, cell) => 0.6 + 0.8 * draw(cell));
}

/** One test row with two fields, of which one can be changed. */
function oneRow(run: string, size: Size): WhatIf {
  const of = (name: string): Float32Array => {
    const draw = draws(`${name} ${run}`);
    return Float32Array.from({ length: size }, (_, s) => 0.02 + 0.1 * draw(s));
  };
  const field = { size: 4, changed: false, meaning: 'Made up for the gallery.' };
  return {
    step: 1000,
    row: 17,
    previous: 16,
    next: 18,
    rows: ROWS_A_SCENARIO * size,
    ownScenario: 1,
    scenario: 1,
    label: 1,
    fields: [
      {
        ...field,
        name: 'slot',
        role: 'context',
        value: 2,
        label: 'place 2',
        labels: ['other', 'place 1', 'place 2', 'place 3'],
        editable: true,
      },
      { ...field, name: 'age', role: 'user', value: 3, label: null, labels: null, editable: false },
    ],
    userFrom: null,
    itemFrom: null,
    promoted: false,
    probability: of('prediction'),
    score: of('score'),
    truth: of('true probability'),
    columns: { matchScore: of('match').slice(0, 1), vote: of('vote') },
    probes: [],
    vectors: [],
  };
}

function slices(): readonly Slice[] {
  const draw = draws('slices');
  return ['place 1', 'place 2', 'place 3'].map((name, k) => ({
    name,
    metrics: {
      rows: 400 - 100 * k,
      positives: 40 - 18 * k,
      auc: 0.6 + 0.1 * draw(k),
      noiseFreeAuc: 0.65 + 0.1 * draw(k),
      interestAuc: null,
      logLoss: 0.3 + 0.1 * draw(k),
      calibration: 0.9 + 0.2 * draw(k),
    },
  }));
}

/** Two experts that a gate weighs for a tower of each scenario. */
function graph(size: Size): ModelGraph {
  const arrow = (from: string, to: string, gate = false) => ({ from, to, gate, training: false });
  const fields = ['user', 'age', 'item', 'category', 'hour', 'slot', 'scenario'];
  const part = (id: string, parameters: number, shape: readonly number[]) =>
    ({ id, kind: 'part', fields: [], variables: [{ name: `${id}.weight`, shape }], parameters }) as const;
  const end = (id: string, kind: 'scenario' | 'prediction') =>
    ({ id, kind, fields: [], variables: [], parameters: 0 }) as const;
  return {
    parts: [
      end('scenario index', 'scenario'),
      { id: 'fields', kind: 'fields', fields, variables: [], parameters: 800 },
      part('expert', 448, [2, 28, 8]),
      part('gate', size * 56, [size, 28, 2]),
      part('tower', size * 8, [size, 8, 1]),
      end('click prediction', 'prediction'),
    ],
    arrows: [
      arrow('fields', 'expert'),
      arrow('fields', 'gate'),
      arrow('scenario index', 'gate'),
      arrow('expert', 'tower'),
      arrow('gate', 'tower', true),
      arrow('scenario index', 'tower'),
      arrow('tower', 'click prediction'),
    ],
    weighed: [{ gate: 'gate', of: 'expert' }],
  };
}

function worker(size: Size) {
  const { port1, port2 } = new MessageChannel();
  const answers: Pick<
    TrainingWorker,
    | 'connect'
    | 'ping'
    | 'show'
    | 'predict'
    | 'counterfactualRates'
    | 'representations'
    | 'modelGraph'
    | 'whatIf'
    | 'slices'
  > = {
    connect: () => undefined,
    ping: async () => true,
    show: async () => undefined,
    predict: async (run) => scoredRows(run, size),
    counterfactualRates: async () => rates(size),
    representations: async () => null,
    modelGraph: async () => graph(size),
    whatIf: async (run) => oneRow(run, size),
    slices: async () => slices(),
  };
  Comlink.expose(answers, port1);
  port2.start();
  return Object.assign(port2, { terminate: () => port2.close() });
}

const noWeights = { weights: new Uint8Array(), checkpoint: null };
const refuse = async (): Promise<never> => {
  throw new Error('The gallery keeps no runs.');
};

/** Keeps nothing; every run has weights, so that what is computed from them can be asked for. */
const store: RunStore = {
  list: async () => [],
  get: async () => null,
  artifacts: async () => noWeights,
  put: refuse,
  add: refuse,
  rename: refuse,
  remove: async () => null,
  restore: refuse,
  removed: async () => [],
  forget: refuse,
  onChange: () => () => undefined,
};

export function galleryClient(size: Size): WorkerClient {
  return createWorkerClient({ spawnTraining: () => worker(size), runs: store });
}
