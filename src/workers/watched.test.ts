import { expect, it } from 'vitest';
import { watched } from './commands';

const watch = { heartbeatMs: 5, silenceMs: 40, sentence: 'It hangs.' };

/** A worker whose work ends with what it is failed for. */
function worker(answers: boolean) {
  let refuse: (reason: Error) => void = () => undefined;
  const work = new Promise<string>((_, reject) => (refuse = reject));
  return {
    work,
    send: () => (answers ? Promise.resolve(true) : new Promise<boolean>(() => undefined)),
    fail: (reason: string) => refuse(new Error(reason)),
  };
}

it('ends a worker that answers no ping, and says so to who waits for it', async () => {
  const hanging = worker(false);
  await expect(watched(hanging, watch, hanging.work)).rejects.toThrow('It hangs.');
});

it('leaves a worker alone that takes long and answers', async () => {
  const busy = worker(true);
  const done = new Promise<string>((resolve) => setTimeout(() => resolve('done'), 150));
  expect(await watched(busy, watch, done)).toBe('done');
});
