/** `npm run check:webgpu` goes on where a model takes too long or fails, and says in one sentence what is missing. */
import { expect, it } from 'vitest';
import { inTime, missingAdapter, soFar, withinSeconds, type Place } from '../bench/outcome';
import { startTorch } from '../bench/torch';

it('gives what came in time', async () => {
  expect(await withinSeconds(5, Promise.resolve(7))).toEqual({ value: 7 });
});

it('gives up on what takes too long, and lets it fail later', async () => {
  let fail: (error: Error) => void = () => undefined;
  const stuck = new Promise<number>((_, reject) => (fail = reject));
  expect(await withinSeconds(0.02, stuck)).toEqual({ why: 'it took more than 0.02 s' });
  fail(new Error('the browser was closed'));
  await Promise.resolve();
});

it('tells the first line of what failed', async () => {
  const failed = Promise.reject(new Error('page.evaluate: the device is lost\nCall log:\n  - …'));
  expect(await withinSeconds(5, failed)).toEqual({ why: 'page.evaluate: the device is lost' });
  // The library throws strings, too.
  const rejecting: ProxyHandler<Promise<number>> = {
    get: () => (_: unknown, no: (reason: unknown) => void) => no('no memory'),
  };
  const thrown = new Proxy(Promise.resolve(1), rejecting);
  expect(await withinSeconds(5, thrown)).toEqual({ why: 'no memory' });
});

/** A browser whose card is lost with the second model; whether a fresh one finds it again. */
function losingCard(comesBack: boolean) {
  let browsers = 1;
  const place: Place<number> = {
    page: () => browsers,
    restart: async () => {
      browsers++;
      if (!comesBack) throw new Error('This needs a graphics card, which is not there: there is no adapter.');
    },
  };
  const notes: string[] = [];
  const limits = { seconds: 5, leftOut: (note: string) => void notes.push(note) };
  const measured: Record<string, number> = {};
  const run = soFar({ backend: 'card', measured }, async () => {
    for (const model of ['mix', 'mmoe', 'ple']) {
      const found = await inTime(`${model} on WebGPU`, place, limits, async (browser) => {
        if (model === 'mmoe') throw new Error('the device is lost.');
        return browser;
      });
      if (found !== null) measured[model] = found;
    }
  });
  return { run, notes };
}

it('leaves out a model that fails and goes on in a fresh browser', async () => {
  const { run, notes } = losingCard(true);
  expect(await run).toEqual({ backend: 'card', measured: { mix: 1, ple: 2 } });
  expect(notes).toEqual(['mmoe on WebGPU is left out: the device is lost.']);
});

it('ends with what was measured and the reason where a fresh browser finds no card', async () => {
  expect(await losingCard(false).run).toEqual({
    backend: 'card',
    measured: { mix: 1 },
    ended:
      'mmoe on WebGPU is left out: the device is lost. This needs a graphics card, which is not there: there is no adapter.',
  });
});

it.each([
  [
    true,
    'WebAssembly, the fastest that works here; WebGPU not used: the graphics adapter did not answer within 20 s.',
    'This needs a graphics card that Chromium reaches by WebGPU, which is not there: the graphics adapter did not answer within 20 s; --software takes the software adapter.',
  ],
  [false, 'this browser has none.', 'This needs WebGPU, which is not there: this browser has none.'],
])('names the adapter that is missing in one sentence (card: %s)', (hardware, reason, said) => {
  expect(missingAdapter(hardware, reason, '--software takes')).toBe(said);
});

it('says that PyTorch could not be started where there is no such Python', async () => {
  const before = process.env.PYTHON;
  process.env.PYTHON = '/nowhere/python3';
  const torch = startTorch({}, { batch: 8, steps: 1, threads: 1, device: 'cuda' });
  if (before === undefined) delete process.env.PYTHON;
  else process.env.PYTHON = before;
  await expect(torch.measure('mmoe')).rejects.toThrow(/^PyTorch did not start: .*\/nowhere\/python3/);
  torch.close();
});
