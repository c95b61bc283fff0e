/** Trains what a plan lacks, in this process or in several. */
import { fork, type ChildProcess } from 'node:child_process';
import type { PlannedCell } from '../../src/studies/evidence/plans';
import { trainPlanned, type WorkerAnswer } from './worker';

/** Told after every cell, with its seconds or with why it failed. */
export type CellDone = (cell: PlannedCell, answer: WorkerAnswer) => void;

/** One cell in another process. @throws Error where the process ends before it answers */
function trainElsewhere(worker: ChildProcess, cell: PlannedCell): Promise<WorkerAnswer> {
  return new Promise((resolve, reject) => {
    const ended = (): void =>
      reject(new Error('A process that trains ended by itself; run the plan again, it goes on.'));
    worker.once('exit', ended);
    worker.once('message', (answer: WorkerAnswer) => {
      worker.off('exit', ended);
      resolve(answer);
    });
    worker.send(cell);
  });
}

/** Takes cells from the front; with one job nothing is forked. */
export async function trainAll(pending: readonly PlannedCell[], jobs: number, done: CellDone): Promise<void> {
  if (jobs === 1) {
    for (const cell of pending) {
      const answer = await trainPlanned(cell)
        .then((seconds): WorkerAnswer => ({ seconds }))
        .catch((error: unknown): WorkerAnswer => ({
          failure: error instanceof Error ? error.message : String(error),
        }));
      done(cell, answer);
    }
    return;
  }
  const queue = [...pending];
  const workers = Array.from({ length: Math.min(jobs, queue.length) }, () =>
    fork(new URL('worker.ts', import.meta.url)),
  );
  try {
    await Promise.all(
      workers.map(async (worker) => {
        for (let cell = queue.shift(); cell; cell = queue.shift())
          done(cell, await trainElsewhere(worker, cell));
      }),
    );
  } finally {
    for (const worker of workers) worker.disconnect();
  }
}
