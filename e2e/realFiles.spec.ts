/**
 * Samples of published logs through the page: every file imports, and a paper's model trains on it to metrics or says in one sentence what
 * it lacks; of the other models every third one trains on the log that carries what all of them need, and all with E2E_EVERY_MODEL=1 (some minutes). That every model does on every file without a page, src/training/realFiles.test.ts shows. The files are never copied into the project, so a machine
 * may lack them (SCENARIUM_REAL_LOGS names their folder).
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test, type Lab } from './support/lab';
import type { Page } from '@playwright/test';

const folder =
  process.env.SCENARIUM_REAL_LOGS ?? fileURLToPath(new URL('../../shared/data/', import.meta.url));

interface RealFile {
  readonly file: string;
  readonly scenarios: number;
  readonly models: readonly string[];
  /** Models that read behaviours, which the file has none of. */
  readonly refused?: readonly string[];
  /** What the import has to say of it. */
  readonly notice?: RegExp;
}
const files: readonly RealFile[] = [
  { file: 'aliccp-30-domains.csv', scenarios: 30, models: ['aread'] },
  // Its lists name items only; a domain is a kind of item, so items tell where a behaviour happened.
  {
    file: 'amazon-25-domains.csv',
    scenarios: 25,
    models: ['sarnet', 'mscan'],
    notice: /counts in its item’s: known for/,
  },
  { file: 'mind-4-categories.csv', scenarios: 4, models: ['causalint'] },
  { file: 'douban-3-domains.csv', scenarios: 3, models: ['optmsm'] },
  { file: 'kuairand-1-tab.csv', scenarios: 1, models: ['optmsm'], refused: ['mscan'] },
  { file: 'aliccp-raw-fields.csv', scenarios: 3, models: ['causalint'], refused: ['sarnet'] },
];

if (!existsSync(folder)) {
  test('samples of published logs are not on this machine, so the page was not tried on them', () => {
    console.log(`No folder ${folder}; set SCENARIUM_REAL_LOGS to try the page on published logs.`);
    expect(existsSync(folder)).toBe(false);
  });
} else {
  /** @returns the address's name of the imported file */
  const imported = async ({ lab, page, file }: { lab: Lab; page: Page; file: string }): Promise<string> => {
    await lab.open({ page: 'data', backend: 'wasm' });
    await page.getByTestId('open-import').click();
    await page.getByTestId('import-file').setInputFiles(folder + file);
    await expect(page.getByTestId('mapping-table')).toBeVisible();
    await page.getByTestId('import-go').click();
    await page.getByRole('button', { name: 'Train on it' }).click();
    return new URL(page.url()).searchParams.get('dataset')!;
  };

  const every = process.env.E2E_EVERY_MODEL === '1';
  test(`${every ? 'every' : 'every third'} model, one after the other from the list, trains on a log with histories, users, items and 25 domains`, async ({
    lab,
    page,
  }) => {
    test.setTimeout(900_000);
    const dataset = await imported({ lab, page, file: 'amazon-25-domains.csv' });
    await lab.open({ dataset, preset: 'tiny', batch: 64, steps: 4, evaluateEvery: 4, backend: 'wasm' });
    const select = page.getByTestId('model-select');
    const ids = await select
      .locator('option')
      .evaluateAll((options) => options.map((option) => option.getAttribute('value')!));
    expect(ids.length).toBeGreaterThanOrEqual(36);
    let before: string | null = null;
    for (const id of ids.filter((_, place) => every || place % 3 === 0)) {
      await select.selectOption(id);
      await page.getByTestId('train').click();
      await expect(lab.app, id).not.toHaveAttribute('data-run', before ?? '');
      await lab.expectState(/done|failed/);
      expect(await lab.state(), id).toBe('done');
      before = await lab.app.getAttribute('data-run');
      const scenarios = Object.keys(await lab.aucs());
      expect(scenarios, id).toHaveLength(25);
      // A dozen test rows a domain are too few for an AUC, not for a loss.
      const losses = await Promise.all(
        scenarios.map(async (scenario) => Number(await lab.metric(scenario, 'logloss').innerText())),
      );
      expect(losses.filter((loss) => loss > 0).length, id).toBeGreaterThan(20);
      await expect(page.getByText(/\bNaN\b/), id).toHaveCount(0);
      await lab.expectNoAlert(id);
    }
  });

  for (const { file, scenarios, models, refused = [], notice } of files) {
    test(`${file}: ${[...models, ...refused].join(' and ')} train on it or say what they lack`, async ({
      lab,
      page,
    }) => {
      await lab.open({ page: 'data', backend: 'wasm' });
      await page.getByTestId('open-import').click();
      await page.getByTestId('import-file').setInputFiles(folder + file);
      await expect(page.getByTestId('mapping-table')).toBeVisible();
      await page.getByTestId('import-go').click();
      if (notice) await expect(page.getByText(notice).first()).toBeVisible();
      await page.getByRole('button', { name: 'Train on it' }).click();
      const dataset = new URL(page.url()).searchParams.get('dataset')!;
      for (const model of [...refused, ...models]) {
        await lab.open({
          model,
          dataset,
          preset: 'tiny',
          batch: 64,
          steps: 6,
          evaluateEvery: 3,
          backend: 'wasm',
          autostart: 1,
        });
        if (refused.includes(model)) {
          await lab.expectState('failed');
          await expect(page.getByRole('alert')).toContainText(/earlier behaviours.*map a list column/);
          continue;
        }
        await lab.expectState('done');
        // 300 rows hold no click of some scenarios: a number or the word, never a gap.
        expect(Object.keys(await lab.aucs())).toHaveLength(scenarios);
        expect((await lab.figure('auc')).rows.length).toBeGreaterThan(0);
        await expect(page.getByText(/\bNaN\b/)).toHaveCount(0);
      }
    });
  }
}
