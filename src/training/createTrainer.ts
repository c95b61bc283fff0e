/** The trainer: one model, one dataset, one optimiser, one random stream. */
import {
  assign,
  createAdam,
  createLossAccumulator,
  createMode,
  createVariables,
  disposeVariables,
  runStep,
  streamSeed,
} from '../engine';
import { readBatch } from '../data/batches';
import { assembleInputs, batchLayout, dataShape, disposeBatch, uploadBatch } from '../models/inputs';
import { forwardPass, scoreRows } from './forward';
import { auc as aucOf, computeCeilings, computeMetrics } from './metrics';
import { batchOrder, evaluationSample, rowsOfEachScenario, rowsOfSplit } from './sampling';
import { evaluationDue } from './schedule';
import { judge, noBest, stopFigure } from './stopping';
import { createStopwatch } from './timing';
import { arrayOf, holdWeights, readAll } from './weights';
import type { Dataset, SplitName } from '../data/dataset';
import type { Adam, Variable } from '../engine';
import type { AnyModelDefinition, DataShape } from '../models/definition';
import type { AnySettings } from '../models/settings';
import type { TrainingEvent } from './events';
import type { Ceilings, EvaluatedRows, Metrics } from './metrics';
import type { RunTimings } from './runRecord';
import type { TrainingSettings } from './settings';
import type { Best, StopMetric } from './stopping';
import type { HeldWeights, Predictions, Snapshot, Trainer } from './trainer';

export interface TrainerOptions {
  readonly definition: AnyModelDefinition;
  readonly dataset: Dataset;
  readonly settings: AnySettings;
  readonly training: TrainingSettings;
  readonly seed: number;
  /** Told of progress inside long evaluations, between a procedure's events. */
  readonly report?: (event: TrainingEvent) => void;
}

/** Where a trainer stands between two steps. */
export interface TrainerPosition {
  /** JSON values only. */
  readonly state: {
    readonly step: number;
    readonly drawn: number;
    readonly trials: number;
    readonly announced: number;
    readonly evaluated: number;
    readonly best: Best;
    readonly trainable: readonly string[] | null;
    readonly lossNames: readonly string[];
    readonly lossSteps: number;
  };
  /** Weights, states and moments; `loss.sums`; the best weights under `best.<name>`. */
  readonly arrays: Readonly<Record<string, Float32Array>>;
}

/** A trainer as its owner sees it. */
export interface OwnedTrainer extends Trainer {
  readonly shape: DataShape;
  /** Numbers that training changes by gradient. */
  readonly parameterCount: number;
  /** Of the validation rows that curves are computed on. */
  readonly ceilings: Ceilings;
  readonly timings: RunTimings;
  /** Asks the procedure to end at its next safe point. */
  requestStop(): void;
  position(): Promise<TrainerPosition>;
  /** @throws RangeError where the position belongs to another model */
  goTo(position: TrainerPosition): void;
  dispose(): void;
}

const BEST = 'best.';

/** Steps after which the device is waited for: WebGPU takes steps faster than it does them, and a pause would come late. */
const SETTLE_EVERY = 16;

/**
 * Builds the model on the active backend and everything that training it takes.
 *
 * @throws RangeError with one sentence where the dataset lacks what the model needs
 */
export function createTrainer(options: TrainerOptions): OwnedTrainer {
  const { definition, dataset, settings, training, seed, report = () => undefined } = options;
  const shape = dataShape(dataset, training.batch);
  const layout = batchLayout(shape, definition.needs(settings));
  const trainingRows = rowsOfSplit(dataset, 'train');
  const order = batchOrder(trainingRows, training.batch, streamSeed(seed, 'batches'));
  const variables = createVariables(streamSeed(seed, 'weights'));
  const model = definition.build(shape, settings, variables);
  const scenarios = shape.scenarios;
  const dropoutSeed = streamSeed(seed, 'dropout');
  const trialSeed = streamSeed(seed, 'trial dropout');
  const adam = createAdam({ parameters: model.parameters, table: model.table });
  const losses = createLossAccumulator();
  const stopwatch = createStopwatch();
  const all: readonly Variable[] = [...model.parameters, ...model.states, model.table];
  const byName = new Map(all.map((variable) => [variable.name, variable]));

  let trialAdam: Adam | null = null;
  let trainable: readonly string[] | null = null;
  let step = 0;
  let drawn = 0;
  let trials = 0;
  /** Last step whose `step` event went out; last step that was evaluated. */
  let announced = 0;
  let evaluated = 0;
  let best = noBest;
  let bestWeights: HeldWeights | null = null;
  let metrics: Metrics | null = null;
  let stopping = false;
  const samples = new Map<string, { readonly rows: Int32Array; readonly known: EvaluatedRows }>();

  /** The rows of an evaluation with what is known of them; made once a split and size. */
  function sample(split: SplitName, perScenario: number): { rows: Int32Array; known: EvaluatedRows } {
    const key = `${split} ${perScenario}`;
    const made = samples.get(key);
    if (made) return made;
    const { rows, weight } = evaluationSample(dataset, split, perScenario);
    const { truth } = dataset;
    const known: EvaluatedRows = {
      scenarios,
      scenario: Int16Array.from(rows, (row) => dataset.scenario[row]!),
      label: Float32Array.from(rows, (row) => dataset.label[row]!),
      weight,
      truth: truth && {
        probability: Float32Array.from(rows, (row) => truth.probability[row]!),
        match: Float32Array.from(rows, (row) => truth.match[row]!),
      },
      trainingRows: shape.scenarioRows,
    };
    samples.set(key, { rows, known });
    return { rows, known };
  }

  const curveRows = rowsOfEachScenario(training.evaluationRows, scenarios);
  const validation = sample('validation', curveRows);
  const ceilings = computeCeilings(validation.known);
  const stopMetric: StopMetric =
    training.stopMetric === 'noiseFreeAuc' && !dataset.truth ? 'domainAuc' : training.stopMetric;

  const read = (rows: Int32Array, extra: Readonly<Record<string, Float32Array>> = {}) =>
    readBatch(dataset, layout, rows, { ...neutralExtra, ...extra });

  /** A model's own columns (fairness coefficients, …) are 1 wherever its procedure gives none. */
  const neutralExtra: Readonly<Record<string, Float32Array>> = Object.fromEntries(
    (definition.needs(settings).extra ?? []).map((name) => [name, new Float32Array(dataset.rows).fill(1)]),
  );

  const hold = (from?: Snapshot): HeldWeights => holdWeights(all, from);

  async function evaluate(split: 'validation' | 'test', rowsPerScenario: number) {
    const start = performance.now();
    const { rows, known } = sample(split, rowsPerScenario);
    const phase = split === 'test' ? 'final figures' : 'evaluation';
    const scored = await scoreRows(model, scenarios, layout.batch, rows, read, true, (done) => {
      // Worth telling only where it takes long.
      if (rows.length > 40 * layout.batch)
        report({ kind: 'phase', step, name: phase, done, total: rows.length });
    });
    let { score } = scored;
    if (split === 'validation' && model.tuneInference) {
      const tuned = model.tuneInference(
        { columns: scored.columns, label: Float32Array.from(known.label) },
        (candidate) => aucOf(candidate, known.label, known.weight),
      );
      if (tuned) {
        for (const { state, value } of tuned.states) assign(state, value);
        score = tuned.score;
      }
    }
    metrics = computeMetrics(known, { score, probability: scored.probability });
    stopwatch.evaluation(performance.now() - start);
    return { kind: 'evaluation', step, split, metrics, probes: scored.probes } as const;
  }

  async function readLosses(): Promise<Readonly<Record<string, number>>> {
    const start = performance.now();
    const terms = await losses.read();
    stopwatch.settled(performance.now() - start);
    const broken = Object.entries(terms).find(([, value]) => !Number.isFinite(value));
    if (broken) {
      throw new Error(
        `The loss "${broken[0]}" is no longer a number by step ${step}; try a smaller learning rate.`,
      );
    }
    return terms;
  }

  /** Remembers the weights of the best evaluation. */
  function keepBest(result: Metrics): void {
    const judged = judge(best, stopFigure(stopMetric, result), step);
    best = judged.best;
    if (judged.improved) {
      bestWeights?.dispose();
      bestWeights = hold();
    }
  }

  const trainer: OwnedTrainer = {
    model,
    dataset,
    settings,
    training,
    layout,
    seed,
    trainingRows,
    shape,
    ceilings,
    parameterCount:
      model.parameters.reduce((sum, { tensor }) => sum + tensor.size, 0) + model.table.tensor.size,
    get step() {
      return step;
    },
    get stopping() {
      return stopping;
    },
    get metrics() {
      return metrics;
    },
    get timings() {
      return stopwatch.read();
    },
    requestStop() {
      stopping = true;
    },
    setTrainable(names) {
      adam.setTrainable(names);
      trialAdam?.setTrainable(names);
      trainable = names;
    },
    train(batch, { learningRate = training.learningRate, trial = false, trialNumber = trials } = {}) {
      const start = performance.now();
      if (trial && !trialAdam) trainer.resetTrial();
      const tensors = uploadBatch(batch);
      const mode = trial
        ? createMode('train', trialSeed, trialNumber)
        : createMode('train', dropoutSeed, step);
      runStep({
        table: model.table,
        parameters: model.parameters,
        optimiser: trial ? trialAdam! : adam,
        ids: batch.ids,
        batch: layout.batch,
        learningRate,
        l2: training.l2,
        mode,
        losses: trial ? undefined : losses,
        build: (rows, given) => {
          const inputs = assembleInputs(rows, tensors, batch.layout, scenarios);
          return model.losses(model.forward(inputs, given), inputs);
        },
      });
      disposeBatch(tensors);
      if (trial) trials++;
      else {
        step++;
        stopwatch.step(performance.now() - start);
      }
    },
    nextBatch: (extra) => read(order.rows(drawn++), extra),
    readBatch: read,
    readLosses,
    async predict(rows) {
      const scored = await scoreRows(model, scenarios, layout.batch, rows, read, false);
      const { score, probability, columns } = scored;
      return { rows, score, probability, columns } satisfies Predictions;
    },
    evaluate,
    // Suspended at any of its yields, the position leads back here without doing anything twice or leaving it out.
    async *afterStep() {
      if (announced < step) {
        announced = step;
        yield { kind: 'step', step };
      }
      if (evaluationDue(step, training) && evaluated < step) {
        const terms = await readLosses();
        if (Object.keys(terms).length > 0) yield { kind: 'loss', step, terms };
        const event = await evaluate('validation', curveRows);
        keepBest(event.metrics);
        evaluated = step;
        yield event;
      } else if (step % SETTLE_EVERY === 0) {
        const start = performance.now();
        await losses.snapshot();
        stopwatch.settled(performance.now() - start);
      }
      return best.value !== null && best.since >= training.patience;
    },
    renewPatience() {
      best = { ...best, since: 0 };
    },
    async finish(reason) {
      bestWeights?.restore();
      const { known } = sample('test', Infinity);
      const { metrics: final, probes } = await evaluate('test', Infinity);
      return {
        kind: 'done',
        step,
        reason,
        bestStep: bestWeights ? best.step : step,
        final,
        ceilings: computeCeilings(known),
        probes,
      };
    },
    async snapshot(moments) {
      const weights = await readAll(all);
      return { arrays: moments ? { ...weights, ...(await adam.snapshot()) } : weights };
    },
    restore({ arrays }) {
      for (const variable of all) assign(variable, arrayOf(arrays, variable));
      if (Object.keys(arrays).some((name) => name.startsWith('adam.'))) adam.restore(arrays);
    },
    resetOptimiser: () => adam.reset(),
    resetTrial() {
      if (trialAdam) return trialAdam.reset();
      trialAdam = createAdam({ parameters: model.parameters, table: model.table });
      trialAdam.setTrainable(trainable);
    },
    hold,
    forward: (batch, statistics, use) => forwardPass(model, scenarios, batch, statistics, use),
    async position() {
      const sums = await losses.snapshot();
      const kept = bestWeights ? (await bestWeights.read()).arrays : {};
      return {
        state: {
          step,
          drawn,
          trials,
          announced,
          evaluated,
          best,
          trainable,
          lossNames: sums.names,
          lossSteps: sums.steps,
        },
        arrays: {
          ...(await trainer.snapshot(true)).arrays,
          'loss.sums': sums.sums,
          ...Object.fromEntries(Object.entries(kept).map(([name, values]) => [BEST + name, values])),
        },
      };
    },
    goTo({ state, arrays }) {
      trainer.restore({ arrays });
      trainer.setTrainable(state.trainable);
      ({ step, drawn, trials, announced, evaluated, best } = state);
      losses.restore({
        names: state.lossNames,
        sums: arrays['loss.sums'] ?? new Float32Array(0),
        steps: state.lossSteps,
      });
      const kept = Object.entries(arrays).filter(([name]) => name.startsWith(BEST));
      bestWeights?.dispose();
      bestWeights =
        kept.length > 0
          ? hold({
              arrays: Object.fromEntries(kept.map(([name, values]) => [name.slice(BEST.length), values])),
            })
          : null;
    },
    dispose() {
      bestWeights?.dispose();
      adam.dispose();
      trialAdam?.dispose();
      losses.dispose();
      model.dispose();
      // A model frees what it made besides; variables may be among it, and freeing twice is harmless.
      disposeVariables([...byName.values()].filter(({ tensor }) => !tensor.isDisposed));
    },
  };
  return trainer;
}
