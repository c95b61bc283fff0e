/** A run: model, data and procedure put together, its events, its record and what can be saved of it. */
import { streamSeed } from '../engine';
import { findModel } from '../models/registry';
import { readCheckpoint, writeCheckpoint } from './checkpoint/checkpoint';
import { readWeights, writeWeights } from './checkpoint/weights';
import { findProcedure } from './procedures';
import { addTimings, noTimings, recordOfRun, stateOfRecord } from './recordRun';
import { emptyRunState, reduceRun } from './reduceRun';
import { readRepresentations } from './representation/read';
import { yieldToEventLoop } from './yieldToEventLoop';
import { createTrainer } from './trainer';
import { truthFigures } from './truth/truthFigures';
import { versions } from './versions';
import { resplit, SPLIT_RULES } from '../data/splits';
import type { Dataset } from '../data/dataset';
import type { BackendInfo } from '../engine';
import type { TrainingEvent } from './events';
import type { ParsedSetup } from './parseSetup';
import type { RunState } from './reduceRun';
import type { RunRecord, RunSetup, RunStatus } from './runRecord';
import type { RunPosition } from './checkpoint/checkpoint';
import type { OwnedTrainer } from './trainer';
import type { TruthFigures } from './truth/names';

export interface RunOptions {
  readonly id: string;
  /** Null: model, dataset and seed. */
  readonly name?: string | null;
  readonly setup: ParsedSetup;
  readonly dataset: Dataset;
  readonly backend: BackendInfo;
  /** A checkpoint of the same set-up to go on from. */
  readonly from?: Uint8Array | null;
  /** Weights to start from (safetensors); moments start at zero. */
  readonly weights?: Uint8Array | null;
  /** Told of progress inside long evaluations, between events. */
  readonly report?: (event: TrainingEvent) => void;
  /** False: what pictures alone need is not read: no probes of validation rows, no representations. The same weights and metrics, in less time. */
  readonly pictures?: boolean;
  /** True: figures that need the simulator's truth are computed at the run's end; they take as long as some more evaluations. */
  readonly truth?: boolean;
}

export interface Run {
  readonly setup: ParsedSetup;
  readonly trainer: OwnedTrainer;
  /** Pull one at a time; pausing is not pulling. Ends after `done`. Errors are thrown from here. */
  readonly events: AsyncGenerator<TrainingEvent, void, void>;
  /** What the events pulled so far say. */
  readonly state: RunState;
  record(status: RunStatus, failure?: string | null): RunRecord;
  /** Weights as a safetensors file. */
  weights(): Promise<Uint8Array>;
  /** Where the run stands, valid while no event is being pulled. @param best false: without the best weights */
  position(best?: boolean): Promise<RunPosition>;
  /** Valid while no event is being pulled. */
  checkpoint(status: RunStatus): Promise<Uint8Array>;
  dispose(): void;
}

/** A run's name until someone gives it one. */
export function defaultRunName(setup: RunSetup): string {
  return `${findModel(setup.model).title} · ${setup.dataset} · seed ${setup.seed}`;
}

/**
 * @throws RangeError with one sentence where set-up, data or checkpoint do not fit together
 */
export function createRun(options: RunOptions): Run {
  const { setup, backend, report } = options;
  const { split } = setup.training;
  const dataset = split === 'dataset' ? options.dataset : resplit(options.dataset, SPLIT_RULES[split]);
  const definition = findModel(setup.model);
  const configured = definition.configureParsed(setup.settings);
  const procedure = findProcedure(configured.procedure);
  const from = options.from ? readCheckpoint(options.from) : null;
  if (from && from.record.datasetFingerprint !== dataset.fingerprint) {
    throw new RangeError(
      `This run was trained on other content of "${setup.dataset}"; it can be shown but not continued; train it anew.`,
    );
  }
  let state = from ? stateOfRecord(from.record) : emptyRunState;
  const owner = {
    id: options.id,
    name: options.name ?? from?.record.name ?? defaultRunName(setup),
    createdAt: from?.record.createdAt ?? new Date().toISOString(),
    setup,
    versions,
  };
  const trainer = createTrainer({
    configured,
    dataset,
    training: setup.training,
    seed: streamSeed(setup.seed, 'run'),
    report,
    probes: options.pictures,
  });
  try {
    if (from) trainer.restorePosition(from.trainer);
    else if (options.weights) trainer.restore({ arrays: readWeights(options.weights) });
  } catch (error) {
    trainer.dispose();
    throw error;
  }
  const started = procedure.start(trainer, from?.procedure ?? null);

  async function* events(): AsyncGenerator<TrainingEvent, void, void> {
    yield { kind: 'compiling', detail: `Building ${definition.title} for ${dataset.title}` };
    await yieldToEventLoop();
    await trainer.compile();
    yield {
      kind: 'ready',
      step: trainer.step,
      backend,
      parameters: trainer.parameterCount,
      ceilings: trainer.ceilings,
      probes: trainer.model.probes,
      data: {
        title: dataset.title,
        fingerprint: dataset.fingerprint,
        rows: trainer.trainingRows.length,
        scenarios: dataset.scenarios.map(({ id, name, group, share, clickRate }) => ({
          id,
          name,
          group,
          share,
          clickRate,
        })),
        fields: trainer.shape.fields.map((field) => field.name),
        relatedness: dataset.relatedness,
      },
    };
    for await (const event of started.events) {
      if (event.kind !== 'done') {
        yield event;
        continue;
      }
      // Weights are the best ones by now: what is kept of the rows goes with the final metrics.
      if (options.pictures ?? true) yield* represented(event.step);
      // Who stops a run waits for no more than it has.
      if (options.truth === true && dataset.truth && event.reason !== 'stopped') yield* judged(event);
      else yield event;
    }
  }

  /** The run's end with what the truth says of it; figures that cannot be computed must not cost the run its end. */
  async function* judged(
    done: Extract<TrainingEvent, { kind: 'done' }>,
  ): AsyncGenerator<TrainingEvent, void, void> {
    let truth: TruthFigures | null = null;
    try {
      truth = await truthFigures(trainer);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const text = `The figures against the truth could not be computed: ${reason}`;
      yield { kind: 'message', step: done.step, text };
    }
    yield { ...done, ...(truth && { truth }) };
  }

  /** A representation that cannot be read must not cost the run its end. */
  async function* represented(step: number): AsyncGenerator<TrainingEvent, void, void> {
    let event: TrainingEvent | null = null;
    try {
      const sample = await readRepresentations(trainer);
      if (sample) event = { kind: 'representation', step, sample };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      event = { kind: 'message', step, text: `The representations could not be read: ${reason}` };
    }
    if (event) yield event;
  }

  async function* reduced(): AsyncGenerator<TrainingEvent, void, void> {
    for await (const event of events()) {
      state = reduceRun(state, event);
      yield event;
    }
  }

  const record = (status: RunStatus, failure: string | null = null): RunRecord =>
    recordOfRun(state, {
      ...owner,
      status,
      failure,
      timings: addTimings(from?.record.timings ?? noTimings, trainer.timings),
    });

  const position = async (best = true): Promise<RunPosition> => ({
    trainer: await trainer.position(best),
    procedure: started.position(),
  });

  return {
    setup,
    trainer,
    events: reduced(),
    get state() {
      return state;
    },
    record,
    async weights() {
      const { model } = trainer;
      const { arrays } = await trainer.snapshot(false);
      return writeWeights(arrays, [model.table, ...model.parameters, ...model.states], {
        model: setup.model,
        dataset: setup.dataset,
        settings: JSON.stringify(setup.settings),
      });
    },
    async checkpoint(status) {
      return writeCheckpoint({
        record: record(status),
        ...(await position()),
      });
    },
    position,
    dispose: () => trainer.dispose(),
  };
}
