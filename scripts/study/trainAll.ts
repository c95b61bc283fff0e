/** Trains what a plan lacks, in this process or in several. */
import { fork, type ChildProcess } from 'node:child_process';
import { trainJob, type Job, type WorkerAnswer } from './worker';

/** Told after every job, with its seconds or with why it failed. */
export type JobDone = (job: Job, answer: WorkerAnswer) => void;

/** One job in another process. @throws Error where the process ends before it answers */
function trainElsewhere(worker: ChildProcess, job: Job): Promise<WorkerAnswer> {
  return new Promise((resolve, reject) => {
    const ended = (): void =>
      reject(new Error('A process that trains ended by itself; run the plan again, it goes on.'));
    worker.once('exit', ended);
    worker.once('message', (answer: WorkerAnswer) => {
      worker.off('exit', ended);
      resolve(answer);
    });
    worker.send(job);
  });
}

/** Takes jobs from the front; with one job nothing is forked. */
export async function trainAll(pending: readonly Job[], jobs: number, done: JobDone): Promise<void> {
  if (jobs === 1) {
    for (const job of pending) {
      const answer = await trainJob(job)
        .then((seconds): WorkerAnswer => ({ seconds }))
        .catch((error: unknown): WorkerAnswer => ({
          failure: error instanceof Error ? error.message : String(error),
        }));
      done(job, answer);
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
        for (let job = queue.shift(); job; job = queue.shift()) done(job, await trainElsewhere(worker, job));
      }),
    );
  } finally {
    for (const worker of workers) worker.disconnect();
  }
}
