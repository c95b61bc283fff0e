/** A client without a run: what pictures ask of the training worker is answered from the made-up data. */
import * as Comlink from 'comlink';
import { createWorkerClient } from '../../workers/client';
import type { WorkerClient } from '../../workers/client';
import type { TrainingWorker, RunStore, ScoredRows } from '../../workers/protocol';
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

function worker(size: Size) {
  const { port1, port2 } = new MessageChannel();
  const answers: Pick<
    TrainingWorker,
    'connect' | 'ping' | 'show' | 'predict' | 'counterfactualRates' | 'representations'
  > = {
    connect: () => undefined,
    ping: async () => true,
    show: async () => undefined,
    predict: async (run) => scoredRows(run, size),
    counterfactualRates: async () => rates(size),
    representations: async () => null,
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
