/** Tasks of the page's main thread, in processor time: what other programs take of the cores meanwhile does not count. */
import type { Browser } from '@playwright/test';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds, of the clock and of the processor. */
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/** A task, in milliseconds of the clock and of the processor. */
export interface Task {
  readonly clock: number;
  readonly processor: number;
}

const TASK = 'ThreadControllerImpl::RunTask';

/** The tasks of every page's main thread while something is done; of tasks within tasks the outer one. */
export async function tasksOf(browser: Browser, act: () => Promise<void>): Promise<readonly Task[]> {
  const session = await browser.newBrowserCDPSession();
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel'], excludedCategories: ['*'] },
  });
  try {
    await act();
  } finally {
    const complete = new Promise<void>((resolve) => session.once('Tracing.tracingComplete', () => resolve()));
    await session.send('Tracing.end');
    await complete;
    await session.detach();
  }
  const thread = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
  const mains = new Set(
    events.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(thread),
  );
  const ends = new Map<string, number>();
  return events
    .filter((event) => event.ph === 'X' && event.name === TASK && mains.has(thread(event)))
    .sort((a, b) => a.ts - b.ts)
    .flatMap((event) => {
      const { ts, dur = 0, tdur = dur } = event;
      if (ts < (ends.get(thread(event)) ?? 0)) return [];
      ends.set(thread(event), ts + dur);
      return [{ clock: dur / 1000, processor: tdur / 1000 }];
    });
}
