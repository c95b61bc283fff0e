/** Kernels that go over much memory, cut into parts that write different places: computed by all threads that there are. */
import type { WasmExports } from './exports';
import { wasmKernels } from './module';
import { OWN_SCRATCH } from './poolThread';
import { cuts } from './slices';

/** Values that a kernel goes over, from which on a thread that has to be woken is worth it: a quarter of a millisecond of Adam. */
const WORTH_SHARING = 2 ** 18;
/** Parts per thread: a thread that comes late leaves the rest to the others. */
const PARTS = 2;

/**
 * Calls one export for parts of `0 … length`, side by side where that pays; `OWN_SCRATCH` among its numbers is the computing thread's working memory.
 *
 * @param values that all parts together go over
 * @param tile parts begin at multiples of it
 * @param given the numbers of the part from `from` until `until`
 */
export function runShared(
  name: keyof WasmExports,
  { values, length, tile }: Readonly<Record<'values' | 'length' | 'tile', number>>,
  given: (from: number, until: number) => readonly number[],
): void {
  const { run, scratch, pool } = wasmKernels()!;
  const parts = pool && values >= WORTH_SHARING ? pool.threads * PARTS : 1;
  let from = 0;
  const all = cuts(length, tile, parts).map((until) => {
    const numbers = given(from, until);
    from = until;
    return numbers;
  });
  if (pool && all.length > 1) return pool.run(all.map((numbers) => [{ name, given: numbers }]));
  const kernel: (...numbers: number[]) => unknown = run[name];
  for (const numbers of all) kernel(...numbers.map((value) => (value === OWN_SCRATCH ? scratch : value)));
}
