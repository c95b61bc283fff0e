import { expect, it, vi } from 'vitest';
import { job } from './commands';
import type { OnProgress } from './protocol';

const worker = { end: () => undefined };

it('progress that comes after the answer is not told: the work is over', async () => {
  const told = vi.fn();
  let late: OnProgress = () => undefined;
  const answer = await job<OnProgress, string>(worker, { onProgress: told }, async (progress) => {
    late = progress;
    progress({ done: 1, total: 2, detail: 'Half' });
    return 'answer';
  });
  late({ done: 2, total: 2, detail: 'All' });
  expect(answer).toBe('answer');
  expect(told.mock.calls).toEqual([[{ done: 1, total: 2, detail: 'Half' }]]);
});

it('nor after the work failed', async () => {
  const told = vi.fn();
  let late: OnProgress = () => undefined;
  const work = job<OnProgress, never>(worker, { onProgress: told }, async (progress) => {
    late = progress;
    throw new Error('broken');
  });
  await expect(work).rejects.toThrow('broken');
  late({ done: 2, total: 2, detail: 'All' });
  expect(told).not.toHaveBeenCalled();
});
