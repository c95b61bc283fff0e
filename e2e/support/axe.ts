/** Accessibility violations of what is on the screen. */
import AxeBuilder from '@axe-core/playwright';
import { expect } from './lab';
import type { Page } from '@playwright/test';

/**
 * A builder of accessibility checks. The library's usual way gathers what several frames say in a page of its own, which takes as long as the check;
 * pages here have one frame, and are looked at where they are.
 */
export function axeOf(page: Page): AxeBuilder {
  expect(page.frames().length, 'frames').toBe(1);
  return new AxeBuilder({ page }).setLegacyMode(true);
}

/** @param part a selector: what around it is looked at elsewhere */
export async function expectNoViolations(page: Page, moment: string, part = 'body'): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
    const builder = axeOf(page).include(part);
    // What is not a colour was looked at in the light.
    if (colorScheme === 'dark') builder.withRules(['color-contrast']);
    const { violations } = await builder.analyze();
    expect(
      violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html ?? ''}`),
      `${moment}, ${colorScheme}`,
    ).toEqual([]);
  }
}
