import { beforeEach, describe, expect, it } from 'vitest';
import { openBackend } from '../engine';
import { readCheckpoint } from '../training/checkpoint/checkpoint';
import { defaultTraining, presetSettings } from '../training/setup';
import { simulatedSmall } from '../../tests/support/simulatedSmall';
import { Session } from './session';
import type { RunProgress } from './runProgress';
import type { RunArtifacts, RunId, SessionState, Tick } from './protocol';
import type { SessionHost } from './session';
import type { RunRecord, RunSetup } from '../training/runRecord';

const dataset = simulatedSmall(1200);

const setup = (training: Partial<RunSetup['training']> = {}): RunSetup => ({
  model: 'mmoe',
  settings: presetSettings('mmoe', 'tiny'),
  training: {
    ...defaultTraining(),
    steps: 40,
    batch: 64,
    evaluateEvery: 10,
    evaluationRows: 50,
    ...training,
  },
  dataset: 'small',
  seed: 1,
  backend: 'wasm',
});

const id = (name: string): RunId => name as RunId;
const calm = { startPaused: false, from: null } as const;

/** A session in this process, with everything that it says and keeps. */
class Bench {
  readonly ticks: Tick[] = [];
  readonly kept: { record: RunRecord; artifacts: Partial<RunArtifacts> }[] = [];
  readonly progress: RunProgress[] = [];
  readonly session: Session;

  constructor(host: Partial<SessionHost> = {}) {
    this.session = new Session({
      post: (tick) => this.ticks.push(tick),
      loadDataset: async () => dataset,
      openBackend,
      writer: {
        put: async (record, artifacts = {}) => void this.kept.push({ record, artifacts }),
        keepProgress: async (progress) => {
          this.progress.push(progress);
          return progress.after + progress.events.length;
        },
      },
      tickMs: 0,
      ...host,
    });
  }

  get last(): Tick {
    return this.ticks.at(-1)!;
  }

  async until(state: SessionState, run?: RunId): Promise<void> {
    for (let i = 0; i < 20_000; i++) {
      if (this.ticks.some((tick) => tick.state === state && (run === undefined || tick.run === run))) return;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    throw new Error(`The session never became ${state}; it is ${this.last?.state}.`);
  }

  async untilStep(step: number): Promise<void> {
    while ((this.ticks.at(-1)?.vitals.step ?? 0) < step)
      await new Promise((resolve) => setTimeout(resolve, 1));
  }

  get states(): SessionState[] {
    return this.ticks.map(({ state }) => state).filter((state, i, all) => state !== all[i - 1]);
  }

  events(kind: string): number {
    return this.ticks.flatMap(({ events }) => events).filter((event) => event.kind === kind).length;
  }
}

describe('a session', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });

  it('compiles, trains and is done; every event arrives once, in order, and the run is kept', async () => {
    await bench.session.train(id('a'), setup(), calm);
    await bench.until('done');
    expect(bench.states).toEqual(['compiling', 'training', 'done']);
    expect(bench.ticks.map(({ sequence }) => sequence)).toEqual(bench.ticks.map((_, i) => i + 1));
    expect(bench.events('evaluation')).toBe(5);
    expect(bench.events('done')).toBe(1);
    await bench.session.reset(id('a'));
    const { record, artifacts } = bench.kept.at(-1)!;
    expect(record).toMatchObject({ id: 'a', status: 'done', step: 40, name: 'MMoE · small · seed 1' });
    expect(record.final).not.toBeNull();
    expect(record.history).toHaveLength(5);
    expect(artifacts.weights!.length).toBeGreaterThan(1000);
  });

  it('pauses between steps, steps one by one, and resumes', async () => {
    const { session } = bench;
    await session.train(id('a'), setup({ steps: 100_000 }), calm);
    await bench.untilStep(3);
    await session.pause(id('a'));
    const paused = bench.last.vitals.step;
    expect(bench.last.state).toBe('paused');
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(bench.last.vitals.step).toBe(paused);
    await session.step(id('a'));
    expect(bench.last).toMatchObject({ state: 'paused', vitals: { step: paused + 1 } });
    await session.step(id('a'));
    expect(bench.last.vitals.step).toBe(paused + 2);
    await session.resume(id('a'));
    await bench.untilStep(paused + 5);
    await session.stop(id('a'));
    expect(bench.last.state).toBe('done');
    await session.reset(id('a'));
    expect(bench.kept.at(-1)!.record.status).toBe('stopped');
  });

  it('answers a pause that is taken back before the run rests', async () => {
    const { session } = bench;
    await session.train(id('a'), setup({ steps: 100_000 }), calm);
    await bench.untilStep(3);
    const pausing = session.pause(id('a'));
    await session.resume(id('a'));
    await pausing;
    const { step } = bench.last.vitals;
    await bench.untilStep(step + 2);
    await session.reset(id('a'));
    expect(bench.states).toEqual(['compiling', 'training']);
  });

  it('a single step onto an evaluation shows that evaluation', async () => {
    const { session } = bench;
    await session.train(id('a'), setup({ evaluateEvery: 2 }), { startPaused: true, from: null });
    await bench.until('paused');
    expect(bench.last.vitals.step).toBe(0);
    await session.step(id('a'));
    expect(bench.events('evaluation')).toBe(0);
    await session.step(id('a'));
    expect(bench.events('evaluation')).toBe(1);
    expect(bench.last).toMatchObject({ state: 'paused', vitals: { step: 2 } });
    await session.reset(id('a'));
  });

  it('a step after a pause that put an evaluation off gives the evaluation and a step', async () => {
    const { session } = bench;
    await session.train(id('a'), setup({ evaluateEvery: 4 }), calm);
    await bench.untilStep(1);
    await session.pause(id('a'));
    while (bench.last.vitals.step % 4 !== 0) {
      await session.resume(id('a'));
      const { step } = bench.last.vitals;
      await bench.untilStep(step + 1);
      await session.pause(id('a'));
    }
    const { step } = bench.last.vitals;
    await session.step(id('a'));
    expect(bench.last).toMatchObject({ state: 'paused', vitals: { step: step + 1 } });
    expect(bench.events('evaluation')).toBe(step / 4);
    await session.reset(id('a'));
  });

  it('stops a paused run with its final metrics', async () => {
    const { session } = bench;
    await session.train(id('a'), setup({ steps: 100_000 }), calm);
    await bench.untilStep(12);
    await session.pause(id('a'));
    await session.stop(id('a'));
    expect(bench.last.state).toBe('done');
    expect((await session.record(id('a'))).final).not.toBeNull();
    await session.reset(id('a'));
  });

  it('a paused run’s checkpoint goes on in another session to the numbers of a run that never paused', async () => {
    const whole = new Bench();
    await whole.session.train(id('w'), setup(), calm);
    await whole.until('done');
    const expected = await whole.session.weights(id('w'));
    await whole.session.reset(id('w'));

    await bench.session.train(id('a'), setup(), calm);
    await bench.untilStep(13);
    await bench.session.pause(id('a'));
    const file = await bench.session.checkpoint(id('a'));
    expect(readCheckpoint(file).record.status).toBe('paused');
    await bench.session.reset(id('a'));

    const other = new Bench();
    await other.session.train(id('a'), setup(), { startPaused: false, from: file });
    await other.until('done');
    expect(await other.session.weights(id('a'))).toEqual(expected);
    expect((await other.session.record(id('a'))).history).toHaveLength(5);
    await other.session.reset(id('a'));
  });

  it('a new run ends the one under way, which is kept as interrupted', async () => {
    const { session } = bench;
    await session.train(id('a'), setup({ steps: 100_000 }), calm);
    await bench.untilStep(3);
    await session.train(id('b'), setup({ steps: 5 }), calm);
    await bench.until('done', id('b'));
    const after = bench.ticks.findIndex(({ run }) => run === id('b'));
    expect(bench.ticks.slice(after).every(({ run }) => run === id('b'))).toBe(true);
    const last = bench.progress.findLast(({ run }) => run === 'a');
    expect(last).toMatchObject({ status: 'interrupted', durability: 'strict' });
    expect(last!.step).toBeGreaterThan(2);
    await expect(session.pause(id('a'))).rejects.toThrow(/no longer the one that trains/);
    await session.reset(id('b'));
  });

  it('three runs started at once leave one that trains', async () => {
    const { session } = bench;
    await Promise.all(['a', 'b', 'c'].map((name) => session.train(id(name), setup({ steps: 5 }), calm)));
    await bench.until('done', id('c'));
    expect(bench.ticks.filter(({ run, state }) => run !== id('c') && state === 'done')).toHaveLength(0);
    await session.reset(id('c'));
  });

  it('fails with one sentence where data is missing, and trains again afterwards', async () => {
    let broken = true;
    bench = new Bench({
      loadDataset: async () => {
        if (broken) throw new Error('There is no dataset "small" here.');
        return dataset;
      },
    });
    await bench.session.train(id('a'), setup(), calm);
    await bench.until('failed');
    expect(bench.last.failure).toBe('There is no dataset "small" here.');
    broken = false;
    await bench.session.train(id('b'), setup({ steps: 5 }), calm);
    await bench.until('done', id('b'));
    await bench.session.reset(id('b'));
  });

  it('refuses a set-up that is not valid at once', async () => {
    await expect(bench.session.train(id('a'), { ...setup(), model: 'none' }, calm)).rejects.toThrow(
      /no model "none"/,
    );
  });

  it('scores a split while it trains without moving the run', async () => {
    const { session } = bench;
    await session.train(id('a'), setup({ steps: 60 }), calm);
    await bench.untilStep(2);
    const rows = await session.predict(id('a'), 'test');
    expect(rows.score).toHaveLength(120);
    expect(rows.rows).toHaveLength(120);
    expect(rows.truth).toHaveLength(120);
    await bench.until('done');
    const scored = await session.predict(id('a'), 'test');
    const plain = new Bench();
    await plain.session.train(id('p'), setup({ steps: 60 }), calm);
    await plain.until('done');
    expect(scored).toEqual(await plain.session.predict(id('p'), 'test'));
    await plain.session.reset(id('p'));
    await session.reset(id('a'));
  });

  it('shows a kept run from its weights: same scores, nothing trained, nothing kept anew', async () => {
    const { session } = bench;
    await session.train(id('a'), setup({ steps: 20 }), calm);
    await bench.until('done');
    const expected = await session.predict(id('a'), 'validation');
    const weights = await session.weights(id('a'));
    await session.reset(id('a'));
    const other = new Bench();
    await other.session.show(id('a'), setup(), weights);
    expect(await other.session.predict(id('a'), 'validation')).toEqual(expected);
    expect([other.kept, other.progress]).toEqual([[], []]);
    expect(other.last.state).toBe('done');
    await other.session.reset(id('a'));
  });

  it('lists the operations of one step with shapes and times, and trains to the same bits', async () => {
    const weights: Uint8Array[] = [];
    for (const traced of [false, true]) {
      bench = new Bench();
      const { session } = bench;
      // Products have the library's names on the CPU.
      const given = { ...setup({ steps: 12 }), backend: 'cpu' } as const;
      await session.train(id('a'), given, { startPaused: true, from: null });
      await bench.until('paused');
      await session.step(id('a'));
      const tracing = traced ? session.traceStep(id('a')) : null;
      await session.resume(id('a'));
      const operations = await tracing;
      if (operations) {
        const multiplied = operations.filter(({ kernel }) => kernel.endsWith('MatMul'));
        expect(multiplied.length).toBeGreaterThan(10);
        // The towers' last layers score a batch of 64 rows.
        expect(multiplied.map(({ output }) => output)).toContainEqual([[64, 1]]);
        for (const { inputs, milliseconds } of operations) {
          expect(Object.values(inputs).flat().every(Number.isInteger)).toBe(true);
          expect(milliseconds).toBeGreaterThanOrEqual(0);
        }
      }
      await bench.until('done');
      weights.push(await session.weights(id('a')));
      // A run that is over takes no more steps.
      expect(await session.traceStep(id('a'))).toBeNull();
      await session.reset(id('a'));
    }
    expect(weights[1]).toEqual(weights[0]);
  });

  it('goes on when keeping fails, and says so', async () => {
    const full = () => Promise.reject(new Error('The disk is full.'));
    bench = new Bench({ writer: { put: full, keepProgress: full } });
    await bench.session.train(id('a'), setup({ steps: 5 }), calm);
    await bench.until('done');
    expect(bench.last.state).toBe('done');
    await bench.session.reset(id('a'));
    const told = bench.ticks.flatMap(({ events }) => events).find(({ kind }) => kind === 'message');
    expect(told).toMatchObject({ text: 'The run could not be kept: The disk is full.', alarm: true });
  });

  it('says once that keeping fails, and keeps the finished run when room was made before the next one', async () => {
    let full = true;
    const kept: string[] = [];
    bench = new Bench({
      keepMs: 0,
      writer: {
        put: async ({ id: run, status }) => {
          if (full) throw new Error('The disk is full.');
          kept.push(`${run} ${status}`);
        },
        keepProgress: async () => {
          if (full) throw new Error('The disk is full.');
          return 0;
        },
      },
    });
    await bench.session.train(id('a'), setup({ steps: 10 }), calm);
    await bench.until('done');
    full = false;
    await bench.session.train(id('b'), setup({ steps: 1000 }), { ...calm, startPaused: true });
    expect(kept[0]).toBe('a done');
    await bench.session.reset(id('b'));
    const told = bench.ticks.flatMap(({ events }) => events).filter(({ kind }) => kind === 'message');
    expect(told).toHaveLength(1);
  });

  it('lists a run once it is accepted, before it is built', async () => {
    let load: (data: typeof dataset) => void = () => undefined;
    bench = new Bench({ loadDataset: () => new Promise((resolve) => (load = resolve)) });
    const accepted = bench.session.train(id('a'), setup({ steps: 3 }), calm);
    expect(bench.ticks, 'told of before it is kept').toEqual([]);
    await accepted;
    expect(bench.states).toEqual(['compiling']);
    expect(bench.kept.map(({ record }) => [record.id, record.status, record.step])).toEqual([
      ['a', 'interrupted', 0],
    ]);
    expect(bench.kept[0]!.record.setup).toEqual(setup({ steps: 3 }));
    load(dataset);
    await bench.until('done');
    await bench.session.reset(id('a'));
  });

  it('shows a pause, and the end, only once they are stored', async () => {
    const stored: string[] = [];
    const late = async (what: string): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      stored.push(what);
    };
    bench = new Bench({
      writer: {
        put: ({ status }) => late(status),
        keepProgress: async ({ status, after, events }) => {
          await late(status);
          return after + events.length;
        },
      },
      post: (tick) => {
        if (tick.state === 'paused') expect(stored).toContain('paused');
        if (tick.state === 'done') expect(stored.at(-1)).toBe('stopped');
        bench.ticks.push(tick);
      },
    });
    await bench.session.train(id('a'), setup({ steps: 100_000 }), calm);
    await bench.untilStep(3);
    await bench.session.pause(id('a'));
    expect(stored).toEqual(['interrupted', 'paused']);
    await bench.session.stop(id('a'));
    // It is told of once it is kept, and may train by then.
    const states = bench.states.filter((state) => state !== 'compiling');
    expect(states).toEqual(['training', 'paused', 'training', 'done']);
    await bench.session.reset(id('a'));
  });
});
