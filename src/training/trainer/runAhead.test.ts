import { expect, it } from 'vitest';
import { createRunAheadLimit } from './runAhead';

/** A device that takes `each` milliseconds a step and the host `host` to give it one, on a clock that moves by nothing else. */
function device(each: number, host = 0.1) {
  let clock = 0;
  let free = 0;
  /** Only waiting for it takes time. */
  class Work extends Promise<void> {
    private readonly until: number;
    constructor(until: number) {
      super((resolve) => resolve());
      this.until = until;
    }
    static override get [Symbol.species]() {
      return Promise;
    }
    override then<A, B>(
      done?: ((value: void) => A | PromiseLike<A>) | null,
      failed?: ((reason: unknown) => B | PromiseLike<B>) | null,
    ): Promise<A | B> {
      clock = Math.max(clock, this.until);
      return super.then(done, failed);
    }
  }
  return {
    /** Milliseconds of work that are not done yet. */
    behind: () => Math.max(0, free - clock),
    now: () => clock,
    give: () => {
      free = Math.max(free, clock) + each;
      clock += host;
    },
    runAhead: createRunAheadLimit({
      submittedWork: () => new Work(free),
      waited: () => undefined,
      now: () => clock,
    }),
  };
}

it.each([0.2, 2, 10, 18])(
  'a device of %d ms a step is never more than a few milliseconds or two steps behind',
  async (each) => {
    const { runAhead, give, behind } = device(each);
    let most = 0;
    for (let step = 0; step < 300; step++) {
      give();
      await runAhead.follow();
      if (step > 100) most = Math.max(most, behind());
    }
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(Math.max(2 * each, 12));
  },
);

it.each([25, 40, 200])('on a device of %d ms a step none waits behind the one under way', async (each) => {
  const { runAhead, give, behind } = device(each);
  let most = 0;
  for (let step = 0; step < 300; step++) {
    give();
    if (step > 100) most = Math.max(most, behind());
    await runAhead.follow();
  }
  expect(most).toBeLessThanOrEqual(each);
  expect(most).toBeGreaterThan(0.9 * each);
});

it('a host that takes as long as its device prepares the next step meanwhile', async () => {
  const { runAhead, give, now } = device(30, 25);
  for (let step = 0; step < 100; step++) {
    give();
    await runAhead.follow();
  }
  expect(now() / 100).toBeLessThan(32);
});

it('is told of by the device at the next look, and only then', async () => {
  let calls = 0;
  const runAhead = createRunAheadLimit({
    submittedWork() {
      const work = calls++ === 0 ? Promise.reject(new Error('refused')) : Promise.resolve();
      work.catch(() => undefined);
      return work;
    },
    waited: () => undefined,
  });
  await runAhead.follow();
  await expect(
    (async () => {
      for (let step = 0; step < 40; step++) await runAhead.follow();
    })(),
  ).rejects.toThrow('refused');
});

it('never waits on a backend that computes at once, and tells of every sixteen steps', async () => {
  const waits: number[] = [];
  const runAhead = createRunAheadLimit({ submittedWork: () => null, waited: (ms) => waits.push(ms) });
  for (let step = 0; step < 65; step++) await runAhead.follow();
  expect(waits).toEqual([0, 0, 0, 0, 0]);
});
