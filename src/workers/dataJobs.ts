/** Long work on data, each in a worker of its own: cancelling it ends that worker, and nobody else's work with it. */
import { job, watched } from './commands';
import { Supervised } from './supervised';
import type { JobOptions, Watch } from './commands';
import type { WorkerLike } from './supervised';
import type { DatasetSummary, DataWorker, ImportResult, Inspection, Mapping } from './protocol';
import type { ReadRun, SimulateRequest } from './protocol';
import type { ExportedRuns } from '../training/runFile/exportRuns';

/** What takes long on data, can be cancelled and tells of its progress. */
export interface DataJobs {
  simulate(request: SimulateRequest, options?: JobOptions): Promise<DatasetSummary>;
  inspectFile(file: File, schema?: string | null, options?: JobOptions): Promise<Inspection>;
  importFile(file: File, mapping: Mapping, options?: JobOptions): Promise<ImportResult>;
  /** Gives the runs of an exported file one by one, or why one is none. */
  readRuns(
    file: File,
    onRun: (run: ReadRun) => void | Promise<void>,
    options?: Pick<JobOptions, 'signal'>,
  ): Promise<void>;
  exportRuns(ids: readonly string[], options?: JobOptions): Promise<ExportedRuns>;
}

interface Around {
  readonly spawn: () => WorkerLike;
  /** Address of the page, from which samples are read. */
  readonly base: string;
  readonly watch: Watch;
  /** Told of a dataset that was kept and may stand in the place of an earlier one, before the job's answer. */
  readonly onKept: (dataset: string) => Promise<unknown>;
}

/** Starts nothing yet: a worker starts with its job. `dispose` ends those under way with a reason. */
export function openDataJobs({
  spawn,
  base,
  watch,
  onKept,
}: Around): DataJobs & { readonly dispose: (reason: Error) => void } {
  const underWay = new Set<Supervised<DataWorker>>();
  const fresh = (): Supervised<DataWorker> => {
    const worker = new Supervised<DataWorker>(spawn, () => {
      worker.send('connect', base).catch(() => undefined);
    });
    return worker;
  };
  /** A file that was looked at is imported where it was read, so that it is read once. */
  const reader = fresh();
  underWay.add(reader);

  async function alone<R>(act: (worker: Supervised<DataWorker>) => Promise<R>): Promise<R> {
    const worker = fresh();
    underWay.add(worker);
    try {
      return await act(worker);
    } finally {
      underWay.delete(worker);
      worker.end(new Error('The work is done.'));
    }
  }

  const kept = async <R>(answer: R, { id }: { readonly id: string }): Promise<R> => {
    await onKept(id);
    return answer;
  };

  return {
    simulate: (request, options = {}) =>
      alone(async (worker) => {
        const made = await job(worker, options, (told) => worker.send('simulate', request, told));
        return kept(made, made);
      }),
    inspectFile: (file, schema, options = {}) =>
      job(reader, options, (told) => watched(reader, watch, reader.send('inspectFile', file, schema, told))),
    importFile: async (file, mapping, options = {}) => {
      const read = await job(reader, options, (told) =>
        watched(reader, watch, reader.send('importFile', file, mapping, told)),
      );
      return kept(read, read.summary);
    },
    exportRuns: (ids, options = {}) =>
      alone((worker) => job(worker, options, (told) => worker.send('exportRuns', ids, told))),
    readRuns: (file, onRun, { signal } = {}) =>
      alone((worker) =>
        job(worker, { onProgress: onRun, signal }, (take) =>
          watched(worker, watch, worker.send('readRuns', file, take)),
        ),
      ),
    dispose(reason) {
      for (const worker of underWay) worker.end(reason);
    },
  };
}
