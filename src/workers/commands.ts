/** How the client sends what the workers’ interfaces name: as it is, to the current run, or as a job that can be aborted. */
import * as Comlink from 'comlink';
import type { TrainingWorker, OnProgress, RunCommands, RunId } from './protocol';
import type { Supervised } from './supervised';

type WithoutRun<F> = F extends (run: RunId, ...args: infer A) => infer R ? (...args: A) => R : never;

/** The training worker’s commands to a run, sent to the current one. */
export type CurrentRunCommands = { readonly [K in keyof RunCommands]: WithoutRun<RunCommands[K]> };

/** What may be said with a command that takes long. */
export interface JobOptions<P = OnProgress> {
  readonly onProgress?: P;
  /** Aborting it ends the work at once; the promise rejects with an `AbortError`. */
  readonly signal?: AbortSignal;
}

/** What each command to a run is called where there is no run for it. */
const runVerbs: Readonly<Record<keyof RunCommands, string>> = {
  pause: 'pause',
  resume: 'resume',
  step: 'step',
  stop: 'stop',
  record: 'record',
  weights: 'save',
  checkpoint: 'save',
  predict: 'score',
  counterfactualRates: 'compare',
  traceStep: 'trace',
  representations: 'look into',
  modelGraph: 'draw',
  whatIf: 'ask',
  slices: 'score',
};

/** Commands of a worker that go out as they are called. */
export function forward<W extends Record<keyof W, (...args: never[]) => unknown>, K extends keyof W>(
  worker: Supervised<W>,
  ...commands: K[]
): Pick<W, K> {
  const sent = commands.map((command) => [
    command,
    (...args: Parameters<W[K]>) => worker.send(command, ...args),
  ]);
  return Object.fromEntries(sent) as Pick<W, K>;
}

/** A command that tells of its progress; aborting ends its worker, which is the only way to stop it at once. */
export async function job<P extends (...args: never[]) => void, R>(
  worker: { end(reason: Error): void },
  { onProgress, signal }: JobOptions<P>,
  act: (progress: ((...args: Parameters<P>) => void) & Comlink.ProxyMarked) => Promise<R>,
): Promise<R> {
  signal?.throwIfAborted();
  const abort = (): void => worker.end(new DOMException('Cancelled.', 'AbortError'));
  signal?.addEventListener('abort', abort, { once: true });
  // Progress comes by a port of its own, so the last of it may arrive after the answer; a page that showed it would wait for ever.
  let answered = false;
  try {
    return await act(
      Comlink.proxy((...args: Parameters<P>) => {
        if (!answered) onProgress?.(...args);
      }),
    );
  } finally {
    answered = true;
    signal?.removeEventListener('abort', abort);
  }
}

/**
 * Watches a worker that works for a long time: it gives way to messages now and then, so one that answers no ping for `silenceMs`
 * hangs, and is ended. Its callers are told `sentence`.
 */
export async function watched<R>(
  worker: { send(command: 'ping'): Promise<unknown>; fail(reason: string): void },
  { heartbeatMs, silenceMs, sentence }: Watch,
  work: Promise<R>,
): Promise<R> {
  let sign = performance.now();
  let looked = sign;
  const heart = setInterval(() => {
    const now = performance.now();
    // The page itself was frozen: silence proves nothing.
    if (now - looked > 3 * heartbeatMs) sign = now;
    looked = now;
    if (now - sign > silenceMs) worker.fail(sentence);
    else
      worker.send('ping').then(
        () => (sign = performance.now()),
        () => undefined,
      );
  }, heartbeatMs);
  try {
    return await work;
  } finally {
    clearInterval(heart);
  }
}

export interface Watch {
  readonly heartbeatMs: number;
  readonly silenceMs: number;
  readonly sentence: string;
}

/** The commands to a run, sent to the current one. */
export function runCommands(
  trainer: Supervised<TrainingWorker>,
  current: () => RunId | null,
): CurrentRunCommands {
  const sent = Object.entries(runVerbs).map(([command, verb]) => [
    command,
    async (...args: unknown[]) => {
      const run = current();
      if (run === null || !trainer.alive) throw new Error(`There is no run to ${verb}; press Train first.`);
      return trainer.send(
        command as keyof RunCommands,
        ...([run, ...args] as Parameters<RunCommands[keyof RunCommands]>),
      );
    },
  ]);
  return Object.fromEntries(sent) as CurrentRunCommands;
}
