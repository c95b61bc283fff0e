/** Wide tiles are taken where they are measured to be faster and compute the same, and nowhere else. */
import { expect, it } from 'vitest';
import { payEveryTime, wideTilesPay } from './wideTiles';

const DEPTH = 256;

interface Engine {
  /** Milliseconds of a tile by its columns, before and after the engine has compiled it well. */
  readonly cold: Readonly<Record<8 | 16, number>>;
  readonly hot: Readonly<Record<8 | 16, number>>;
  /** Tiles of each kind after which the better code is there. */
  readonly after: number;
  /** Off by this much in the wide tile. */
  readonly wrong?: number;
  /** Milliseconds between two ticks of its clock. */
  readonly tick?: number;
}

/** An engine that computes tiles and lets as much time pass as it says. */
function engine({ cold, hot, after, wrong = 0, tick = 1e-6 }: Engine) {
  const memory = new ArrayBuffer(1 << 16);
  const floats = new Float32Array(memory);
  const calls = { 8: 0, 16: 0 };
  let time = 0;
  const tile = (columns: 8 | 16, a: number, b: number, c: number, row: number, error: number): void => {
    time += calls[columns]++ < after ? cold[columns] : hot[columns];
    // One term of one row tells tiles apart.
    for (let j = 0; j < columns; j++)
      floats[(c + row) / 4 + j] = floats[a / 4 + 1]! * floats[b / 4 + j]! + error;
  };
  return {
    calls,
    pay: () =>
      wideTilesPay(
        {
          tileSixZero: (a, b, kc, c, row) => {
            expect(kc).toBe(DEPTH);
            tile(8, a, b, c, row, 0);
          },
          wideSixFrom: (a, b, _kc, c, row) => tile(16, a, b, c, row, wrong),
        },
        () => memory,
        1024,
        { now: () => tick * Math.floor((time += 1e-5) / tick), pause: () => Promise.resolve() },
      ),
    spent: () => time,
  };
}

const COLD = { 8: 0.02, 16: 0.04 };

it('takes them where the engine joins pairs: fewer milliseconds a column', async () => {
  const { pay, spent } = engine({ cold: COLD, hot: { 8: 0.0005, 16: 0.0006 }, after: 30 });
  expect(await pay()).toBe(true);
  expect(spent()).toBeLessThan(20);
});

it.each([0.005, 0.1])(
  'takes them where the clock ticks every %f ms, compiled well already or not',
  async (tick) => {
    const joined = { cold: COLD, hot: { 8: 0.0003, 16: 0.00045 }, tick };
    for (const after of [0, 30]) {
      const { pay, spent } = engine({ ...joined, after });
      expect(await payEveryTime(pay)).toBe(true);
      expect(spent()).toBeLessThan(75);
    }
    expect(await engine({ ...joined, hot: { 8: 0.0003, 16: 0.0008 }, after: 0 }).pay()).toBe(false);
  },
);

it('leaves them where the clock is too coarse to tell', async () => {
  const joined = { cold: COLD, hot: { 8: 0.0003, 16: 0.00045 }, after: 0 };
  expect(await engine({ ...joined, tick: 1 }).pay()).toBe(false);
  expect(await engine({ ...joined, tick: 1e9 }).pay()).toBe(false);
});

it('leaves them where the engine keeps 128 bits and spills', async () => {
  expect(await engine({ cold: COLD, hot: { 8: 0.0005, 16: 0.0016 }, after: 30 }).pay()).toBe(false);
});

it('leaves them where a busy machine has compiled one of both well and not the other', async () => {
  const never = { cold: COLD, after: 30 };
  expect(await engine({ ...never, hot: { 8: 0.02, 16: 0.0016 } }).pay()).toBe(false);
  expect(await engine({ ...never, hot: { 8: 0.0005, 16: 0.04 } }).pay()).toBe(false);
});

it('leaves them where neither became hot, after twenty milliseconds', async () => {
  const { pay, spent } = engine({ cold: COLD, hot: COLD, after: 0 });
  expect(await pay()).toBe(false);
  expect(spent()).toBeGreaterThan(19);
  expect(spent()).toBeLessThan(24);
});

it('leaves them where their numbers are others', async () => {
  const { pay, calls } = engine({ cold: COLD, hot: { 8: 0.0005, 16: 0.0006 }, after: 30, wrong: 1e-6 });
  expect(await pay()).toBe(false);
  expect(calls[16]).toBe(1);
});

it('are taken only where every timing says so', async () => {
  const asked = async (...answers: boolean[]): Promise<[boolean, number]> => {
    const left = [...answers];
    return [await payEveryTime(async () => left.shift()!), left.length];
  };
  expect(await asked(false, true, true)).toEqual([false, 2]);
  expect(await asked(true, true, false)).toEqual([false, 0]);
  expect(await asked(true, true, true)).toEqual([true, 0]);
});
