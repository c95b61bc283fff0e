/** What came of a piece of work that may take too long or fail, and what to say where the adapter that was asked for is missing. */

export type Outcome<T> = { readonly value: T } | { readonly why: string };

/** An error's first line: Playwright adds a call log to its own. */
export const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0]!;

/** Waits for `work`, at most so many seconds. Never rejects: `work` that fails later is let go. */
export async function withinSeconds<T>(seconds: number, work: Promise<T>): Promise<Outcome<T>> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Outcome<T>>((resolve) => {
    timer = setTimeout(() => resolve({ why: `it took more than ${seconds} s` }), 1000 * seconds);
  });
  const done = work.then(
    (value): Outcome<T> => ({ value }),
    (error: unknown): Outcome<T> => ({ why: firstLine(error) }),
  );
  try {
    return await Promise.race([done, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * One sentence.
 *
 * @param takesSoftware what on the command line takes the software adapter instead of a card, with its verb: "--software takes"
 * @param reason what the engine says of the backend that it opened instead, e.g. "WebAssembly, …; WebGPU not used: there is no adapter."
 */
export function missingAdapter(hardware: boolean, reason: string, takesSoftware: string): string {
  const wanted = hardware ? 'a graphics card that Chromium reaches by WebGPU' : 'WebGPU';
  const [, why = reason] = /WebGPU not used: (.*)$/.exec(reason) ?? [];
  const instead = hardware ? `; ${takesSoftware} the software adapter` : '';
  return `This needs ${wanted}, which is not there: ${why.replace(/\.$/, '')}${instead}.`;
}
