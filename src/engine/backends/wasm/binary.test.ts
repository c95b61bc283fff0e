/** All four variants of the module compute the same; those for threads accept shared memory. */
import { expect, it } from 'vitest';
import { uniformArray } from '../../random';
import * as binaries from './binary';
import type { WasmExports } from './exports';

const M = 13;
const N = 21;
const K = 35;

async function product(base64: string, shared: boolean): Promise<Float32Array> {
  const memory = new WebAssembly.Memory(
    shared ? { initial: 32, maximum: 65536, shared: true } : { initial: 32 },
  );
  const { instance } = await WebAssembly.instantiate(Buffer.from(base64, 'base64'), { env: { memory } });
  const run = instance.exports as unknown as WasmExports;
  const heap = new Float32Array(memory.buffer);
  const [a, b, c, scratch] = [4096, 16_384, 32_768, 65_536] as const;
  heap.set(uniformArray(1, 'a', M * K, -1, 1), a / 4);
  heap.set(uniformArray(1, 'b', K * N, -1, 1), b / 4);
  expect(scratch + run.gemmScratch()).toBeLessThan(memory.buffer.byteLength);
  run.gemm(a, b, c, 0, M, N, K, K, N, N, 0, scratch);
  return heap.slice(c / 4, c / 4 + M * N);
}

/** In double precision. */
function expected(): number[] {
  const a = uniformArray(1, 'a', M * K, -1, 1);
  const b = uniformArray(1, 'b', K * N, -1, 1);
  return Array.from({ length: M * N }, (_, at) => {
    const row = Math.floor(at / N);
    let sum = 0;
    for (let k = 0; k < K; k++) sum += a[row * K + k]! * b[k * N + (at % N)]!;
    return sum;
  });
}

it.each([
  ['plain', false],
  ['sharedPlain', true],
  ['fused', false],
  ['sharedFused', true],
] as const)('%s multiplies', async (name, shared) => {
  const bytes = Buffer.from(binaries[name], 'base64');
  if (!WebAssembly.validate(bytes)) {
    // An engine without relaxed SIMD: it must refuse the fused form, and only that.
    expect(name.toLowerCase()).toContain('fused');
    return;
  }
  const found = await product(binaries[name], shared);
  expected().forEach((value, i) => expect(found[i]).toBeCloseTo(value, 5));
});
