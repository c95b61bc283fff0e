import { describe, expect, it } from 'vitest';
import { findModel } from '../../models/registry';
import type { Metrics, ScenarioMetrics } from '../../training/metrics/types';
import { defaultSetup, presetSettings } from '../../training/setup';
import type { Ablation, FinalMetrics } from './ablation';
import { ablationRuns, rowChoices } from './rows';
import { directionOf } from './direction';
import { ablationSections, agreement } from './sections';

const one = (auc: number): ScenarioMetrics => ({
  rows: 100,
  positives: 10,
  auc,
  noiseFreeAuc: auc,
  interestAuc: null,
  logLoss: 0.1,
  calibration: 1,
});

function finals(aucs: readonly number[]): FinalMetrics {
  const final: Metrics = {
    scenarios: aucs.map(one),
    overall: one(aucs[0]!),
    domainAuc: aucs[0]!,
    domainNoiseFreeAuc: aucs[0]!,
    major5Auc: null,
    minor10Auc: null,
    minor5Auc: null,
  };
  // Not in the order of their shares, as imported data may be.
  const scenarios = [0.38, 0.61, 0.01].map((share, k) => ({
    id: `s${k}`,
    name: `S${k}`,
    group: null,
    share,
    clickRate: 0.04,
  }));
  return { scenarios, final, datasetTitle: 'simulated' };
}

function ablation(model: string, dataset: string, choice: string, seeds: number): Ablation {
  const base = { ...defaultSetup(), model, dataset, settings: presetSettings(model, 'browser') };
  const { rows } = rowChoices(findModel(model), base).find(({ id }) => id === choice)!;
  return {
    id: 'x',
    name: 'x',
    createdAt: '',
    base,
    seeds: Array.from({ length: seeds }, (_, k) => 1 + k),
    rows: rows.map(({ name, table, changes }) => ({
      name,
      table,
      settings: { ...base.settings, ...changes },
    })),
    runs: ablationRuns(findModel(model), base, rows, seeds).map((_, k) => `run${k}`),
  };
}

describe('an ablation of CausalInt’s Table 5', () => {
  const asked = ablation('causalint', 'aliccp-3', 'Table 5', 3);
  /** Row r at seed s: every variant 0.01 (r + 1) below SRM, the last row, with a wobble that differs by seed. */
  const run = (id: string) => {
    const k = Number(id.slice(3));
    const [row, seed] = [k % 5, Math.floor(k / 5)];
    const below = row === 4 ? 0 : 0.01 * (row + 1) + 0.001 * seed;
    return finals([0.7, 0.6, 0.55].map((value) => value + 0.02 * seed - below));
  };
  const [section, ...others] = ablationSections(asked, run, 'noiseFree');

  it('has the paper’s rows in the paper’s order, against SRM', () => {
    expect(others).toEqual([]);
    expect(section!.id).toBe('Table 5');
    expect(section!.rows.map((row) => row.name)).toEqual([
      'w/o orth',
      'w/o invar',
      'w/o classifier',
      'w/o concat',
      'SRM',
    ]);
    expect(section!.rows.map((row) => row.reference)).toEqual([false, false, false, false, true]);
    expect(section!.rows.every((row) => row.asked && row.seeds === 3)).toBe(true);
  });

  it('gives mean, spread, and the difference paired over seeds', () => {
    const cell = section!.rows[0]!.cells[0]!;
    // 0.7 + 0.02 s - 0.01 - 0.001 s
    expect(cell.spread!.mean).toBeCloseTo(0.709, 10);
    expect(cell.spread!.deviation).toBeCloseTo(0.019, 10);
    expect(cell.difference).toBeCloseTo(-0.011, 10);
    expect(cell.p).toBeLessThan(0.05);
    expect(section!.rows[4]!.cells[0]).toMatchObject({ difference: null, p: null, direction: null });
  });

  it('puts the paper’s numbers beside, matched by share and not by number', () => {
    // #1 of Table 5 is the medium scenario, which is the first here; #2 the large one.
    expect(section!.columns.map((column) => column.printed)).toEqual(['#1', '#2', '#3', null, null]);
    const [medium, large] = section!.rows[0]!.cells;
    expect(medium).toMatchObject({ printed: 0.6182, direction: 'agrees' });
    expect(large!.printed).toBe(0.6137);
    expect(large!.printedDifference).toBeCloseTo(0.6137 - 0.6148, 10);
    expect(agreement(section!)).toEqual({
      compared: 12,
      agree: 12,
      beyondChance: 12,
      oppositeBeyondChance: 0,
    });
    expect(section!.source).toContain('Table 5');
  });

  it('on other data keeps the direction of the mean alone', () => {
    const elsewhere = ablationSections(
      { ...asked, base: { ...asked.base, dataset: 'own' } },
      run,
      'noiseFree',
    )[0]!;
    expect(elsewhere.columns.every((column) => column.printed === null)).toBe(true);
    expect(elsewhere.rows[0]!.cells.map((cell) => cell.direction)).toEqual([
      null,
      null,
      null,
      null,
      'agrees',
    ]);
    expect(elsewhere.source).toContain('not this dataset');
  });

  it('can be read before all runs are done, and says so by its seeds', () => {
    const early = ablationSections(asked, (id) => (id === 'run4' ? run(id) : undefined), 'noiseFree')[0]!;
    expect(early.rows.map((row) => row.seeds)).toEqual([0, 0, 0, 0, 1]);
    expect(early.rows[0]!.cells[0]).toMatchObject({ spread: null, difference: null, direction: null });
  });
});

describe('other ablations', () => {
  const flat = () => finals([0.7, 0.6, 0.55]);

  it('each switch in turn stands against the run itself, with the paper’s tables that it completes', () => {
    const sections = ablationSections(ablation('causalint', 'aliccp-3', 'switches', 1), flat, 'noiseFree');
    expect(sections[0]!.id).toBe('switches');
    expect(sections[0]!.rows).toHaveLength(6);
    expect(sections[0]!.rows[0]!.reference).toBe(true);
    const seven = sections.find((section) => section.id === 'Table 7')!;
    expect(seven.rows.map((row) => row.asked)).toEqual([true, false, false, true]);
  });

  it('orders that a text states are held against the runs', () => {
    const asked = ablation('aread', 'amazon-25', 'Figure 6', 2);
    const names = asked.rows.map((row) => row.name);
    const run = (id: string) => {
      const name = names[Number(id.slice(3)) % names.length]!;
      return finals([{ MMoE: 0.7, '+HEI': 0.69, '+HEMP': 0.65, AREAD: 0.72 }[name]!, 0.6, 0.5]);
    };
    const section = ablationSections(asked, run, 'noiseFree')[0]!;
    const by = (above: string, below: string) =>
      section.stated.find((one) => one.above === above && one.below === below)!;
    expect(by('MMoE', '+HEI')).toMatchObject({ direction: 'agrees' });
    expect(by('+HEMP', '+HEI')).toMatchObject({ direction: 'opposite' });
    expect(section.source).toContain('AREAD, AAAI 2025');
  });

  it.each([
    [-0.01, -0.02, 0.01, 'agrees'],
    [-0.01, -0.02, 0.2, 'agrees, within chance'],
    [0.01, -0.02, null, 'opposite, within chance'],
    [0.01, -0.02, 0.001, 'opposite'],
    [0.01, 0, 0.001, null],
    [null, -0.01, null, null],
  ] as const)('difference %s beside printed %s at p = %s: %s', (own, printed, p, wanted) => {
    expect(directionOf(own, printed, p)).toBe(wanted);
  });
});
