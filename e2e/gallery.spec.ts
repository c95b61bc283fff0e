/** Every picture from fixed states: none fails to draw, each carries its numbers, and they are those that were kept. */
import { axeOf } from './support/axe';
import type { Page } from '@playwright/test';
import { expect, test } from './support/lab';

const SIZES = [3, 25, 355] as const;
const STATES = ['empty', 'live', 'done'] as const;

async function open(page: Page, query: Readonly<Record<string, string | number>>): Promise<void> {
  const search = new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)]));
  await page.goto(`./gallery.html?${search.toString()}`);
  await expect(page.getByTestId('gallery')).toBeVisible();
}

/** What stands in each section: every figure by its hook, with its title, the size of its table and its first rows. */
async function contents(page: Page): Promise<string> {
  return page.getByTestId('gallery').evaluate((gallery) => {
    const cells = (row: Element) =>
      [...row.querySelectorAll('th, td')].map((cell) => cell.textContent).slice(0, 6);
    return [...gallery.querySelectorAll('[data-testid^="gallery-"]')]
      .map((section) => {
        const figures = [...section.querySelectorAll<HTMLElement>('.figure')].map((figure) => {
          const table = figure.querySelector(`table[data-testid="${figure.dataset.testid}-data"]`);
          if (!table) return `  ${figure.dataset.testid}: no table`;
          const rows = [...table.querySelectorAll('tbody tr')];
          const head = [...table.querySelectorAll('thead tr')].map(cells);
          const columns = table.querySelectorAll('thead th').length;
          return [
            `  ${figure.dataset.testid}: ${figure.querySelector('h3')?.textContent}`,
            `    ${figure.querySelector('.empty')?.textContent ?? `${rows.length} rows, ${columns} columns`}`,
            ...[...head, ...rows.slice(0, 2).map(cells)].map((row) => `    ${row.join(' | ')}`),
          ].join('\n');
        });
        return [section.getAttribute('data-testid'), ...figures].join('\n');
      })
      .join('\n');
  });
}

/** Tables are laid out piece by piece: what stands there once two looks agree. */
async function settled(page: Page): Promise<string> {
  let before = '';
  let now = await contents(page);
  await expect(async () => {
    before = now;
    now = await contents(page);
    expect(now).toBe(before);
  }).toPass({ intervals: [500] });
  return now;
}

for (const scenarios of SIZES)
  for (const state of STATES)
    test(`pictures of ${scenarios} scenarios, ${state}`, async ({ lab, page }) => {
      await open(page, { scenarios, state });
      await lab.expectNoAlert();
      if (state === 'done')
        await expect(page.getByTestId('figure-representation-separation').first()).toBeAttached({
          timeout: 120_000,
        });
      expect(await settled(page)).toMatchSnapshot(`gallery-${scenarios}-${state}.txt`);
      expect(lab.tolerated).toEqual([]);
    });

test('what pictures ask of a worker is answered from the made-up run', async ({ lab, page }) => {
  await open(page, { scenarios: 3, state: 'done' });
  await page.getByTestId('score-rows').click();
  await expect.poll(async () => (await lab.figure('c-sweep')).rows.length).toBeGreaterThan(10);
  await page.getByTestId('votes-truth').click();
  await expect(page.getByTestId('votes-error')).toBeVisible();
});

test('every matrix is drawn by value or as a difference, and says which', async ({ page }) => {
  await open(page, { scenarios: 25, state: 'done' });
  await expect(page.getByTestId('figure-representation-separation').first()).toBeAttached({
    timeout: 120_000,
  });
  for (const [name, modes] of [
    ['auc', ['value', 'mean']],
    ['gates', ['value', 'uniform']],
    ['mask-overlap', ['value', 'uniform', 'mean']],
    ['mask-truth', ['value', 'mean']],
    ['mask-use', ['value', 'uniform']],
    ['scenario-clusters', ['value', 'mean']],
    ['votes', ['value', 'mean']],
    ['conflict', ['value', 'mean', 'truth']],
    ['representation-cosine', ['value', 'mean', 'truth']],
    ['overlap', ['value', 'mean']],
    ['relatedness', ['value', 'mean']],
  ] as const) {
    const figure = page.getByTestId(`figure-${name}`).first();
    await figure.scrollIntoViewIfNeeded();
    const select = figure.getByTestId('matrix-mode');
    const offered = await select
      .locator('option')
      .evaluateAll((all) => all.map((one) => (one as HTMLOptionElement).value));
    expect(offered, name).toEqual(expect.arrayContaining([...modes]));
    for (const mode of offered) {
      await select.selectOption(mode);
      const said = await select.locator('option:checked').innerText();
      const drawn = figure.locator('.heat svg').first();
      if (mode === 'value') await expect(drawn, name).not.toContainText('difference');
      else {
        await expect(drawn, name).toContainText(said);
        await expect(figure.locator('.figure-reading'), name).toContainText(`Drawn is the ${said}`);
      }
    }
  }
});

for (const theme of ['light', 'dark'] as const)
  test(`no picture has an accessibility violation, ${theme}`, async ({ page }) => {
    await open(page, { scenarios: 3, state: 'done', theme });
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
    await expect(page.getByTestId('figure-representation-separation').first()).toBeAttached();
    await settled(page);
    // The gallery draws the same picture of two models, under the same name; no page of the lab does. Of all rules the theme changes one.
    const axe = axeOf(page);
    const { violations, passes } = await (
      theme === 'light' ? axe.disableRules('landmark-unique') : axe.withRules('color-contrast')
    ).analyze();
    expect(passes.length).toBeGreaterThan(theme === 'light' ? 20 : 0);
    expect(
      violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`)),
    ).toEqual([]);
  });

for (const theme of ['light', 'dark'] as const)
  test(`nothing is wider than a phone, ${theme}`, async ({ lab, page }) => {
    await page.setViewportSize({ width: 360, height: 720 });
    await open(page, { scenarios: 25, state: 'live', theme, width: 'narrow' });
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
    await expect
      .poll(() => page.evaluate(() => document.documentElement.scrollWidth))
      .toBeLessThanOrEqual(360);
    // A drawing cuts off what is wider than itself, which no page's width tells.
    const cut = await page.locator('.heat svg').evaluateAll((drawings) =>
      drawings.flatMap((drawing) =>
        [...drawing.querySelectorAll('text')]
          .filter((text) => {
            const [inner, outer] = [text.getBoundingClientRect(), drawing.getBoundingClientRect()];
            return inner.left < outer.left - 0.5 || inner.right > outer.right + 1;
          })
          .map((text) => text.textContent),
      ),
    );
    expect(cut).toEqual([]);
    expect(lab.tolerated).toEqual([]);
  });
