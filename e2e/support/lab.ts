/**
 * The driver that specs speak through: what a person does on the page, by the documented hooks (docs/testing.md).
 * Every test fails on any console error or backend that failed to open, uncaught exception or breach of the page's policy (scripts/policy.mjs).
 */
import { test as base, expect } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';

/** Milliseconds for what takes seconds on an idle machine. */
const PATIENCE = 240_000;

/** Milliseconds for what was seen to hold a moment ago. */
const PROMPT = 20_000;

/** Milliseconds between two looks at what is waited for. The library's own assertions look once a second, so each wait would end half a second late. */
const LOOK = 50;

/** An AUC as a scenario's cell shows it, or why there is none. */
const AUC_SHOWN = /^(0\.\d{4}|1\.0000|undefined|too few)/;

export type SessionState = 'ready' | 'compiling' | 'training' | 'paused' | 'done' | 'failed';

/** A figure's accessible table: header cells and body rows, as text. */
export interface FigureTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Whether what was waited for came; where it did not, an assertion says what is there instead. */
const came = (waiting: Promise<unknown>): Promise<boolean> =>
  waiting.then(
    () => true,
    () => false,
  );

export class Lab {
  constructor(
    readonly page: Page,
    /** Messages that a spec provokes on purpose (e.g. by killing the worker). */
    readonly tolerated: RegExp[] = [],
  ) {}

  /** Opens the page with address parameters and waits until it can train. */
  async open(query: Readonly<Record<string, string | number>> = {}): Promise<void> {
    const search = new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)]));
    await this.page.goto(`./?${search.toString()}`);
    await expect(this.app).toBeVisible();
  }

  get app(): Locator {
    return this.page.getByTestId('app');
  }

  control(name: string): Locator {
    return this.page.getByTestId(name);
  }

  /** Makes a picture of the tab on show the one that leads; its controls are in reach then. */
  async lead(figure: string): Promise<void> {
    const part = this.page.getByTestId(`figure-${figure}`);
    await expect(part).toBeVisible();
    const button = part.getByTestId('make-lead');
    if (await button.isVisible()) await button.click();
    await expect(button).toHaveCount(0);
  }

  async state(): Promise<string | null> {
    return this.app.getAttribute('data-state');
  }

  async expectState(state: SessionState | RegExp, timeout = PATIENCE): Promise<void> {
    const given =
      typeof state === 'string' ? { text: state, pattern: '' } : { text: '', pattern: state.source };
    const waiting = this.page.waitForFunction(
      ({ text, pattern }) => {
        const now = document.querySelector<HTMLElement>('[data-testid=app]')?.dataset['state'];
        return now !== undefined && (pattern ? new RegExp(pattern).test(now) : now === text);
      },
      given,
      { timeout, polling: LOOK },
    );
    if (!(await came(waiting)))
      await expect(this.app).toHaveAttribute('data-state', state, { timeout: PROMPT });
  }

  /** Nothing is told as an error; where something is, the assertion says its words. */
  async expectNoAlert(message = 'no alert'): Promise<void> {
    await expect.poll(() => this.page.getByRole('alert').allInnerTexts(), { message }).toEqual([]);
  }

  async step(): Promise<number> {
    return Number(await this.app.getAttribute('data-step'));
  }

  async expectStepAtLeast(step: number, timeout = PATIENCE): Promise<void> {
    const waiting = this.page.waitForFunction(
      (least) => Number(document.querySelector<HTMLElement>('[data-testid=app]')?.dataset['step']) >= least,
      step,
      { timeout, polling: LOOK },
    );
    if (await came(waiting)) return;
    await expect
      .poll(() => this.step(), { timeout: PROMPT, message: `the run reaches step ${step}` })
      .toBeGreaterThanOrEqual(step);
  }

  /** Text of one cell of the scenario table. */
  metric(scenario: string, metric: string): Locator {
    return this.page
      .getByTestId('scenario-table')
      .locator(`tr[data-scenario="${scenario}"] [data-metric="${metric}"]`);
  }

  async scenarios(): Promise<string[]> {
    const rows = this.page.getByTestId('scenario-table').locator('tr[data-scenario]');
    return rows.evaluateAll((all) => all.map((row) => row.getAttribute('data-scenario') ?? ''));
  }

  /** Waits until every scenario shows an AUC (a number in 0…1, or "undefined") and returns them. */
  async aucs(timeout = PATIENCE): Promise<Record<string, string>> {
    const waiting = this.page.waitForFunction(
      (shown) => {
        const cells = document.querySelectorAll(
          '[data-testid=scenario-table] tr[data-scenario] [data-metric=auc]',
        );
        const pattern = new RegExp(shown);
        return cells.length > 0 && [...cells].every((cell) => pattern.test(cell.textContent.trim()));
      },
      AUC_SHOWN.source,
      { timeout, polling: LOOK },
    );
    await came(waiting);
    let found: Record<string, string> = {};
    await expect
      .poll(
        async () => {
          found = Object.fromEntries(
            await Promise.all(
              (await this.scenarios()).map(
                async (id) => [id, (await this.metric(id, 'auc').innerText()).trim()] as const,
              ),
            ),
          );
          const values = Object.values(found);
          return values.length > 0 && values.every((value) => AUC_SHOWN.test(value));
        },
        { timeout: PROMPT, message: 'every scenario has an AUC' },
      )
      .toBe(true);
    return found;
  }

  /** The numbers that a figure draws, from its accessible table. */
  async figure(name: string): Promise<FigureTable> {
    const table = this.page.getByTestId(`figure-${name}-data`);
    await expect(table).toBeAttached();
    return table.evaluate((element) => {
      const cells = (row: Element) =>
        [...row.querySelectorAll('th, td')].map((cell) => (cell.textContent ?? '').trim());
      return {
        head: [...element.querySelectorAll('thead tr')].flatMap(cells),
        rows: [...element.querySelectorAll('tbody tr')].map(cells),
      };
    });
  }
}

export const test = base.extend<{ lab: Lab }>({
  lab: async ({ page }, use) => {
    const problems: string[] = [];
    const lab = new Lab(page);
    await page.addInitScript(() =>
      document.addEventListener('securitypolicyviolation', (event) =>
        console.error(`policy: ${event.effectiveDirective} forbids ${event.blockedURI} ${event.sample}`),
      ),
    );
    page.on('console', (message) => {
      // The library only warns where a backend did not open, also where one did that nobody had asked it for.
      const failed = message.type() === 'error' || /Initialization of backend/.test(message.text());
      if (failed) problems.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => problems.push(`uncaught: ${error.message}`));
    await use(lab);
    const unexpected = problems.filter((problem) => !lab.tolerated.some((pattern) => pattern.test(problem)));
    expect(unexpected, 'errors on the console').toEqual([]);
  },
});

export { expect };
