import { expect, it } from 'vitest';
import type { Ceilings, Metrics, ScenarioMetrics } from '../../training/metrics';
import { defaultSetup } from '../../training/setup';
import type { Cell } from './cell';
import { placeTables } from './document';
import { studyReport } from './report';
import { aucTable, pairedTable, wayToCeiling, type RowResult } from './table';

const ofScenario = (value: number | null): ScenarioMetrics => ({
  rows: 10,
  positives: 2,
  auc: value,
  noiseFreeAuc: value,
  interestAuc: null,
  logLoss: null,
  calibration: null,
});
const metrics = (values: readonly (number | null)[]): Metrics => ({
  scenarios: values.map(ofScenario),
  overall: ofScenario(0.6),
  domainAuc: 0.61,
  domainNoiseFreeAuc: 0.62,
  major5Auc: 0.7,
  minor10Auc: null,
  minor5Auc: null,
});
const scenarios = ['one', 'two'].map((name) => ({ id: name, name, group: null, share: 0.5, clickRate: 0.1 }));
const ceilings: Ceilings = { scenarios: [0.7, 0.8], overall: 0.75, domain: 0.76 };
const result = (name: string, seeds: readonly (readonly (number | null)[])[]): RowResult => ({
  row: { name, table: null, model: 'mix', settings: {} },
  cells: seeds.map((values, k): Cell => ({
    setup: { ...defaultSetup(), seed: k + 1 },
    fingerprint: 'f',
    final: metrics(values),
    ceilings,
    bestStep: 100 * (k + 1),
    steps: 400,
    seconds: 1,
  })),
});

it('the way to the ceiling starts at chance and is undefined without a ceiling', () => {
  expect(wayToCeiling(0.6, 0.7)).toBeCloseTo(0.5);
  expect(wayToCeiling(0.6, null)).toBeNull();
  expect(wayToCeiling(null, 0.7)).toBeNull();
});

it('a table has one row a model, the ceiling last, and says undefined where a seed has no AUC', () => {
  const table = aucTable(
    [
      result('A', [
        [0.6, 0.5],
        [0.62, 0.52],
      ]),
      result('B', [
        [0.6, null],
        [0.62, 0.52],
      ]),
    ],
    scenarios,
    'noiseFree',
  );
  const lines = table.split('\n');
  expect(lines[0]).toContain('| one | two |');
  expect(lines[2]).toContain('| A | 0.6100 ± 0.0141 | 0.5100 ± 0.0141 |');
  expect(lines[3]).toContain('| B | 0.6100 ± 0.0141 | undefined |');
  expect(lines[4]).toContain('| *ceiling* | 0.7000 | 0.8000 |');
});

it('differences are paired by seed and count the seeds won', () => {
  const table = pairedTable(
    [
      result('A', [
        [0.6, 0.5],
        [0.6, 0.5],
      ]),
      result('B', [
        [0.62, 0.49],
        [0.61, 0.51],
      ]),
    ],
    scenarios,
  );
  expect(table.split('\n')[2]).toContain('| B | +0.0150 (2/2) | +0.0000 (1/2) |');
});

it('tables replace only what stands between their own markers', () => {
  const page =
    '# M\n\n<!-- study:start a -->\nold\n<!-- study:end -->\n\n<!-- study:start b -->\nkept\n<!-- study:end -->\n';
  const placed = placeTables(page, 'a', 'new');
  expect(placed).toContain('<!-- study:start a -->\n\nnew\n\n<!-- study:end -->');
  expect(placed).toContain('kept');
  expect(placed).not.toContain('old');
  expect(placeTables(placed, 'a', 'new')).toBe(placed);
  expect(placeTables('# M\n', 'c', 'x')).toBe('# M\n\n<!-- study:start c -->\n\nx\n\n<!-- study:end -->\n');
});

it('a report says how it was trained, then each table, and compares only where there is something to compare with', () => {
  const [a, b] = [
    result('A', [
      [0.6, 0.5],
      [0.62, 0.52],
      [0.61, 0.51],
    ]),
    result('B', [
      [0.6, 0.5],
      [0.6, 0.5],
      [0.6, 0.5],
    ]),
  ];
  const report = studyReport([a, b], scenarios);
  expect(report).toMatch(/^`aliccp-3` \(simulated\), 3 seeds, at most \d+ steps of/);
  expect(report).toContain('Median best step: A 200, B 200.');
  expect(report).toContain('Difference in noise-free AUC from A, paired over seeds');
  expect(report.split('\n\n')).toHaveLength(9);
  expect(studyReport([a], scenarios)).not.toContain('Difference');
  expect(() => studyReport([], scenarios)).toThrow(/nothing to report/);
});
