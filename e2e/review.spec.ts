/** Small things that once stood in a reader's way, each looked for where it stood. */
import { expect, test } from './support/lab';

test('two links lead past the settings: to the run, and to its pictures', async ({ lab, page }) => {
  await lab.open({ preset: 'tiny' });
  await expect(lab.control('train')).toBeVisible();
  const focused = () =>
    page.evaluate(() => {
      const at = document.activeElement;
      return {
        text: at?.textContent?.trim() ?? '',
        inside: at?.closest('#lab-run, #lab-inspect, #main')?.id,
      };
    });
  const press = async (link: string) => {
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    for (let presses = 0; presses < 16 && (await focused()).text !== link; presses++)
      await page.keyboard.press('Tab');
    expect((await focused()).text).toBe(link);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    return (await focused()).inside;
  };
  expect(await press('Skip to the page')).toBe('main');
  await page.reload();
  await expect(lab.control('train')).toBeVisible();
  expect(await press('Skip the settings')).toBe('lab-run');
  await page.reload();
  await expect(lab.control('train')).toBeVisible();
  expect(await press('Skip to the pictures')).toBe('lab-inspect');
});

test('a dataset that does not exist is named, on the page and once somebody trains', async ({
  lab,
  page,
}) => {
  await lab.open({ dataset: 'atlantis', preset: 'tiny', backend: 'wasm' });
  await expect(page.getByText('There is no dataset “atlantis” here').first()).toBeVisible();
  await lab.control('train').click();
  await lab.expectState('failed');
  await expect(page.getByRole('alert').filter({ hasText: 'atlantis' }).first()).toBeVisible();
});

test('tabs stand in one row, at a desk and on a phone', async ({ lab, page }) => {
  await lab.open({
    model: 'causalint',
    preset: 'tiny',
    batch: 256,
    steps: 4,
    evaluateEvery: 4,
    evaluationRows: 200,
    backend: 'wasm',
    autostart: 1,
    tab: 'graph',
  });
  await lab.expectState('done');
  // The tab on show stands whole in the row, also where a run has added tabs before it.
  await expect
    .poll(() =>
      page.getByRole('tab', { selected: true }).evaluate((tab) => {
        const [own, row] = [tab.getBoundingClientRect(), tab.parentElement!.getBoundingClientRect()];
        return own.left >= row.left - 1 && own.right <= row.right + 1;
      }),
    )
    .toBe(true);
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 844 });
    const tops = await page
      .getByRole('tab')
      .evaluateAll((all) => all.map((tab) => Math.round(tab.getBoundingClientRect().top)));
    expect(tops.length).toBeGreaterThan(3);
    expect(new Set(tops).size, `${width}: rows of tabs`).toBe(1);
  }
});

test('help for a setting opens in place, by keyboard and by mouse, and covers no press', async ({
  lab,
  page,
}) => {
  await lab.open({ preset: 'tiny' });
  const field = lab.control('hp-learningRate');
  await field.focus();
  const help = page.locator(`[id="${await field.getAttribute('aria-describedby')}"]`);
  await expect(help).toHaveCSS('opacity', '1');
  await expect(help).toBeInViewport();
  expect((await help.innerText()).length).toBeGreaterThan(20);
  // What lies below is pressed through it.
  await lab.control('hp-l2').click();
  await expect(lab.control('hp-l2')).toBeFocused();
  await expect(help).toHaveCSS('opacity', '0');
  await field.hover();
  await expect(help).toHaveCSS('opacity', '1');
  // What columns mean, and why scenarios stand as they do, is said without a pointer too.
  await lab.control('columns-meaning').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText('in the order of the dataset')).toBeInViewport();
  await expect(page.getByText('the best any model can reach')).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.getByText('in the order of the dataset')).toBeHidden();
});

test('what stands in the sidebar stands there whole while a run is paused', async ({ lab, page }) => {
  await lab.open({
    preset: 'tiny',
    batch: 256,
    steps: 100_000,
    evaluateEvery: 50,
    evaluationRows: 200,
    backend: 'wasm',
    autostart: 1,
  });
  await lab.expectStepAtLeast(2);
  await lab.control('pause').click();
  await lab.expectState('paused');
  const edge = await page.locator('.controls').evaluate((side) => side.getBoundingClientRect().right);
  for (const name of ['train', 'pause', 'step', 'stop', 'reset']) {
    const { left, right, cut } = await lab.control(name).evaluate((button) => {
      const box = button.getBoundingClientRect();
      return { left: box.left, right: box.right, cut: button.scrollWidth - button.clientWidth };
    });
    expect(left).toBeGreaterThanOrEqual(0);
    expect(right, name).toBeLessThanOrEqual(edge);
    expect(cut, name).toBeLessThanOrEqual(0);
  }
  await lab.control('stop').click();
  await lab.expectState('done');
});
