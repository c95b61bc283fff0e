import 'fake-indexeddb/auto';
import * as Comlink from 'comlink';
import { afterEach, describe, expect, it } from 'vitest';
import { LocalWorker } from '../../tests/support/localWorker';
import { simulatedSmall } from '../../tests/support/simulatedSmall';
import { createWorkerClient } from './client';
import { DataSession } from './dataSession';
import { summariseDataset } from './datasetSummary';
import { openRunStore } from './runStore';
import type { WorkerClient } from './client';
import type { JobOptions } from './commands';
import type { DataWorker, OnProgress, RowPage } from './protocol';

const dataset = simulatedSmall(900);
const open: WorkerClient[] = [];
let stores = 0;

afterEach(() => {
  for (const client of open.splice(0)) client.dispose();
});

describe('long work on data', () => {
  it.each([
    ['an export', (client: WorkerClient, options: JobOptions) => client.exportRuns(['a'], options)],
    [
      'a simulation',
      (client: WorkerClient, options: JobOptions) =>
        client.simulate({ twin: 'aliccp-3', size: 'small', seed: 2, knobs: {} }, options),
    ],
    [
      'a look into a file',
      (client: WorkerClient, options: JobOptions) => client.inspectFile(new File([], 'a.csv'), null, options),
    ],
  ])('cancelling %s ends no other work on data', async (_what, begin) => {
    const workers: LocalWorker[] = [];
    const asked: string[] = [];
    let answer: (rows: RowPage) => void = () => undefined;
    const endless = (onProgress: OnProgress) => {
      onProgress({ done: 1, total: 10, detail: 'Working' });
      return new Promise<never>(() => undefined);
    };
    const client = createWorkerClient({
      runs: openRunStore(`test-${++stores}`),
      base: 'http://localhost/',
      spawnData: () => {
        const remote: Partial<DataWorker> = {
          connect: () => undefined,
          ping: () => true,
          datasetRows: (id) => {
            asked.push(id);
            return new Promise((resolve) => (answer = resolve));
          },
          exportRuns: (_ids, onProgress) => endless(onProgress),
          simulate: (_request, onProgress) => endless(onProgress),
          inspectFile: (_file, _schema, onProgress) => endless(onProgress),
        };
        const made = new LocalWorker((port) => Comlink.expose(remote, port));
        workers.push(made);
        return made.like;
      },
    });
    open.push(client);
    const rows = client.datasetRows('one', 0, 1);
    await expect.poll(() => asked.length).toBe(1);
    const cancel = new AbortController();
    const cancelled = begin(client, { signal: cancel.signal, onProgress: () => cancel.abort() });
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
    expect(workers.map(({ ended }) => ended)).toEqual([false, true]);
    answer({ columns: ['x'], rows: [['1']], offset: 0, total: 1 });
    expect((await rows).rows).toEqual([['1']]);
  });

  it('reads a dataset again that was made anew in the place of the one on show', async () => {
    let loads = 0;
    const client = createWorkerClient({
      runs: openRunStore(`test-${++stores}`),
      base: 'http://localhost/',
      spawnData: () => {
        const session = new DataSession({
          list: async () => [],
          summary: async () => null,
          load: async () => {
            loads++;
            return dataset;
          },
          keep: async () => undefined,
          remove: async () => undefined,
        });
        const worker: DataWorker = Object.assign(session, {
          connect: () => undefined,
          simulate: async () => summariseDataset(dataset, 'simulated'),
        });
        return new LocalWorker((port) => Comlink.expose(worker, port)).like;
      },
    });
    open.push(client);
    await client.datasetRows(dataset.id, 0, 1);
    await client.datasetRows(dataset.id, 1, 1);
    expect(loads).toBe(1);
    await client.simulate({ twin: 'aliccp-3', size: 'small', seed: 1, knobs: {} });
    await client.datasetRows(dataset.id, 0, 1);
    expect(loads).toBe(2);
  });
});
