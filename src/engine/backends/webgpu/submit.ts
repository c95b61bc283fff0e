/** What the backend has encoded and not handed to the device yet: the library's programs and replayed steps, in the order of asking. */

export interface Submitting {
  readonly commandEncoder: GPUCommandEncoder | null;
  endComputePassEncoder(): void;
  submitQueue(): void;
}

/** Hands it over. Whoever reads a value back need not: the library does. */
export function submitPending(backend: Submitting): void {
  if (!backend.commandEncoder) return;
  backend.endComputePassEncoder();
  backend.submitQueue();
}
