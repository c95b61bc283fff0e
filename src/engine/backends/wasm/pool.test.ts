/** Products on one thread and on several: the same bits, whatever is cut and whoever computes it. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uniformArray } from '../../random';
import { sharedFused, sharedPlain } from './binary';
import type { WasmExports } from './exports';
import { startPool, type Pool, type Task } from './pool';
import { OWN_SCRATCH } from './poolThread';
import { cutProduct, cuts, type Cuttable } from './slices';

const decode = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(base64, 'base64'));
const fast = decode(sharedFused);
const bytes = WebAssembly.validate(fast) ? fast : decode(sharedPlain);

const memory = new WebAssembly.Memory({ initial: 512, maximum: 65536, shared: true });
/** Everything above is handed out as working memory. */
let top = memory.buffer.byteLength;
let run: WasmExports;
let scratch = 0;
const allocate = (): number => (top -= (run.gemmScratch() + 63) & ~63);

const open = (threads: number): Promise<Pool | null> =>
  startPool({
    bytes,
    memory,
    exports: run as unknown as Readonly<Record<string, (...given: number[]) => unknown>>,
    threads,
    allocate,
    scratch,
  });

beforeAll(async () => {
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  run = instance.exports as unknown as WasmExports;
  scratch = allocate();
});

const numbers = ({ a, b, c, bias, m, n, k, lda, ldb, ldc, flags }: Cuttable, own: number): number[] => [
  ...[a, b, c, bias, m, n, k, lda, ldb, ldc],
  flags,
  own,
];

const [A, B, C, BIAS] = [4096, 4_000_000, 8_000_000, 12_000_000] as const;

function product(m: number, n: number, k: number, flags: number, bias: boolean): Cuttable {
  const lda = (flags & 1) !== 0 ? m : k;
  const ldb = (flags & 2) !== 0 ? k : n;
  return { a: A, b: B, c: C, bias: bias ? BIAS : 0, m, n, k, lda, ldb, ldc: n, flags };
}

/** Fills the operands, computes and reads the result. */
function result(call: Cuttable, compute: () => void): Float32Array {
  const heap = new Float32Array(memory.buffer);
  heap.set(uniformArray(call.m, 'a', call.m * call.k, -1, 1), A / 4);
  heap.set(uniformArray(call.n, 'b', call.k * call.n, -1, 1), B / 4);
  heap.set(uniformArray(call.k, 'c', call.m * call.n, -1, 1), C / 4);
  heap.set(uniformArray(1, 'bias', call.n, -1, 1), BIAS / 4);
  compute();
  return heap.slice(C / 4, C / 4 + call.m * call.n);
}

const alone = (call: Cuttable): Float32Array =>
  result(call, () => run.gemm(...(numbers(call, scratch) as Parameters<WasmExports['gemm']>)));

const shape = fc.record({
  m: fc.integer({ min: 1, max: 90 }),
  n: fc.integer({ min: 1, max: 90 }),
  k: fc.integer({ min: 1, max: 300 }),
  flags: fc.integer({ min: 0, max: 7 }),
  bias: fc.boolean(),
  parts: fc.integer({ min: 2, max: 7 }),
});

it('cuts cover a length once, in order, at whole tiles', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 9 }), (length, parts) => {
      const ends = cuts(length, 8, parts);
      expect(ends[ends.length - 1]).toBe(length);
      ends.forEach((end, i) => {
        expect(end).toBeGreaterThan(ends[i - 1] ?? 0);
        if (i < ends.length - 1) expect(end % 8).toBe(0);
      });
    }),
  );
});

describe.each([2, 3])('with %i threads', (threads) => {
  let pool: Pool;
  beforeAll(async () => {
    pool = (await open(threads))!;
  });
  afterAll(() => pool?.stop());

  it('starts them all', () => {
    expect(pool.threads).toBe(threads);
  });

  it('products are the same to the bit as on one', () => {
    fc.assert(
      fc.property(shape, ({ m, n, k, flags, bias, parts }) => {
        const call = product(m, n, k, flags, bias);
        const tasks: Task[] = cutProduct(call, parts).map((part) => [
          { name: 'gemm', given: numbers(part, OWN_SCRATCH) },
        ]);
        expect(result(call, () => pool.run(tasks))).toEqual(alone(call));
      }),
      { numRuns: 150 },
    );
  });

  it('calls of one task keep their order', () => {
    const call = product(64, 64, 64, 0, false);
    const parts = cutProduct(call, 6);
    const tasks = parts.map((part) =>
      [0, 4, 4].map((flags) => ({ name: 'gemm', given: numbers({ ...part, flags }, OWN_SCRATCH) })),
    );
    const expected = result(call, () => {
      for (const flags of [0, 4, 4]) {
        run.gemm(...(numbers({ ...call, flags }, scratch) as Parameters<WasmExports['gemm']>));
      }
    });
    for (let i = 0; i < 50; i++) expect(result(call, () => pool.run(tasks))).toEqual(expected);
  });

  it('many runs one after another finish, also after a sleep', async () => {
    const call = product(48, 48, 8, 0, false);
    const tasks = cutProduct(call, 5).map((part) => [{ name: 'gemm', given: numbers(part, OWN_SCRATCH) }]);
    const expected = alone(call);
    for (let i = 0; i < 3000; i++) {
      pool.run(tasks);
      if (i % 500 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(result(call, () => pool.run(tasks))).toEqual(expected);
    expect(pool.helped()).toBeGreaterThan(0);
  });

  it('more tasks than fit are computed by the caller', () => {
    const call = product(1024, 8, 3, 0, true);
    const tasks = cutProduct(call, 256).map((part) => [{ name: 'gemm', given: numbers(part, OWN_SCRATCH) }]);
    expect(tasks.length).toBeGreaterThan(128);
    expect(result(call, () => pool.run(tasks))).toEqual(alone(call));
  });
});

it('threads that were stopped leave all work to the caller', async () => {
  const pool = (await open(3))!;
  pool.stop();
  await new Promise((resolve) => setTimeout(resolve, 50));
  const call = product(64, 64, 64, 0, false);
  const tasks = cutProduct(call, 6).map((part) => [{ name: 'gemm', given: numbers(part, OWN_SCRATCH) }]);
  expect(result(call, () => pool.run(tasks))).toEqual(alone(call));
});

it('there is no pool for one thread, nor over memory that is not shared', async () => {
  expect(await open(1)).toBeNull();
  const own = new WebAssembly.Memory({ initial: 1 });
  const exports = {};
  expect(await startPool({ bytes, memory: own, exports, threads: 2, allocate, scratch })).toBeNull();
});
