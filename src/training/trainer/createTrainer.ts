/** Puts a trainer together from its parts. */
import { assign, createVariables, disposeVariables, streamSeed, submittedWork } from '../../engine';
import { batchLayout, dataShape } from '../../models/inputs';
import { forwardPass } from '../forward';
import { modelGraph } from '../modelGraph/modelGraph';
import { createRepeatedPass } from '../repeatedPass';
import { createScoring } from '../scoring';
import { rowsOfEachScenario, rowsOfSplit } from '../sampling';
import { createAfterStep } from './afterStep';
import { createBatches, readRows } from './batches';
import { createBestWeights } from './bestWeights';
import { createEvaluation } from './evaluation';
import { createRunAheadLimit } from './runAhead';
import { createLossMeans } from './lossMeans';
import { buildWithinLimits } from './memory';
import { createSteps, createTrialSteps } from './steps';
import { createStepTrace } from './stepTrace';
import { createStopwatch } from './stopwatch';
import { arrayOf, copyWeights, readAll } from './weights';
import type { Dataset } from '../../data/dataset';
import type { TimedKernel, Variable } from '../../engine';
import type { ConfiguredModel, DataShape } from '../../models/definition';
import type { TrainingEvent } from '../events';
import type { ModelGraph } from '../modelGraph/types';
import type { Ceilings } from '../metrics';
import type { RunTimings } from '../runRecord';
import type { TrainingSettings } from '../settings';
import type { AfterStep } from './afterStep';
import type { Batches } from './batches';
import type { BestWeights } from './bestWeights';
import type { Snapshot, Trainer } from './contract';
import type { StopMetric } from './bestMetric';
import type { LossMeans } from './lossMeans';
import type { Part, PartPosition } from './part';
import type { Steps } from './steps';

export interface TrainerOptions {
  readonly configured: ConfiguredModel;
  readonly dataset: Dataset;
  readonly training: TrainingSettings;
  readonly seed: number;
  /** Told of progress inside long evaluations, between a procedure's events. */
  readonly report?: (event: TrainingEvent) => void;
  /** False: validation rows are scored without the model's probes. The same weights and metrics, in less time. */
  readonly probes?: boolean;
}

/** Rows that a model's graph is read from. */
const GRAPH_ROWS = 4;

type StateOf<P> = P extends Part<infer State> ? State : never;

/**
 * Where a trainer stands between two steps: the states of all parts side by side; weights, states and moments,
 * `loss.sums`, and the best weights under `best.<name>`. A stored format (`scenarium-checkpoint/1`).
 */
export type TrainerPosition = PartPosition<
  StateOf<Batches> & StateOf<Steps> & StateOf<LossMeans> & StateOf<BestWeights> & StateOf<AfterStep>
>;

/** A trainer as its owner sees it. */
export interface OwnedTrainer extends Trainer {
  readonly shape: DataShape;
  /** Numbers that training changes by gradient. */
  readonly parameterCount: number;
  /** Of the validation rows that curves are computed on. */
  readonly ceilings: Ceilings;
  readonly timings: RunTimings;
  /** The model's parts and what enters what; a few rows are passed through it, nothing of it changes. */
  modelGraph(): ModelGraph;
  /** Compiles the programs of a training step on the graphics device, side by side; nothing of the run changes. */
  compile(): Promise<void>;
  /** Asks the procedure to end at its next safe point. */
  requestStop(): void;
  /** Operations of the next training step, with shapes and times; asking changes nothing of the step. */
  traceNextStep(): Promise<readonly TimedKernel[]>;
  /** Takes weights and states; moments stay. @throws RangeError where they belong to another model */
  restore(weights: Snapshot): void;
  /** @param best false: without the arrays of the best weights */
  position(best?: boolean): Promise<TrainerPosition>;
  /** How often the best weights have changed. */
  readonly bestRevision: number;
  /** Waits until the device has done all steps. */
  waitForDevice(): Promise<void>;
  /** @throws RangeError where the position belongs to another model */
  restorePosition(position: TrainerPosition): void;
  dispose(): void;
}

/** What decides the best weights; without a known truth there is no noise-free metric to go by. */
function stopMetricOf({ stopMetric }: TrainingSettings, dataset: Dataset): StopMetric {
  return stopMetric === 'noiseFreeAuc' && !dataset.truth ? 'domainAuc' : stopMetric;
}

/**
 * Builds the model on the active backend and everything that training it takes.
 *
 * @throws RangeError with one sentence where the dataset lacks what the model needs, or the backend the memory
 */
export function createTrainer(options: TrainerOptions): OwnedTrainer {
  const { configured, dataset, training, seed, report = () => undefined } = options;
  const shape = dataShape(dataset, training.batch);
  const { needs } = configured;
  const layout = batchLayout(shape, needs);
  const trainingRows = rowsOfSplit(dataset, 'train');
  const batches = createBatches({ dataset, layout, trainingRows, seed, columns: needs.extra ?? [] });
  // What the model tells apart; metrics go by the data's own.
  const scenarios = needs.clusters ?? shape.scenarios;
  const model = buildWithinLimits({
    configured,
    shape,
    factory: createVariables(streamSeed(seed, 'weights')),
    read: (rows) => readRows(dataset, { ...layout, batch: rows }, trainingRows, needs.extra ?? []),
  });
  const variables: readonly Variable[] = [...model.parameters, ...model.states, model.table];
  const stopwatch = createStopwatch();
  const losses = createLossMeans(stopwatch);
  const fallBack = (text: string): void => report({ kind: 'message', step: 0, text });
  const stepOptions = { model, scenarios, l2: training.l2, seed, fallBack };
  const steps = createSteps(stepOptions, losses.accumulator);
  const trialSteps = createTrialSteps(stepOptions);
  const bestWeights = createBestWeights(variables, stopMetricOf(training, dataset));
  const scoringOptions = { model, scenarios, batch: layout.batch, fallBack };
  const evaluated = createScoring(scoringOptions, 'probes');
  const curve = options.probes === false ? createScoring(scoringOptions, 'metrics') : evaluated;
  const predicted = createScoring(scoringOptions, 'rows');
  const evaluation = createEvaluation({
    model,
    scoring: { validation: curve, test: evaluated },
    dataset,
    batch: layout.batch,
    read: (rows) => batches.read(rows),
    stopwatch,
    report,
  });
  /** Rows of each scenario in a curve's point. */
  const perScenario = rowsOfEachScenario(training.evaluationRows, shape.scenarios);
  const runAhead = createRunAheadLimit({
    submittedWork,
    waited: (milliseconds) => stopwatch.deviceDone(milliseconds),
  });
  const afterStep = createAfterStep({
    training,
    losses,
    runAhead,
    bestWeights,
    evaluate: () => evaluation.run('validation', perScenario, steps.count),
  });
  const stepTrace = createStepTrace();
  let stopping = false;

  return {
    model,
    dataset,
    training,
    layout,
    seed,
    trainingRows,
    shape,
    ceilings: evaluation.ceilings('validation', perScenario),
    parameterCount:
      model.parameters.reduce((sum, { tensor }) => sum + tensor.size, 0) + model.table.tensor.size,
    get step() {
      return steps.count;
    },
    get stopping() {
      return stopping;
    },
    get timings() {
      return stopwatch.read();
    },
    requestStop() {
      stopping = true;
    },
    traceNextStep: () => stepTrace.next(),
    modelGraph() {
      const few = { ...layout, batch: Math.min(GRAPH_ROWS, layout.batch) };
      const batch = readRows(dataset, few, trainingRows, needs.extra ?? []);
      return modelGraph({ model, scenarios, fields: shape.fields, batch });
    },
    compile: () => steps.compile(readRows(dataset, layout, trainingRows, needs.extra ?? [])),
    setTrainable(names) {
      steps.setTrainable(names);
      trialSteps.setTrainable(names);
    },
    nextBatch: (extra) => batches.next(extra),
    readBatch: (rows, extra, size) => batches.read(rows, extra, size),
    train(batch) {
      const start = performance.now();
      stepTrace.around((watched) => steps.train(batch, training.learningRate, watched));
      stopwatch.step(performance.now() - start);
    },
    trialSteps,
    afterStep: (judging) => afterStep.run(steps.count, judging),
    beginPhase() {
      const from = bestWeights.restore() ?? steps.count;
      bestWeights.forget();
      return from;
    },
    async predict(rows, read = (some) => batches.read(some)) {
      const { score, probability, columns } = await predicted.score(rows, read);
      return { rows, score, probability, columns };
    },
    async finish(reason) {
      const step = steps.count;
      const bestStep = bestWeights.restore() ?? step;
      const { metrics: final, probes } = await evaluation.run('test', Infinity, step);
      const ceilings = evaluation.ceilings('test', Infinity);
      return { kind: 'done', step, reason, bestStep, final, ceilings, probes };
    },
    async snapshot(moments) {
      const weights = await readAll(variables);
      return { arrays: moments ? { ...weights, ...(await steps.position()).arrays } : weights };
    },
    restore({ arrays }) {
      for (const variable of variables) assign(variable, arrayOf(arrays, variable));
    },
    copyWeights: (from) => copyWeights(variables, from),
    forward: (batch, statistics, read) => forwardPass(model, scenarios, batch, statistics, read),
    repeatedPass: (statistics, write) =>
      createRepeatedPass({ model, scenarios, statistics, write }, fallBack),
    get bestRevision() {
      return bestWeights.revision;
    },
    waitForDevice: () => losses.waitForDevice(),
    async position(withBest = true) {
      const [drawn, stepped, summed, best, followed] = [
        await batches.position(),
        await steps.position(),
        await losses.position(),
        await bestWeights.position(withBest),
        await afterStep.position(),
      ];
      return {
        state: { ...drawn.state, ...stepped.state, ...summed.state, ...best.state, ...followed.state },
        arrays: {
          ...(await readAll(variables)),
          ...drawn.arrays,
          ...stepped.arrays,
          ...summed.arrays,
          ...best.arrays,
          ...followed.arrays,
        },
      };
    },
    restorePosition(position) {
      for (const variable of variables) assign(variable, arrayOf(position.arrays, variable));
      for (const part of [batches, steps, losses, bestWeights, afterStep]) part.restorePosition(position);
      trialSteps.setTrainable(position.state.trainable);
    },
    dispose() {
      const scorings = new Set([evaluated, curve, predicted]);
      for (const part of [bestWeights, steps, trialSteps, losses, ...scorings, model]) part.dispose();
      // A model frees what it made besides; variables may be among it, and freeing twice is harmless.
      disposeVariables(variables.filter(({ tensor }) => !tensor.isDisposed));
    },
  };
}
