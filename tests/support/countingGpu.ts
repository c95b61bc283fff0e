/** The device that computes nothing, for tests: its globals go when a test's do (`vi.unstubAllGlobals`). */
import { vi } from 'vitest';
import { openNullGpu } from './nullGpu';

export { gpuCalls } from './nullGpu';

/** Makes the WebGPU backend the current one, on that device. @throws Error where the backend does not start. */
export function openCountingGpu(): Promise<void> {
  return openNullGpu((name, value) => vi.stubGlobal(name, value));
}
