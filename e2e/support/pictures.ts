/** What specs of pictures share: a small trained run on a tab, its tables as numbers, its record as a file. */
import { readFile } from 'node:fs/promises';
import { expect } from '@playwright/test';
import type { FigureTable, Lab } from './lab';

/** Settings that make a run small enough for a test. */
const small = {
  preset: 'tiny',
  batch: 256,
  evaluationRows: 300,
  stopMetric: 'none',
  backend: 'wasm',
  autostart: 1,
};

/** Trains a small run to its end and opens a tab of it. */
export async function trained(
  lab: Lab,
  query: Readonly<Record<string, string | number>>,
  tab: string,
): Promise<void> {
  await lab.open({ ...small, ...query });
  await lab.expectState('done');
  await lab.control(`tab-${tab}`).click();
}

/** A cell as a number; `undefined` is NaN, so that no comparison holds of it. */
export function numeric(cell: string | undefined): number {
  return Number((cell ?? '').replace('−', '-') || Number.NaN);
}

/** The numbers of a row after its label. */
export const numbers = (row: readonly string[]): number[] => row.slice(1).map(numeric);

/** A figure of gates: a row for each scenario, its shares at least 0 and together 1. */
export async function expectShares(lab: Lab, figure: string, scenarios: number): Promise<void> {
  const { rows } = await lab.figure(figure);
  expect(rows).toHaveLength(scenarios);
  for (const row of rows) {
    expect(row.length).toBeGreaterThan(2);
    for (const value of numbers(row)) expect(value).toBeGreaterThanOrEqual(0);
    expect(
      numbers(row).reduce((sum, value) => sum + value, 0),
      `${figure}, ${row[0]}`,
    ).toBeCloseTo(1, 3);
  }
}

export function column(table: FigureTable, name: string): number {
  const at = table.head.indexOf(name);
  expect(at, `column ${name} of ${table.head.join(', ')}`).toBeGreaterThanOrEqual(0);
  return at;
}

/**
 * AUC of rows that are each a bit of a click and a bit of none: every pair of rows, in the share in which the one is
 * clicked and the other is not. With labels of 0 and 1 it is the usual AUC. Independent of the project's own.
 */
export function softAuc(
  score: readonly number[],
  clicked: readonly number[],
  weight: readonly number[],
): number {
  const order = score.map((_, k) => k).sort((a, b) => score[a]! - score[b]!);
  let [below, won, positives, negatives] = [0, 0, 0, 0];
  for (let k = 0; k < order.length;) {
    let [tiedPositive, tiedNegative] = [0, 0];
    const value = score[order[k]!]!;
    for (; k < order.length && score[order[k]!] === value; k++) {
      const row = order[k]!;
      tiedPositive += weight[row]! * clicked[row]!;
      tiedNegative += weight[row]! * (1 - clicked[row]!);
    }
    won += tiedPositive * (below + tiedNegative / 2);
    below += tiedNegative;
    positives += tiedPositive;
    negatives += tiedNegative;
  }
  return won / (positives * negatives);
}

/** Spearman's rank correlation, ties at their middle rank. */
export function spearman(x: readonly number[], y: readonly number[]): number {
  const ranks = (values: readonly number[]) => {
    const sorted = [...values].sort((a, b) => a - b);
    return values.map((value) => (sorted.indexOf(value) + sorted.lastIndexOf(value)) / 2);
  };
  const [a, b] = [ranks(x), ranks(y)];
  const middle = (x.length - 1) / 2;
  const dot = (p: readonly number[], q: readonly number[]) =>
    p.reduce((sum, value, k) => sum + (value - middle) * (q[k]! - middle), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

/** A figure's numbers with all their digits, from the JSON file that it exports. */
export async function exportedNumbers(
  lab: Lab,
  figure: string,
): Promise<readonly Readonly<Record<string, number | null>>[]> {
  await lab.lead(figure);
  const part = lab.page.getByTestId(`figure-${figure}`);
  await part.getByRole('button', { name: /^Export:/ }).click();
  const download = lab.page.waitForEvent('download');
  await part.getByRole('button', { name: 'JSON', exact: true }).click();
  const text = await readFile(await (await download).path(), 'utf8');
  return (JSON.parse(text) as { rows: Readonly<Record<string, number | null>>[] }).rows;
}

/** Columns by name of a file of numbers. */
export async function exportedRows(lab: Lab): Promise<(name: string) => number[]> {
  const download = lab.page.waitForEvent('download');
  await lab.control('export-rows').click();
  const text = await readFile(await (await download).path(), 'utf8');
  const [head, ...lines] = text.trim().split('\n');
  const names = head!.split(',');
  const rows = lines.map((line) => line.split(',').map(Number));
  return (name) => rows.map((row) => row[names.indexOf(name)]!);
}

export interface ExportedProbe {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: { readonly values: readonly number[] };
  readonly defined: { readonly values: readonly number[] };
}

/** The parts of an exported run that specs read. */
export interface ExportedRun {
  readonly status: string;
  readonly datasetTitle: string;
  readonly setup: {
    readonly model: string;
    readonly seed: number;
    readonly settings: Readonly<Record<string, unknown>>;
  };
  readonly final: {
    readonly overall: { readonly noiseFreeAuc: number; readonly auc: number };
    readonly scenarios: readonly { readonly noiseFreeAuc: number; readonly auc: number }[];
  };
  readonly probes: readonly { readonly step: number; readonly probes: readonly ExportedProbe[] }[];
  readonly probeSpecs: readonly {
    readonly name: string;
    readonly axes: readonly { readonly labels?: readonly string[] }[];
  }[];
}

/** Every kept run as its exported file; leaves the Compare page open with none chosen. */
export async function exportedRuns(lab: Lab): Promise<ExportedRun[]> {
  const { page } = lab;
  await page.getByRole('link', { name: 'Compare' }).click();
  const found: ExportedRun[] = [];
  const runs = page.getByTestId('compare-runs').getByRole('listitem');
  await expect(runs.first()).toBeVisible();
  for (const run of await runs.all()) {
    const none = page.getByRole('button', { name: 'None', exact: true });
    if (await none.isEnabled()) await none.click();
    await run.getByRole('checkbox').check();
    const download = page.waitForEvent('download');
    await page.getByTestId('export-runs').click();
    found.push(JSON.parse(await readFile(await (await download).path(), 'utf8')) as ExportedRun);
  }
  return found;
}

/** A probe's values at each kept step. */
export function probeOverTime(
  run: ExportedRun,
  name: string,
): readonly { readonly step: number; readonly values: readonly (number | null)[] }[] {
  return run.probes.flatMap(({ step, probes }) =>
    probes
      .filter((probe) => probe.name === name)
      .map((probe) => ({
        step,
        values: probe.values.values.map((value, k) => (probe.defined.values[k] === 1 ? value : null)),
      })),
  );
}
