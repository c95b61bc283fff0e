/** Openings that are never answered: a browser's graphics process that hangs, code that stalls on its way. */
import * as tf from '@tensorflow/tfjs-core';

/** What did not come in its time. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';
}

/**
 * What `work` comes to, where it does in time.
 *
 * @param what the subject of the sentence where it does not, e.g. `the graphics adapter`
 * @throws Unanswered after so many milliseconds; the work itself goes on, and nobody hears of it
 */
export async function answered<T>(work: Promise<T>, milliseconds: number, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Unanswered(`${what} did not answer within ${milliseconds / 1000} s`)),
      milliseconds,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A backend that the library still waits for must not take the place of the one that is opened instead, should it come after all. */
export function abandonOpening(): void {
  const engine = tf.engine() as unknown as { pendingBackendInitId: number; pendingBackendInit: unknown };
  // What the library does itself where another backend is asked for that opens as slowly.
  engine.pendingBackendInitId++;
  engine.pendingBackendInit = null;
}
