/** Answers of a worker that are moved to the page and not copied. */
import * as Comlink from 'comlink';

function buffersOf(value: unknown): ArrayBufferLike[] {
  if (ArrayBuffer.isView(value)) return [value.buffer];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(buffersOf);
}

/** Marks the memory of all typed arrays in an answer as the page's: once it is sent, the worker has it no longer. */
export function handOver<T>(answer: T): T {
  const buffers = new Set(buffersOf(answer).filter((buffer) => buffer instanceof ArrayBuffer));
  return Comlink.transfer(answer, [...buffers]);
}
