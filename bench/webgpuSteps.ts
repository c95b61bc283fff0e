/** Steps on WebGPU of several models: in headless Chromium, or in Node on a device that computes nothing. */
import { openNullGpu } from '../tests/support/nullGpu';
import { withBenchPage } from './browser';
import type { BenchCase } from './cases';
import { missingAdapter } from './outcome';
import { measureReplay, type ReplayMeasurement } from './replay';

export interface WebGpuOptions {
  readonly batches: readonly number[];
  readonly steps: number;
  /** Allows the software adapter. */
  readonly software: boolean;
  /** Times the calling thread alone, in Node. */
  readonly nullDevice: boolean;
  readonly note: (text: string) => void;
}

/** A model a row; `model` is the case's name. */
export async function webGpuSteps(
  cases: readonly BenchCase[],
  { batches, steps, software, nullDevice, note }: WebGpuOptions,
): Promise<ReplayMeasurement[]> {
  const results: ReplayMeasurement[] = [];
  async function all(measure: typeof measureReplay): Promise<void> {
    for (const { name, definition, settings } of cases)
      for (const batch of batches)
        results.push({ ...(await measure(definition.id, { batch, steps, settings })), model: name });
  }
  if (nullDevice) {
    await openNullGpu((name, value) =>
      Object.defineProperty(globalThis, name, { value, configurable: true }),
    );
    await all(measureReplay);
    return results;
  }
  await withBenchPage(software ? 'software' : 'card', async (page) => {
    const info = await page.evaluate((allow) => window.bench!.open(allow ? 'webgpu' : 'auto'), software);
    if (info.name !== 'webgpu') return note(missingAdapter(!software, info.reason, '--software takes'));
    await all((id, options) =>
      page.evaluate(([model, given]) => window.bench!.measureReplay(model, given), [id, options] as const),
    );
  });
  return results;
}
