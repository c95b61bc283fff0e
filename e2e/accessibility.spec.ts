import { axeOf } from './support/axe';
import { expect, test } from './support/lab';

test('no accessibility violations, light and dark, before, during and after training', async ({
  lab,
  page,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await lab.open({ preset: 'tiny', batch: 256, steps: 40, evaluateEvery: 10, backend: 'wasm' });
  const check = async (moment: string) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
      const { violations } = await axeOf(page).analyze();
      expect(
        violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html ?? ''}`),
        `${moment}, ${colorScheme}`,
      ).toEqual([]);
    }
  };
  await check('ready');
  await lab.control('train').click();
  await lab.aucs();
  await check('training');
  await lab.expectState('done');
  await check('done');
  await lab.open({ page: 'data' });
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await check('data page');
});

test('a run from start to end with the keyboard alone', async ({ lab, page }) => {
  await lab.open({
    preset: 'tiny',
    batch: 256,
    steps: 100_000,
    stopMetric: 'none',
    evaluateEvery: 10,
    backend: 'wasm',
  });
  const reach = async (name: string) => {
    for (let presses = 0; presses < 120; presses++) {
      const focused = await page.evaluate(() =>
        document.activeElement?.closest('[data-testid]')?.getAttribute('data-testid'),
      );
      if (focused === name) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`Tab never reached ${name}`);
  };
  await reach('seed-input');
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('7');
  await reach('train');
  await page.keyboard.press('Enter');
  await lab.expectStepAtLeast(5);
  await reach('pause');
  await page.keyboard.press('Enter');
  await lab.expectState('paused');
  await reach('step');
  await page.keyboard.press('Enter');
  await reach('stop');
  await page.keyboard.press('Enter');
  await lab.expectState('done');
});
