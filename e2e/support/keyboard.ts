/** What a person without a pointer does. */
import type { Page } from '@playwright/test';

/** Presses Tab until the element with this hook has the focus, or holds what has it. */
export async function reach(page: Page, hook: string, presses = 120): Promise<void> {
  for (let press = 0; press < presses; press++) {
    const there = await page.evaluate(
      (name) => document.activeElement?.closest(`[data-testid="${name}"]`) !== null,
      hook,
    );
    if (there) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never reached ${hook}.`);
}
