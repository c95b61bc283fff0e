/** The table of every model: what it says of stored runs, on runs that were made up for it. */
import { expect, it } from 'vitest';
import { madeUpStudy } from '../reproduce/testing';
import { everyModelTable } from './everyModel';
import type { StoredStudy } from './format';

/** Of each model: AUC, how much less in the smallest scenario, best step; `wild` seeds are far apart. */
const MADE = {
  lr: { auc: 0.7, smallest: 0, best: 100 },
  fm: { auc: 0.7, smallest: 0, best: 100 },
  mix: { auc: 0.71, smallest: 0, best: 100 },
  autoint: { auc: 0.68, smallest: 0, best: 300 },
  single: { auc: 0.69, smallest: 0.15, best: 100 },
  star: { auc: 0.69, smallest: 0, best: 30 },
  hinet: { auc: 0.69, smallest: 0, best: 150 },
  mmoe: { auc: 0.73, smallest: 0, best: 100 },
} as const;

function study(seeds = 5): StoredStudy {
  const made = madeUpStudy('ranks');
  const [world] = made.worlds;
  const [cell] = made.cells;
  const shares = [0.8, 0.2];
  return {
    ...made,
    worlds: [
      {
        ...world!,
        id: 'aliccp-3',
        scenarios: shares.map((share, s) => ({ id: `s${s}`, name: `S${s}`, share })),
        ceilings: { overall: 0.8, mean: 0.79, scenarios: [0.8, 0.8] },
      },
    ],
    variants: Object.keys(MADE).map((id) => ({ ...made.variants[0]!, id, model: id })),
    cells: Object.entries(MADE).flatMap(([variant, { auc, smallest, best }]) =>
      Array.from({ length: seeds }, (_, k) => {
        const mean = auc + 0.0002 * (k % 3);
        const noiseFreeAuc = { overall: mean, mean, scenarios: [mean, mean - smallest] };
        const figures = { noiseFreeAuc };
        return { ...cell!, world: 'aliccp-3', variant, seed: k + 1, figures, bestStep: best, steps: 300 };
      }),
    ),
  };
}

const lineOf = (table: string, title: string): readonly string[] =>
  table
    .split('\n')
    .find((line) => line.startsWith(`| [${title}]`))!
    .split('|')
    .map((cell) => cell.trim())
    .slice(1, -1);

it('holds every model against LR, FM and Mix, with the ceiling, and says why from the runs alone', () => {
  const table = everyModelTable(study())!;
  expect(lineOf(table, 'MMoE')).toEqual([
    ...['[MMoE](mmoe.md)', '0.7302 ± 0.0002 (5)'],
    ...['+0.0300 above', '+0.0300 above', '+0.0200 above', '100', ''],
  ]);
  expect(lineOf(table, 'LR').slice(2)).toEqual(['–', '0.0000 no effect', '−0.0100 below', '100', 'unknown']);
  expect(lineOf(table, 'AutoInt').at(-1)).toBe('budget: best at its last step in 5 of 5 seeds');
  expect(lineOf(table, 'Single').at(-1)).toBe('few rows: −0.1700 in the smallest scenario');
  expect(lineOf(table, 'STAR').at(-1)).toBe('overfits: best at step 30 of 300');
  expect(lineOf(table, 'HiNet').at(-1)).toBe('unknown');
  expect(table).toContain('| _ceiling_ | 0.7900 |');
  expect(table).not.toContain('[CausalInt]');
});

it('decides nothing of fewer than five seeds, and says nothing without the twin', () => {
  const table = everyModelTable(study(3))!;
  expect(lineOf(table, 'AutoInt').slice(2, 5)).toEqual([
    '−0.0200 undecided',
    '−0.0200 undecided',
    '−0.0300 undecided',
  ]);
  expect(lineOf(table, 'AutoInt').at(-1)).toBe('');
  expect(everyModelTable(madeUpStudy('ranks'))).toBeNull();
});
