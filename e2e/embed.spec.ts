/** `?embed=`: one thing without the page around it. */
import { expect, test } from './support/lab';
import type { Page } from '@playwright/test';

const STORIES = ['scenarios', 'sarnet', 'causalint', 'optmsm', 'mscan', 'aread'];

/** Another address in the same page, so that its run stays. */
async function turn(page: Page, query: string): Promise<void> {
  await page.evaluate((search) => {
    history.pushState(null, '', search);
    dispatchEvent(new PopStateEvent('popstate'));
  }, query);
}

/** What a run of a model can be asked for: pictures by their names, tabs, probes, the two charts. */
const ASKED: Readonly<Record<string, readonly string[]>> = {
  causalint: [
    'auc',
    'loss',
    'model',
    'causal-graph',
    'whatif',
    'votes',
    'conflict',
    'projection',
    'representation',
    'gates',
    'counterfactual',
    'alpha',
  ],
  mscan: ['c-sweep', 'alpha-sweep', 'attention', 'graph'],
  sarnet: ['fairness', 'gates'],
};

test('every kind of figure and every screen of a story stands alone, framed by any page', async ({
  lab,
  page,
}) => {
  const alone = async (name: string) => {
    await expect(page.getByRole('navigation'), name).toHaveCount(0);
    await expect(page.getByRole('banner'), name).toHaveCount(0);
  };
  for (const [model, names] of Object.entries(ASKED)) {
    const setup = `model=${model}&preset=tiny&batch=128&steps=4&evaluateEvery=2&evaluationRows=300&stopMetric=none&backend=wasm`;
    const response = await page.goto(`./?embed=${names[0]}&${setup}&autostart=1`);
    expect(response?.headers()['content-security-policy']).toContain('frame-ancestors *');
    await lab.expectState('done');
    for (const name of names) {
      await turn(page, `?embed=${name}&${setup}`);
      const embedded = page.locator(`[data-testid="embedded"][data-name="${name}"]`);
      await expect(embedded.locator('[data-testid^="figure-"]').first(), name).toBeVisible();
      await alone(name);
    }
  }
  await turn(page, '?embed=nothing-such&model=sarnet&preset=tiny');
  await expect(page.getByTestId('embedded')).toContainText('has no picture “nothing-such”');
  for (const story of STORIES) {
    for (const screen of [1, 2, 3, 4, 5]) {
      await turn(page, `?embed=${story}-${screen}`);
      const shown = page.locator(`[data-story="${story}"][data-screen="${screen}"]`);
      const part = [
        'figure-learn-person',
        'figure-learn-graph',
        'figure-learn-flow',
        'prediction',
        'exercise-3',
      ];
      await expect(shown.getByTestId(part[screen - 1]!), `${story}-${screen}`).toBeVisible();
      await alone(`${story}-${screen}`);
    }
  }
});
