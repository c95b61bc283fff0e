/** A run looks the same while its ticks arrive and after it was kept, exported and opened again: one reduction for both. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRecord, recordToText } from '../src/training/runFile/recordText';
import { CurrentRun } from '../src/app/store/currentRun';
import { viewOfRecord } from '../src/app/store/runView';
import { noTimings, recordOfRun } from '../src/training/recordRun';
import { emptyRunState, reduceRun } from '../src/training/reduceRun';
import { defaultSetup } from '../src/training/setup';
import { eventStreams } from './support/eventStream';
import type { RunView } from '../src/app/store/runView';
import type { TrainingEvent } from '../src/training/events';
import type { RunRecord } from '../src/training/runRecord';
import type { RunId, Tick } from '../src/workers/protocol';

const setup = defaultSetup();
const ID = 'r' as RunId;

/** What the worker keeps. */
function kept(events: readonly TrainingEvent[]): RunRecord {
  return recordOfRun(events.reduce(reduceRun, emptyRunState), {
    id: ID,
    name: 'R',
    createdAt: 'now',
    setup,
    versions: {},
    status: 'running',
    failure: null,
    timings: noTimings,
  });
}

/** What the page shows when the events arrive in batches that end after `cuts`. */
function live(events: readonly TrainingEvent[], cuts: readonly number[]): RunView {
  const run = new CurrentRun(setup);
  run.begin(setup, 'R');
  const ends = [...new Set(cuts.map((cut) => cut % (events.length + 1))), events.length].sort(
    (a, b) => a - b,
  );
  let from = 0;
  let step = 0;
  ends.forEach((end, k) => {
    const batch = events.slice(from, end);
    step = batch.findLast((event) => event.kind === 'step')?.step ?? step;
    from = end;
    const tick: Tick = {
      run: ID,
      sequence: k + 1,
      state: 'training',
      vitals: {
        step,
        steps: setup.training.steps,
        samplesPerSecond: null,
        secondsLeft: null,
        tensors: 0,
        bytes: 0,
      },
      events: batch.filter((event) => event.kind !== 'step'),
      failure: null,
    };
    run.apply(tick);
  });
  // A change that listeners are told of at once: what is shown is the newest.
  run.accepted(ID);
  return run.view();
}

/** All that pictures draw; whether and what goes on at the moment is the current run's alone, and its seconds are told when it is kept. */
function picture({ activity: _, current: __, state: ___, status: ____, timings: _____, ...shown }: RunView) {
  return shown;
}

describe('any beginning of any run', () => {
  it('looks the same live, in any batches, and after a reload', () => {
    fc.assert(
      fc.property(eventStreams, fc.nat(), fc.array(fc.nat(), { maxLength: 20 }), (events, end, cuts) => {
        const prefix = events.slice(0, end % (events.length + 1));
        const record = kept(prefix);
        const now = picture(live(prefix, cuts));
        expect(picture(viewOfRecord(structuredClone(record)))).toEqual(now);
        expect(picture(viewOfRecord(parseRecord(recordToText(record), 'r.json')))).toEqual(now);
      }),
      { numRuns: 80 },
    );
  });

  it('looks the same at its end: test ceilings stand beside test metrics', () => {
    fc.assert(
      fc.property(eventStreams, (events) => {
        const done = events.findLast((event) => event.kind === 'done');
        const shown = live(events, []);
        expect(shown.final).toEqual(done?.final);
        if (done?.ceilings) expect(shown.ceilings).toEqual(done.ceilings);
        expect(picture(viewOfRecord(kept(events)))).toEqual(picture(shown));
      }),
      { numRuns: 40 },
    );
  });
});
