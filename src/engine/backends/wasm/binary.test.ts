/** All four variants of the module compute the same; those for threads accept shared memory. */
import { setFlagsFromString } from 'node:v8';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { uniformArray } from '../../random';
import * as binaries from './binary';
import type { WasmExports } from './exports';
import { sixRowsPay } from './module';
import { cutProduct } from './slices';

// Node 20 compiles fused multiply-add only where it is asked to; later versions have it, and may not know the flag.
const ASKS = Number(process.versions.node.split('.')[0]) < 22;
if (ASKS) setFlagsFromString('--experimental-wasm-relaxed-simd');
afterAll(() => {
  if (ASKS) setFlagsFromString('--no-experimental-wasm-relaxed-simd');
});

type Variant = keyof typeof binaries;
const VARIANTS = ['plain', 'fused', 'sharedPlain', 'sharedFused'] as const satisfies readonly Variant[];
const TRANSPOSE_A = 1;
const TRANSPOSE_B = 2;
const ACCUMULATE = 4;
const SIX_ROWS = 8;
const WIDE = 16;

interface Product {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly flags: number;
  readonly withBias: boolean;
  /** The right operand as stored; drawn where it is left out. */
  readonly right?: Float32Array;
}

const values = (name: string, count: number): Float32Array => uniformArray(1, name, count, -1, 1);

/** @param parts that the product is cut into, as for threads */
async function multiply(variant: Variant, product: Product, parts = 1): Promise<Float32Array> {
  const { m, n, k, flags, withBias } = product;
  const shared = variant.startsWith('shared');
  const memory = new WebAssembly.Memory(
    shared ? { initial: 64, maximum: 65536, shared: true } : { initial: 64 },
  );
  const bytes = Buffer.from(binaries[variant], 'base64');
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  const run = instance.exports as unknown as WasmExports;
  const heap = new Float32Array(memory.buffer);
  let free = 4096;
  const place = (given: Float32Array): number => {
    const at = free;
    heap.set(given, at / 4);
    free = (at + 4 * given.length + 63) & ~63;
    return at;
  };
  const a = place(values('a', m * k));
  const b = place(product.right ?? values('b', n * k));
  const bias = withBias ? place(values('bias', n)) : 0;
  const c = place(values('c', m * n));
  const lda = (flags & TRANSPOSE_A) !== 0 ? m : k;
  const ldb = (flags & TRANSPOSE_B) !== 0 ? k : n;
  expect(free + run.gemmScratch()).toBeLessThan(memory.buffer.byteLength);
  for (const part of cutProduct({ a, b, c, bias, m, n, k, lda, ldb, ldc: n, flags }, parts))
    run.gemm(part.a, part.b, part.c, part.bias, part.m, part.n, k, lda, ldb, n, flags, free);
  return heap.slice(c / 4, c / 4 + m * n);
}

/** In double precision. */
function expected({ m, n, k, flags, withBias }: Product): number[] {
  const a = values('a', m * k);
  const b = values('b', n * k);
  const c = values('c', m * n);
  const bias = values('bias', n);
  return Array.from({ length: m * n }, (_, at) => {
    const row = Math.floor(at / n);
    const column = at % n;
    const keep = (flags & ACCUMULATE) !== 0;
    let sum = keep ? c[at]! : withBias ? bias[column]! : 0;
    for (let i = 0; i < k; i++)
      sum +=
        a[(flags & TRANSPOSE_A) !== 0 ? i * m + row : row * k + i]! *
        b[(flags & TRANSPOSE_B) !== 0 ? column * k + i : i * n + column]!;
    return sum;
  });
}

/** Sizes on both sides of a tile (4 or 6 by 8 or 16) and of a block (96 by 256). */
const products = fc.record({
  m: fc.integer({ min: 1, max: 210 }),
  n: fc.integer({ min: 1, max: 40 }),
  k: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 250, max: 300 })),
  flags: fc.integer({ min: 0, max: 31 }),
  withBias: fc.boolean(),
});

it.each(VARIANTS)('%s multiplies', async (variant) => {
  await fc.assert(
    fc.asyncProperty(products, async (product) => {
      const found = await multiply(variant, product);
      const apart = expected(product).map((value, i) => Math.abs(value - found[i]!));
      expect(Math.max(...apart)).toBeLessThan(1e-4);
    }),
    { numRuns: 12 },
  );
});

it.each(['plain', 'fused'] as const)('%s in parts is the whole to the bit', async (variant) => {
  await fc.assert(
    fc.asyncProperty(products, fc.integer({ min: 2, max: 9 }), async (product, parts) => {
      const whole = await multiply(variant, product);
      const cut = await multiply(variant, product, parts);
      expect(Buffer.from(cut.buffer).equals(Buffer.from(whole.buffer))).toBe(true);
    }),
    { numRuns: 12 },
  );
});

it.each(['plain', 'fused'] as const)('%s in few columns sums as in many, to the bit', async (variant) => {
  const sizes = fc.record({
    m: fc.integer({ min: 1, max: 70 }),
    n: fc.integer({ min: 1, max: 7 }),
    k: fc.integer({ min: 1, max: 256 }),
    transposed: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(sizes, async ({ m, n, k, transposed }) => {
      const wide = { m, n: 8, k, flags: transposed ? TRANSPOSE_A : 0, withBias: false };
      const right = values('b', 8 * k);
      const few = right.filter((_, at) => at % 8 < n);
      const whole = (await multiply(variant, { ...wide, right })).filter((_, at) => at % 8 < n);
      const found = await multiply(variant, { ...wide, n, right: few });
      expect(Buffer.from(found.buffer).equals(Buffer.from(whole.buffer))).toBe(true);
    }),
    { numRuns: 25 },
  );
});

it.each([
  ['six rows', SIX_ROWS],
  ['six rows and sixteen columns', WIDE],
])('%s a tile are four rows and eight columns to the bit', async (_, larger) => {
  await fc.assert(
    fc.asyncProperty(products, async (product) => {
      const usual = await multiply('fused', { ...product, flags: product.flags & ~(SIX_ROWS | WIDE) });
      const found = await multiply('fused', { ...product, flags: product.flags | larger });
      expect(Buffer.from(found.buffer).equals(Buffer.from(usual.buffer))).toBe(true);
    }),
    { numRuns: 25 },
  );
});

it.each([
  [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
    true,
  ],
  [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 Safari/537.36',
    false,
  ],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', false],
  ['Node.js/22', false],
  ['', false],
])('six rows are used where they were measured to be faster: %s', (userAgent, pays) => {
  expect(sixRowsPay(userAgent)).toBe(pays);
});
