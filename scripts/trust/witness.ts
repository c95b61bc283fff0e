/** What a page has shown as accepted before its browser was killed, and what of it a page that opened later lacks. */
import type { Page } from '@playwright/test';

export interface SeenRun {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly step: number;
}

/** What stands on the page at one moment; null where that part is not on show. */
export interface Sight {
  /** Milliseconds of the browser's clock. */
  readonly at: number;
  readonly state: string;
  readonly step: number;
  /** The run under way, once it was accepted. */
  readonly run: string | null;
  readonly runs: readonly SeenRun[] | null;
  readonly queue: { readonly total: number; readonly done: number } | null;
  readonly ablations: number | null;
  /** Sentences of errors that the page shows. */
  readonly alerts: readonly string[];
}

/** Runs in the page: reads what it shows. */
function look(): Sight | null {
  const app = document.querySelector<HTMLElement>('[data-testid=app]');
  if (!app) return null;
  const list = document.querySelector('[data-testid=run-list], [data-testid=compare-runs]');
  const queue = document.querySelector<HTMLElement>('[data-testid=queue]');
  const compares = document.querySelector('[data-testid=compare-runs]') !== null;
  const run = app.dataset['run'] ?? '';
  return {
    at: performance.timeOrigin + performance.now(),
    state: app.dataset['state'] ?? '',
    step: Number(app.dataset['step']),
    run: run === '' ? null : run,
    runs:
      list &&
      [...list.querySelectorAll<HTMLElement>('li[data-run]')].map((row) => ({
        id: row.dataset['run'] ?? '',
        status: row.dataset['status'] ?? '',
        name: row.querySelector('.run-name')?.textContent ?? '',
        step: Number(
          /at step (\d+)/.exec(row.querySelector('.run-open')?.getAttribute('title') ?? '')?.[1] ?? -1,
        ),
      })),
    queue: queue
      ? { total: Number(queue.dataset['total']), done: Number(queue.dataset['done']) }
      : compares
        ? { total: 0, done: 0 }
        : null,
    alerts: [...document.querySelectorAll('[role=alert]')]
      .map((one) => one.textContent ?? '')
      .filter(Boolean),
    ablations: compares ? document.querySelectorAll('[data-testid=ablations] > li').length : null,
  };
}

const OFTEN_MS = 25;

/** Reports every change of what the page shows from now on. Told sights have certainly been shown. */
export async function watch(page: Page, told: (sight: Sight) => void): Promise<void> {
  await page.exposeBinding('trustSaw', (_source, sight: Sight) => told(sight));
  // As text: the page's policy lets no script make another from text.
  const report = (see: () => object | null, often: number): void => {
    let last = '';
    setInterval(() => {
      const sight = see();
      if (!sight) return;
      const text = JSON.stringify({ ...sight, at: 0 });
      if (text === last) return;
      last = text;
      void (globalThis as { trustSaw?: (sight: object) => Promise<void> }).trustSaw?.(sight);
    }, often);
  };
  await page.addInitScript({ content: `(${report.toString()})(${look.toString()}, ${OFTEN_MS})` });
}

export const sightOf = (page: Page): Promise<Sight | null> => page.evaluate(look);

/** Steps that may be lost of a run under way, and milliseconds of training: whichever is more. */
const MOST_STEPS = 200;
const MOST_MS = 2_000;

interface Known {
  name: string;
  /** It was shown as paused, done or stopped at this step, and so is kept there. */
  settled: { readonly status: string; readonly step: number } | null;
  steps: { readonly at: number; readonly step: number }[];
}

/** Everything that was accepted in a profile so far. */
export class Witness {
  readonly runs = new Map<string, Known>();
  queue = { total: 0, done: 0 };
  ablations = 0;
  /** Most steps and milliseconds of a run under way that were found lost. */
  readonly worst = { steps: 0, milliseconds: 0 };
  private current: { readonly id: string; readonly last: Sight } | null = null;

  /** What the page of the last sight was in. */
  state = '';

  /** Errors that a page has told of; told with what is missing. */
  readonly alerts = new Set<string>();

  see(sight: Sight): void {
    this.state = sight.state;
    for (const alert of sight.alerts) this.alerts.add(alert);
    for (const { id, name } of sight.runs ?? []) this.know(id).name = name;
    // A table shown empty at first has not been read yet: it takes nothing back.
    if (sight.queue)
      this.queue = {
        total: Math.max(this.queue.total, sight.queue.total),
        done: Math.max(this.queue.done, sight.queue.done),
      };
    this.ablations = Math.max(this.ablations, sight.ablations ?? 0);
    if (sight.run === null) return;
    const run = this.know(sight.run);
    const settled = ['paused', 'done'].includes(sight.state);
    run.settled = settled && sight.step > 0 ? { status: sight.state, step: sight.step } : null;
    if (sight.step > 0) run.steps.push({ at: sight.at, step: sight.step });
    this.current = { id: sight.run, last: sight };
  }

  /** A person asked for it: it need not be there any more. */
  deleted(id: string): void {
    this.runs.delete(id);
  }

  /** What of all this is missing from what a page shows now; one sentence each. */
  missingRuns(list: readonly SeenRun[]): string[] {
    const there = new Map(list.map((run) => [run.id, run]));
    const missing: string[] = [];
    for (const [id, known] of this.runs) {
      const run = there.get(id);
      if (!run) missing.push(`The run “${known.name}” (${id}) was shown and is gone.`);
      else if (known.name !== '' && run.name !== known.name)
        missing.push(`The run “${known.name}” is called “${run.name}” again.`);
      else missing.push(...this.lostSteps(id, known, run));
    }
    return missing;
  }

  private lostSteps(id: string, known: Known, { step }: SeenRun): string[] {
    if (step < 0) return [];
    if (known.settled) {
      const { settled } = known;
      return step < settled.step
        ? [
            `The run ${id} was shown as ${settled.status} at step ${settled.step} and is kept at step ${step}.`,
          ]
        : [];
    }
    const last = known.steps.at(-1);
    if (!last || this.current?.id !== id || step >= last.step) return [];
    const lost = last.step - step;
    // When that step was passed: the last sight of a step not above it.
    const since = last.at - (known.steps.findLast((sight) => sight.step <= step)?.at ?? known.steps[0]!.at);
    if (lost > this.worst.steps) Object.assign(this.worst, { steps: lost, milliseconds: Math.round(since) });
    return lost > MOST_STEPS && since > MOST_MS
      ? [
          `The run ${id} was at step ${last.step} and is kept at step ${step}: ${Math.round(since)} ms are lost.`,
        ]
      : [];
  }

  missingQueue({ queue, ablations }: Pick<Sight, 'queue' | 'ablations'>): string[] {
    const missing: string[] = [];
    if (queue && queue.total < this.queue.total)
      missing.push(`The queue had ${this.queue.total} runs and has ${queue.total}.`);
    if (queue && queue.done < this.queue.done)
      missing.push(`Of the queue ${this.queue.done} runs were done and ${queue.done} are.`);
    if ((ablations ?? 0) < this.ablations)
      missing.push(`${this.ablations} ablation tables were shown and ${ablations ?? 0} are.`);
    return missing;
  }

  /** Steps count from where runs are kept now. */
  settle(list: readonly SeenRun[]): void {
    for (const { id, step } of list) {
      const known = this.runs.get(id);
      if (!known) continue;
      known.steps = [];
      known.settled = known.settled && step >= known.settled.step ? known.settled : null;
    }
    this.current = null;
  }

  private know(id: string): Known {
    const known = this.runs.get(id) ?? { name: '', settled: null, steps: [] };
    this.runs.set(id, known);
    return known;
  }
}
