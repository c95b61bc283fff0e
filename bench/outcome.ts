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

export interface Place<Page> {
  readonly page: () => Page;
  /** A fresh browser, with the backend open. Rejects where it does not open. */
  readonly restart: () => Promise<void>;
}

export interface Limits {
  readonly seconds: number;
  /** Hears, in one sentence, of what is left out. */
  readonly leftOut: (sentence: string) => void;
}

/**
 * What the page makes of one model; null where it takes too long or fails, and the rest goes on in a fresh browser.
 *
 * @throws Error with both reasons where no fresh browser opens
 */
export async function inTime<Page, T>(
  what: string,
  { page, restart }: Place<Page>,
  { seconds, leftOut }: Limits,
  work: (page: Page) => Promise<T>,
): Promise<T | null> {
  const found = await withinSeconds(seconds, work(page()));
  if ('value' in found) return found.value;
  const sentence = `${what} is left out: ${found.why.replace(/\.$/, '')}.`;
  leftOut(sentence);
  try {
    await restart();
  } catch (error) {
    throw new Error(`${sentence} ${firstLine(error)}`, { cause: error });
  }
  return null;
}

/** What `work` has put into `found`, and why it ended where it did not come to its end: a card may be lost after an hour. */
export async function soFar<T extends object>(
  found: T,
  work: (found: T) => Promise<void>,
): Promise<T & { readonly ended?: string }> {
  try {
    await work(found);
    return found;
  } catch (error) {
    return { ...found, ended: firstLine(error) };
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
