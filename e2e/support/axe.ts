/** Accessibility violations of what is on the screen. */
import AxeBuilder from '@axe-core/playwright';
import { expect } from './lab';
import type { Page } from '@playwright/test';

/** @param part a selector: what around it is looked at elsewhere */
export async function expectNoViolations(page: Page, moment: string, part = 'body'): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
    const builder = new AxeBuilder({ page }).include(part);
    // What is not a colour was looked at in the light.
    if (colorScheme === 'dark') builder.withRules(['color-contrast']);
    const { violations } = await builder.analyze();
    expect(
      violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html ?? ''}`),
      `${moment}, ${colorScheme}`,
    ).toEqual([]);
  }
}
