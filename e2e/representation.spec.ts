/** Representation: the picture's numbers are recomputed from the rows that the page exports; embeddings run to their end. */
import { readFile } from 'node:fs/promises';
import { axeOf } from './support/axe';
import type { Page } from '@playwright/test';
import type { FigureTable, Lab } from './support/lab';
import { expect, test } from './support/lab';

const small = {
  model: 'optmsm',
  preset: 'tiny',
  steps: 40,
  batch: 256,
  evaluateEvery: 20,
  evaluationRows: 200,
  stopMetric: 'none',
  backend: 'wasm',
  tab: 'representation',
  autostart: 1,
};

type Row = Readonly<Record<string, string | number | null>>;

/** Waits until `count` runs are placed by the method. */
async function expectPlaced(lab: Lab, method: string, count = 1): Promise<void> {
  const panes = lab.control('representation-panes');
  await expect(panes).toHaveAttribute('data-method', method);
  await expect(panes).toHaveAttribute('data-ready', String(count));
  await expect(lab.control('embedding-progress')).toHaveCount(0);
}

async function exported(page: Page, figure: string): Promise<readonly Row[]> {
  const part = page.getByTestId(`figure-${figure}`);
  await part.getByRole('button', { name: /^Export:/ }).click();
  const download = page.waitForEvent('download');
  await part.getByRole('button', { name: 'JSON', exact: true }).click();
  const text = await readFile(await (await download).path(), 'utf8');
  return (JSON.parse(text) as { rows: Row[] }).rows;
}

const numberOf = (cell: string | undefined): number => Number(cell!.replace('−', '-'));
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, k) => sum + value * b[k]!, 0);
const cosine = (a: readonly number[], b: readonly number[]): number =>
  dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));

function vectorsOf(rows: readonly Row[]): number[][] {
  const names = Object.keys(rows[0]!).filter((name) => /^h\d+$/.test(name));
  return rows.map((row) => names.map((name) => row[name] as number));
}

/** Scores on the first principal axis by power iteration on the points themselves; the largest loading is positive. */
function firstAxis(vectors: readonly (readonly number[])[]): number[] {
  const middle = vectors[0]!.map((_, k) => mean(vectors.map((vector) => vector[k]!)));
  const centred = vectors.map((vector) => vector.map((value, k) => value - middle[k]!));
  let axis = middle.map((_, k) => 1 + k / 10);
  for (let turn = 0; turn < 3000; turn++) {
    const next = axis.map(() => 0);
    for (const vector of centred) {
      const score = dot(vector, axis);
      vector.forEach((value, k) => (next[k]! += score * value));
    }
    const length = Math.sqrt(dot(next, next));
    axis = next.map((value) => value / length);
  }
  const largest = axis.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
  return centred.map((vector) => dot(vector, axis) * Math.sign(largest));
}

function cellOf(table: FigureTable, row: string, column: string): number {
  const at = table.head.indexOf(column);
  expect(at, `column ${column} of ${table.head.join(', ')}`).toBeGreaterThanOrEqual(0);
  return numberOf(table.rows.find((cells) => cells[0] === row)?.[at]);
}

test('principal components, cosines and separation are those of the exported rows', async ({ lab, page }) => {
  // Layers so wide and a constraint so weak that no scenario falls silent, which would leave its cosines undefined.
  await lab.open({ ...small, hidden: '16,12', lambdaOrth: 0.0001 });
  await lab.expectState('done');
  await lab.control('representation-select').selectOption('own');
  await expectPlaced(lab, 'pca');
  const rows = await exported(page, 'representation');
  expect(rows.length).toBeGreaterThan(600);
  const vectors = vectorsOf(rows);
  const first = firstAxis(vectors);
  const size = Math.max(...first.map(Math.abs));
  rows.forEach((row, k) =>
    expect(Math.abs((row['component 1'] as number) - first[k]!) / size, `row ${k}`).toBeLessThan(2e-3),
  );

  const table = await lab.figure('representation');
  const names = table.rows.map((cells) => cells[0]!);
  expect(names).toHaveLength(3);
  const of = (name: string): number[] => rows.flatMap((row, k) => (row.scenario === name ? [k] : []));
  const means = names.map((name) => vectors[0]!.map((_, u) => mean(of(name).map((k) => vectors[k]![u]!))));
  for (const name of names) {
    expect(cellOf(table, name, 'points')).toBe(of(name).length);
    const shown = cellOf(table, name, 'component 1, mean');
    expect(Math.abs(shown - mean(of(name).map((k) => first[k]!))) / size).toBeLessThan(2e-3);
  }

  await lab.lead('representation-cosine');
  await lab.control('cosine-kind').getByText('of means').click();
  const cosines = await lab.figure('representation-cosine');
  names.forEach((name, a) =>
    names.forEach((other, b) =>
      expect(cellOf(cosines, name, other), `${name}, ${other}`).toBeCloseTo(cosine(means[a]!, means[b]!), 2),
    ),
  );

  const middle = vectors[0]!.map((_, u) => mean(vectors.map((vector) => vector[u]!)));
  const squared = (a: readonly number[]): number =>
    a.reduce((sum, value, u) => sum + (value - middle[u]!) ** 2, 0);
  const total = vectors.reduce((sum, vector) => sum + squared(vector), 0);
  const between = names.reduce((sum, name, a) => sum + of(name).length * squared(means[a]!), 0);
  const separation = await lab.figure('representation-separation');
  expect(numberOf(separation.rows.find((row) => row[0] === 'variance between scenarios')?.[1])).toBeCloseTo(
    between / total,
    3,
  );
});

test('the cosines of a row’s contrastive representations are those that the constraint acts on', async ({
  lab,
  page,
}) => {
  await lab.open(small);
  await lab.expectState('done');
  await expectPlaced(lab, 'pca');
  const rows = await exported(page, 'representation');
  const vectors = vectorsOf(rows);
  const names = ['0', '1', '2'].map((_, s) => rows[s]!.scenario as string);
  const shown = await lab.figure('representation-cosine');
  for (let a = 0; a < 3; a++) {
    for (let b = a + 1; b < 3; b++) {
      let [sum, count] = [0, 0];
      for (let row = 0; row * 3 < rows.length; row++) {
        const [one, other] = [vectors[3 * row + a]!, vectors[3 * row + b]!];
        const silent = dot(one, one) === 0 || dot(other, other) === 0;
        sum += silent ? 0 : cosine(one, other);
        count++;
      }
      expect(cellOf(shown, names[a]!, names[b]!)).toBeCloseTo(sum / count, 2);
    }
  }
});

test('UMAP and t-SNE run to their end in a worker, repeat for a seed, can be cancelled, and outlive a reload', async ({
  lab,
  page,
}) => {
  // Experts so wide that 1,024 rows are kept, and arranged, instead of 2,000.
  await lab.open({ ...small, model: 'mmoe', steps: 10, evaluateEvery: 10, expertHidden: '256' });
  await lab.expectState('done');
  await expectPlaced(lab, 'pca');
  const projection = lab.control('projection');
  await projection.getByText('UMAP').click();
  await lab.control('embedding-cancel').click();
  await expectPlaced(lab, 'pca');

  const arranged = new Map<string, readonly Row[]>();
  for (const [method, label] of [
    ['tsne', 't-SNE'],
    ['umap', 'UMAP'],
  ] as const) {
    await projection.getByText(label).click();
    await expectPlaced(lab, method);
    const rows = await exported(page, 'representation');
    const across = rows.map((row) => row[`${label} 1`] as number);
    expect(across.every(Number.isFinite)).toBe(true);
    expect(new Set(across).size).toBeGreaterThan(rows.length / 2);
    arranged.set(method, rows);
  }

  // By keyboard: a point is described, and its scenario highlighted.
  const plot = lab.control('representation-panes').getByRole('application').first();
  await plot.focus();
  await page.keyboard.press('ArrowRight');
  await expect(plot.getByRole('status')).toHaveText(
    /^row \d+, .+: (not )?clicked, truly .+\s%, predicted .+\s%$/,
  );
  const before = await plot.getByRole('status').innerText();
  for (const key of ['ArrowRight', 'ArrowDown', 'ArrowLeft']) await page.keyboard.press(key);
  await expect(plot.getByRole('status')).not.toHaveText(before);
  await page.keyboard.press('Escape');
  await expect(plot.getByRole('status')).toHaveText('');

  // The kept run shows the same picture for the same seed.
  await lab.open({ tab: 'representation' });
  await lab.control('run-list').getByRole('button').first().click();
  await expectPlaced(lab, 'pca');
  await projection.getByText('UMAP').click();
  await expectPlaced(lab, 'umap');
  const again = await exported(page, 'representation');
  expect(again.map((row) => row['UMAP 1'])).toEqual(arranged.get('umap')!.map((row) => row['UMAP 1']));
});

test('one click trains the twin without the constraint, and both stand side by side', async ({
  lab,
  page,
}) => {
  await lab.open({ ...small, hidden: '16,12', steps: 120, evaluateEvery: 60 });
  await lab.expectState('done');
  await expectPlaced(lab, 'pca');
  await lab.control('train-twin').click();
  await expectPlaced(lab, 'pca', 2);
  await expect(lab.control('representation-panes').getByRole('application')).toHaveCount(2);
  await expect(lab.control('train-twin')).toHaveCount(0);
  const table = await lab.figure('representation');
  expect(table.head[1]).toBe('run');
  expect(table.rows).toHaveLength(6);
  await expect.poll(async () => (await lab.figure('representation-cosine')).rows.length).toBe(6);
  const cosines = await lab.figure('representation-cosine');
  const apart = (from: number): number =>
    [0, 1, 2].reduce(
      (sum, a) =>
        sum + [0, 1, 2].reduce((of, b) => of + (a === b ? 0 : numberOf(cosines.rows[from + a]![2 + b])), 0),
      0,
    ) / 6;
  // What the constraint is for: with it, a row's representations in different scenarios share less.
  expect(apart(0)).toBeLessThan(apart(3));
  const { violations } = await axeOf(page).include('.lab-inspect').analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)).toEqual([]);
  await page.getByLabel('Kept run to stand beside').selectOption('none');
  await expect(lab.control('representation-panes').getByRole('application')).toHaveCount(1);
});

test('a run that trains is read when asked, and goes on', async ({ lab }) => {
  await lab.open({ ...small, steps: 4000, evaluateEvery: 500 });
  await lab.expectStepAtLeast(5);
  await lab.control('read-representation').click();
  await expectPlaced(lab, 'pca');
  const step = await lab.step();
  await lab.expectStepAtLeast(step + 5);
  expect((await lab.figure('representation')).rows).toHaveLength(3);
  await lab.control('stop').click();
  await lab.expectState('done');
});
