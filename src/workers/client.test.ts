import 'fake-indexeddb/auto';
import * as Comlink from 'comlink';
import { afterEach, describe, expect, it } from 'vitest';
import { LocalWorker } from '../../tests/support/localWorker';
import { simulatedSmall } from '../../tests/support/simulatedSmall';
import { openBackend } from '../engine';
import { defaultTraining, presetSettings } from '../training/setup';
import { componentsOf, relationsOf } from '../training/representation/describe';
import { parseSetup } from '../training/parseSetup';
import { createWorkerClient } from './client';
import { DataSession } from './dataSession';
import { openRunStore } from './runStore';
import { Session } from './session';
import type { WorkerClient } from './client';
import type { DataWorker, TrainingWorker, ProjectionWorker, RunId, RunStore, Tick } from './protocol';
import type { WorkerLike } from './supervised';
import type { Dataset } from '../data/dataset';
import type { ParsedSetup } from '../training/parseSetup';
import type { RunSetup } from '../training/runRecord';

const dataset = simulatedSmall(900);

const setup = (training: Partial<RunSetup['training']> = {}): ParsedSetup =>
  parseSetup({
    model: 'mmoe',
    settings: presetSettings('mmoe', 'tiny'),
    training: {
      ...defaultTraining(),
      steps: 12,
      batch: 64,
      evaluateEvery: 4,
      evaluationRows: 50,
      ...training,
    },
    dataset: 'small',
    seed: 1,
    backend: 'wasm',
  });

interface Workshop {
  readonly client: WorkerClient;
  readonly started: LocalWorker[];
  readonly ticks: Tick[];
  /** Ports on which ticks are sent, to send odd ones. */
  readonly ports: MessagePort[];
  readonly runs: RunStore;
}

const open: WorkerClient[] = [];
/** Sessions go on in this process when their worker is "dead": they are ended after the test. */
const sessions: { readonly session: Session; readonly runs: Set<RunId> }[] = [];
let stores = 0;

function workshop(
  options: { silenceMs?: number; deaf?: boolean; withoutWasm?: (worker: number) => boolean } = {},
): Workshop {
  const started: LocalWorker[] = [];
  const ports: MessagePort[] = [];
  const ticks: Tick[] = [];
  const runs = openRunStore(`test-${++stores}`);
  const kept = new Map<string, Dataset>();
  const spawnTraining = (): WorkerLike => {
    const begun = new Set<RunId>();
    const number = started.length;
    const session = new Session({
      post: (tick) => {
        begun.add(tick.run);
        ports.at(-1)?.postMessage(tick);
      },
      loadDataset: async () => dataset,
      openBackend: (request) => openBackend(options.withoutWasm?.(number) ? 'cpu' : request),
      writer: runs,
      tickMs: 0,
    });
    sessions.push({ session, runs: begun });
    const worker: TrainingWorker = Object.assign(session, {
      connect: (port: MessagePort) => void ports.push(port),
      ...(options.deaf ? { ping: () => new Promise<true>(() => undefined) } : {}),
    });
    const local = new LocalWorker((port) => Comlink.expose(worker, port));
    started.push(local);
    return local.like;
  };
  const spawnData = (): WorkerLike => {
    const session = new DataSession({
      list: async () => [],
      summary: async () => null,
      load: async (id) => kept.get(id) ?? dataset,
      keep: async (_entry, made) => void kept.set(made.id, made),
      remove: async (id) => void kept.delete(id),
    });
    const worker: DataWorker = Object.assign(session, { connect: () => undefined });
    return new LocalWorker((port) => Comlink.expose(worker, port)).like;
  };
  const client = createWorkerClient({
    spawnTraining,
    spawnData,
    runs,
    base: 'http://localhost/',
    heartbeatMs: 20,
    silenceMs: options.silenceMs ?? 60_000,
  });
  open.push(client);
  client.onTick((tick) => ticks.push(tick));
  return { client, started, ticks, ports, runs };
}

afterEach(async () => {
  for (const client of open.splice(0)) client.dispose();
  for (const { session, runs } of sessions.splice(0)) for (const run of runs) await session.reset(run);
});

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 10_000 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 2));
  expect(condition()).toBe(true);
}

describe('the client', () => {
  it('trains through the worker and finds the run kept', async () => {
    const { client, ticks, runs } = workshop();
    const run = await client.train(setup(), { name: 'First' });
    await until(() => ticks.at(-1)?.state === 'done');
    expect(ticks.every((tick) => tick.run === run)).toBe(true);
    let list = await runs.list();
    for (let i = 0; i < 200 && list[0]?.status !== 'done'; i++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      list = await runs.list();
    }
    expect(list).toHaveLength(1);
    expect(list[0]).toMatchObject({ id: run, name: 'First', status: 'done', hasWeights: true });
    const { weights } = await runs.artifacts(run);
    await client.show(run, setup(), weights!);
    expect((await client.predict('test')).score).toHaveLength(90);
  });

  it('says that a run is slow where WebAssembly did not come, and tries it again in a fresh worker', async () => {
    const { client, ticks, started } = workshop({ withoutWasm: (worker) => worker === 0 });
    const backends = () =>
      ticks.flatMap(({ events }) => events.flatMap((e) => (e.kind === 'ready' ? [e.backend.name] : [])));
    const alarms = () =>
      ticks.flatMap(({ events }) => events.flatMap((e) => (e.kind === 'message' && e.alarm ? [e.text] : [])));
    const train = async (given = setup({ steps: 2 })) => {
      const run = await client.train(given);
      await until(() => ticks.at(-1)?.run === run && ticks.at(-1)?.state === 'done');
    };
    await train();
    expect(backends()).toEqual(['cpu']);
    expect(alarms()).toEqual([expect.stringMatching(/press Train to try WebAssembly again/)]);
    await train();
    expect(backends()).toEqual(['cpu', 'wasm']);
    expect(started[0]!.ended).toBe(true);
    await train();
    expect(started).toHaveLength(2);
    expect(alarms()).toHaveLength(1);
    // Who asks for plain JavaScript is told of nothing.
    await train(parseSetup({ ...setup({ steps: 2 }), backend: 'cpu' }));
    expect(backends().at(-1)).toBe('cpu');
    expect(alarms()).toHaveLength(1);
  });

  it('drops ticks of other runs, and ticks that come twice or late', async () => {
    const { client, ticks, ports } = workshop();
    await client.train(setup(), {});
    await until(() => ticks.at(-1)?.state === 'done');
    const before = ticks.length;
    const last = ticks.at(-1)!;
    ports[0]!.postMessage(last);
    ports[0]!.postMessage({ ...last, sequence: last.sequence - 1 });
    ports[0]!.postMessage({ ...last, run: 'other', sequence: 1000 });
    ports[0]!.postMessage({ ...last, sequence: last.sequence + 1 });
    await until(() => ticks.length > before);
    expect(ticks).toHaveLength(before + 1);
    expect(ticks.at(-1)!.sequence).toBe(last.sequence + 1);
  });

  it('shows a crashed worker as a failed run, and the next Train starts a fresh one', async () => {
    const { client, ticks, started } = workshop();
    await client.train(setup({ steps: 100_000 }), {});
    await until(() => ticks.at(-1)?.state === 'training');
    const pending = client.predict('test');
    started[0]!.crash('out of memory');
    await expect(pending).rejects.toThrow(/ended unexpectedly \(out of memory\)\. Press Train/);
    expect(ticks.at(-1)!.state).toBe('failed');
    expect(ticks.at(-1)!.failure).toContain('Press Train');
    expect(started[0]!.ended).toBe(true);
    await expect(client.pause()).rejects.toThrow(/no run to pause/);
    await client.train(setup(), {});
    await until(() => ticks.at(-1)?.state === 'done');
    expect(started).toHaveLength(2);
  });

  it('notices a worker that died without a word', async () => {
    const { client, ticks, started } = workshop({ silenceMs: 150 });
    await client.train(setup({ steps: 100_000 }), {});
    await until(() => ticks.at(-1)?.state === 'training');
    const pending = client.pause();
    started[0]!.kill();
    await expect(pending).rejects.toThrow(/stopped answering/);
    expect(ticks.at(-1)!.state).toBe('failed');
    expect(ticks.at(-1)!.failure).toContain('stopped answering');
  });

  it('leaves a run that has ended as it is while its worker is silent for a while', async () => {
    const { client, ticks, started } = workshop({ silenceMs: 150 });
    await client.train(setup(), {});
    await until(() => ticks.at(-1)?.state === 'done');
    started[0]!.kill();
    await new Promise((resolve) => setTimeout(resolve, 450));
    expect(ticks.at(-1)!.state).toBe('done');
    await until(() => ticks.at(-1)!.state === 'failed');
    expect(ticks.at(-1)!.failure).toContain('stopped answering');
  });

  it('says that there is no run before the first', async () => {
    const { client } = workshop();
    await expect(client.stop()).rejects.toThrow(/There is no run to stop; press Train first/);
    await client.reset();
  });

  it('passes on why a set-up is refused', async () => {
    const { client } = workshop();
    await expect(client.train({ ...setup(), model: 'none' } as ParsedSetup, {})).rejects.toThrow(
      /no model "none"/,
    );
  });

  it('simulates with progress, can be cancelled at once, and simulates again', async () => {
    const { client } = workshop();
    const request = { twin: 'aliccp-3', size: 'small', seed: 2, knobs: {} } as const;
    const cancel = new AbortController();
    const cancelled = client.simulate(request, {
      signal: cancel.signal,
      onProgress: () => cancel.abort(),
    });
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
    const told: number[] = [];
    const summary = await client.simulate(request, {
      onProgress: ({ done, total }) => told.push(done / total),
    });
    expect(summary.id).toBe('aliccp-3-seed2');
    expect(summary.scenarios).toHaveLength(3);
    expect(summary.userOverlap).toHaveLength(9);
    // The last of it may come after the answer, and then isn't told.
    expect(told.length).toBeGreaterThan(0);
    expect(told.every((share) => share >= 0 && share <= 1)).toBe(true);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    const page = await client.datasetRows('aliccp-3-seed2', 10, 5);
    expect(page.rows).toHaveLength(5);
    expect(page.rows[0]).toHaveLength(page.columns.length);
  });

  it('embeds with progress; cancelling ends that alone, and a second request ends the first', async () => {
    const workers: LocalWorker[] = [];
    const client = createWorkerClient({
      runs: openRunStore(`test-${++stores}`),
      base: 'http://localhost/',
      spawnProjection: () => {
        const remote: ProjectionWorker = {
          components: async (points) => componentsOf(points),
          relations: async (points) => relationsOf(points),
          // Never ends by itself.
          embed: (_points, _method, _seed, onProgress) => {
            onProgress(1, 10, new Float32Array(2));
            return new Promise(() => undefined);
          },
        };
        const made = new LocalWorker((port) => {
          Comlink.expose(remote, port);
          port.start();
        });
        workers.push(made);
        return made.like;
      },
    });
    open.push(client);
    const values = Float32Array.of(0, 0, 3, 0, 0, 1, 3, 1);
    const points = { values, count: 4, dim: 2, group: Uint16Array.of(0, 1, 0, 1), groups: 2, slots: 1 };
    expect((await client.components(points)).shares![0]).toBeCloseTo(0.9, 6);
    const cancel = new AbortController();
    const told: number[] = [];
    const cancelled = client.embed(points, 'umap', 1, {
      signal: cancel.signal,
      onProgress: (done) => {
        told.push(done);
        cancel.abort();
      },
    });
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
    expect(told).toEqual([1]);
    expect((await client.relations(points)).separation.between).toBeCloseTo(0.9, 6);
    expect(workers.map(({ ended }) => ended)).toEqual([false, true]);
    const first = client.embed(points, 'tsne', 1);
    const replaced = expect(first).rejects.toMatchObject({ name: 'AbortError' });
    await until(() => workers.length === 3);
    void client.embed(points, 'tsne', 2).catch(() => undefined);
    await replaced;
  });
});
