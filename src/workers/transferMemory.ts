/** Answers of a worker that are moved to the page and not copied. */
import * as Comlink from 'comlink';

function buffersOf(value: unknown): ArrayBufferLike[] {
  if (ArrayBuffer.isView(value)) return [value.buffer];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(buffersOf);
}

/**
 * Marks the memory of typed arrays in an answer as the page's: once it is sent, the worker has it no longer.
 *
 * @param memory the part of the answer that is moved; all of it where left out
 */
export function transferMemory<T>(answer: T, memory: unknown = answer): T {
  const buffers = new Set(buffersOf(memory).filter((buffer) => buffer instanceof ArrayBuffer));
  return Comlink.transfer(answer, [...buffers]);
}
