/** Builds the record of a run from its events. */
import type { TrainingEvent } from './events';
import type { KeptProbes, RunRecord, RunSetup, RunStatus, RunTimings } from './runRecord';

/** Steps at which probes are kept at most; beyond, every second one is dropped and the spacing doubles. */
const KEPT_PROBES = 64;
/** Bytes of probes kept at most, for pictures with a value per row. */
const KEPT_PROBE_BYTES = 48_000_000;

export interface Recorder {
  take(event: TrainingEvent): void;
  /** The record as it stands. */
  record(status: RunStatus, failure: string | null, timings: RunTimings): RunRecord;
}

export interface RecorderOptions {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  readonly setup: RunSetup;
  readonly versions: Readonly<Record<string, string>>;
  /** A record to go on from. */
  readonly from?: RunRecord | null;
}

const noTimings: RunTimings = { firstStep: null, training: 0, evaluation: 0, step: null };

/** A record of a run that has not begun. */
export function emptyRecord(options: RecorderOptions): RunRecord {
  return {
    format: 'scenarium-run/1',
    id: options.id,
    name: options.name,
    createdAt: options.createdAt,
    status: 'running',
    failure: null,
    setup: options.setup,
    datasetTitle: options.setup.dataset,
    datasetFingerprint: '',
    scenarios: [],
    fields: [],
    relatedness: null,
    backend: null,
    versions: options.versions,
    step: 0,
    ceilings: null,
    history: [],
    losses: [],
    probeSpecs: [],
    probes: [],
    final: null,
    bestStep: null,
    timings: noTimings,
  };
}

const bytesOf = (kept: KeptProbes): number =>
  kept.probes.reduce((sum, { values, defined }) => sum + values.byteLength + defined.byteLength, 0);

/** Keeps first, last and evenly spread steps within the limits. */
function thin(kept: KeptProbes[]): KeptProbes[] {
  let list = kept;
  while (
    list.length > 2 &&
    (list.length > KEPT_PROBES || list.reduce((sum, probes) => sum + bytesOf(probes), 0) > KEPT_PROBE_BYTES)
  ) {
    const last = list.length - 1;
    list = list.filter((_, i) => i % 2 === 0 || i === last);
  }
  return list;
}

/** Builds a run's record from its events, one `take` an event. */
export function createRecorder(options: RecorderOptions): Recorder {
  const base = emptyRecord(options);
  const from = options.from ?? null;
  let facts: Partial<RunRecord> = from
    ? {
        ceilings: from.ceilings,
        final: from.final,
        bestStep: from.bestStep,
        step: from.step,
        representation: from.representation,
      }
    : {};
  const history = [...(from?.history ?? [])];
  const losses = [...(from?.losses ?? [])];
  let probes = [...(from?.probes ?? [])];
  const earlier = from?.timings ?? noTimings;

  const keep = (kept: KeptProbes): void => {
    const same = probes.at(-1)?.step === kept.step;
    if (same) {
      const names = new Set(kept.probes.map(({ name }) => name));
      const others = probes.at(-1)!.probes.filter(({ name }) => !names.has(name));
      probes = [...probes.slice(0, -1), { step: kept.step, probes: [...others, ...kept.probes] }];
    } else if (kept.probes.length > 0) {
      probes = thin([...probes, kept]);
    }
  };

  return {
    take(event) {
      switch (event.kind) {
        case 'ready':
          facts = {
            ...facts,
            backend: event.backend,
            ceilings: event.ceilings,
            probeSpecs: event.probes,
            datasetTitle: event.data.title,
            datasetFingerprint: event.data.fingerprint,
            scenarios: event.data.scenarios,
            fields: event.data.fields,
            relatedness: event.data.relatedness,
          };
          break;
        case 'step':
          facts = { ...facts, step: event.step };
          break;
        case 'loss':
          losses.push({ step: event.step, terms: event.terms });
          break;
        case 'evaluation':
          history.push({ step: event.step, metrics: event.metrics });
          keep({ step: event.step, probes: event.probes });
          break;
        case 'procedure-probe':
          keep({ step: event.step, probes: [event.probe] });
          break;
        case 'representation':
          facts = { ...facts, representation: event.sample };
          break;
        case 'done':
          facts = {
            ...facts,
            step: event.step,
            final: event.final,
            bestStep: event.bestStep,
            ceilings: event.ceilings ?? facts.ceilings ?? null,
          };
          if (event.probes) keep({ step: event.step, probes: event.probes });
          break;
        case 'compiling':
        case 'phase':
        case 'message':
          break;
      }
    },
    record: (status, failure, timings) => ({
      ...base,
      ...facts,
      status,
      failure,
      history: [...history],
      losses: [...losses],
      probes: [...probes],
      timings: {
        firstStep: earlier.firstStep ?? timings.firstStep,
        training: earlier.training + timings.training,
        evaluation: earlier.evaluation + timings.evaluation,
        step: timings.step ?? earlier.step,
      },
    }),
  };
}
