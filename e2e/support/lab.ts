/**
 * The driver that specs speak through: what a person does on the page, by the documented hooks (docs/testing.md).
 * Every test fails on any console error, uncaught exception or breach of the page's policy (scripts/policy.mjs).
 */
import { test as base, expect } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';

/** Milliseconds for what takes seconds on an idle machine. */
const PATIENCE = 240_000;

export type SessionState = 'ready' | 'compiling' | 'training' | 'paused' | 'done' | 'failed';

/** A figure's accessible table: header cells and body rows, as text. */
export interface FigureTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

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
    await expect(this.app).toHaveAttribute('data-state', state, { timeout });
  }

  async step(): Promise<number> {
    return Number(await this.app.getAttribute('data-step'));
  }

  async expectStepAtLeast(step: number, timeout = PATIENCE): Promise<void> {
    await expect
      .poll(() => this.step(), { timeout, message: `the run reaches step ${step}` })
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
          return (
            values.length > 0 && values.every((value) => /^(0\.\d{4}|1\.0000|undefined|too few)/.test(value))
          );
        },
        { timeout, message: 'every scenario has an AUC' },
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
      if (message.type() === 'error') problems.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => problems.push(`uncaught: ${error.message}`));
    await use(lab);
    const unexpected = problems.filter((problem) => !lab.tolerated.some((pattern) => pattern.test(problem)));
    expect(unexpected, 'errors on the console').toEqual([]);
  },
});

export { expect };
