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
 * Calls one export for parts of `0 … length`, side by side where that pays.
 *
 * @param values that all parts together go over
 * @param tile parts begin at multiples of it
 * @param given the numbers of the part from `from` until `until`; `scratch` stands for the computing thread's working memory
 */
export function runShared(
  name: keyof WasmExports,
  { values, length, tile }: Readonly<Record<'values' | 'length' | 'tile', number>>,
  given: (from: number, until: number, scratch: number) => readonly number[],
): void {
  const { run, scratch, pool } = wasmKernels()!;
  if (!pool || values < WORTH_SHARING) {
    const kernel: (...numbers: number[]) => unknown = run[name];
    kernel(...given(0, length, scratch));
    return;
  }
  let from = 0;
  pool.run(
    cuts(length, tile, pool.threads * PARTS).map((until) => {
      const part = { name, given: given(from, until, OWN_SCRATCH) };
      from = until;
      return [part];
    }),
  );
}
