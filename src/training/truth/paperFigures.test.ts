import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../engine';
import { specificFieldsOf } from '../../data/simulate';
import { TINY, tinyDataset } from '../../data/simulate/testing';
import { createRun } from '../run';
import { parseSetup } from '../parseSetup';
import { defaultTraining, presetSettings } from '../setup';
import { RELATIVE_REFERENCES, referenceFigures } from './byReference';
import { aucFigure } from './figures';
import { gateRecovery } from './gateRecovery';
import { truthFigures } from './truthFigures';
import { votesError } from './votes';
import type { Dataset } from '../../data/dataset';

/** Four context fields of which each counts in one scenario, and one of all. */
const WITH_SIGNALS = { ...TINY, signals: { specific: 4, common: 1 } };

describe('error of votes', () => {
  const rows = { scenarios: 3, scenario: [0, 0, 2], weight: [1, 3, 2] };
  const truth = [0.5, 0.2, 0.4, 0.5, 0.1, 0.3, 0.6, 0.2, 0.9];

  it('is the mean absolute error in the other scenarios, by hand', () => {
    const estimate = [0.9, 0.3, 0.4, 0.1, 0.1, 0.1, 0.5, 0.4, 0.2];
    // Row 0: 0.1 and 0. Row 1: 0 and 0.2. Row 2: 0.1 and 0.2. What is said of the own scenario does not count.
    const figure = votesError(estimate, truth, rows);
    expect(figure.scenarios[0]).toBeCloseTo((1 * 0.1 + 3 * 0.2) / (2 * 4), 12);
    expect(figure.scenarios[1]).toBeNull();
    expect(figure.scenarios[2]).toBeCloseTo(0.3 / 2, 12);
    expect(figure.overall).toBeCloseTo((0.1 + 0.6 + 2 * 0.3) / 12, 12);
    expect(figure.mean).toBe(figure.overall);
  });

  it('is 0 of the truth itself, and nothing of a single scenario', () => {
    expect(votesError(truth, truth, rows).overall).toBe(0);
    expect(votesError([0.5], [0.4], { scenarios: 1, scenario: [0], weight: [1] })).toEqual({
      overall: null,
      mean: null,
      scenarios: [null],
    });
  });
});

describe('recovery of specific fields by a gate', () => {
  const specific = [
    { name: 'a', counts: [true, false] },
    { name: 'b', counts: [false, true] },
  ];
  const fields = ['a', 'other', 'b'];
  const rows = { scenarios: 2, scenario: [0, 1], weight: [0.9, 0.1] };
  const of = (weights: readonly number[]) => gateRecovery({ weights, fields }, specific, rows);

  it('is 1 where each scenario lets its own field through most, 0 where least, ½ where all are alike', () => {
    expect(of([0.8, 0.1, 0.3, 0.2, 0.9, 0.6])).toEqual({ overall: 1, mean: 1, scenarios: [1, 1] });
    expect(of([0.3, 0.1, 0.8, 0.6, 0.9, 0.2])).toEqual({ overall: 0, mean: 0, scenarios: [0, 0] });
    expect(of([0.5, 0.1, 0.5, 0.5, 0.9, 0.5]).overall).toBe(0.5);
    // Right in the first scenario, wrong in the second: pairs (0.8, 0.3), (0.8, 0.6) won, (0.2, 0.3) and (0.2, 0.6) lost.
    const mixed = of([0.8, 0, 0.3, 0.6, 0, 0.2]);
    expect(mixed.scenarios).toEqual([1, 0]);
    expect(mixed.mean).toBeCloseTo(0.9, 12);
    expect(mixed.overall).toBe(0.5);
  });

  it('judges the mean over rows, by their weights', () => {
    const judged = { scenarios: 1, scenario: [0, 0], weight: [3, 1] };
    const only = [specific[0]!, { name: 'b', counts: [false] }];
    const weights = [0.5, 0, 0.4, 0.1, 0, 0.6];
    // Means 0.4 and 0.45.
    expect(gateRecovery({ weights, fields }, only, judged).overall).toBe(0);
    expect(gateRecovery({ weights, fields }, only, { ...judged, weight: [9, 1] }).overall).toBe(1);
  });

  it('is undefined where no specific field is gated, or no row came', () => {
    const none = { overall: null, mean: null, scenarios: [null, null] };
    const weights = new Float32Array(6);
    expect(gateRecovery({ weights, fields: ['x', 'y', 'z'] }, specific, rows)).toEqual(none);
    expect(gateRecovery({ weights: [], fields }, specific, { ...rows, scenario: [], weight: [] })).toEqual(
      none,
    );
  });

  it('knows from the simulator which fields count where, and that at dose 0 none does', async () => {
    expect(specificFieldsOf(await tinyDataset({}))).toEqual([]);
    const undosed = specificFieldsOf(await tinyDataset({ specificFields: 0 }, 1, WITH_SIGNALS));
    expect(undosed.flatMap(({ counts }) => counts)).not.toContain(true);
    const names = undosed.map(({ name }) => name);
    const nothing = gateRecovery({ weights: new Float32Array(8), fields: names }, undosed, {
      ...rows,
      scenarios: 4,
    });
    expect(nothing).toEqual({ overall: null, mean: null, scenarios: [null, null, null, null] });
    const found = specificFieldsOf(await tinyDataset({ specificFields: 0.5 }, 1, WITH_SIGNALS));
    expect(found.map(({ name }) => name)).toEqual(['signal_1', 'signal_2', 'signal_3', 'signal_4']);
    found.forEach(({ counts }, f) => expect(counts).toEqual([0, 1, 2, 3].map((s) => s === f)));
  });
});

describe('figures by reference', () => {
  it('are those of the match score times its gate at 0, and the match’s own order within one gate at any c', () => {
    const match = Float32Array.of(-1, 2, 0.5, -3);
    const judged = {
      scenarios: 1,
      scenario: [0, 0, 0, 0],
      weight: [1, 1, 1, 1],
      share: [0.2, 0.9, 0.4, 0.3],
    };
    const gate = Float32Array.of(0.1, 0.2, 0.9, 0.8);
    const found = referenceFigures({ match, gate }, judged, judged);
    expect(Object.keys(found)).toHaveLength(2 * RELATIVE_REFERENCES.length);
    const fused = Float64Array.from(match, (value, row) => value * gate[row]!);
    expect(found['interestAucAtC0']).toEqual(aucFigure(fused, judged));
    const constant = referenceFigures({ match, gate: new Float32Array(4).fill(0.5) }, judged, judged);
    for (const figure of Object.values(constant)) expect(figure).toEqual(aucFigure(match, judged));
  });
});

describe('of a finished run', () => {
  async function figuresOf(dataset: Dataset, model: string) {
    const backend = await openBackend('wasm');
    const training = { ...defaultTraining(), steps: 2, batch: 128, evaluateEvery: 2 };
    const settings = presetSettings(model, 'tiny');
    const setup = parseSetup({ model, settings, training, dataset: dataset.id, seed: 1, backend: 'wasm' });
    const run = createRun({ id: 'run', setup, dataset, backend });
    for await (const event of run.events) void event;
    const figures = await truthFigures(run.trainer);
    run.dispose();
    return figures;
  }
  let small: Dataset;
  let signals: Dataset;
  beforeAll(async () => {
    small = await tinyDataset({ directEffect: 1 });
    signals = await tinyDataset({ specificFields: 0.5 }, 1, WITH_SIGNALS);
  });

  it('CausalInt’s votes have an error between 0 and 1, and no other model has any', async () => {
    const { votesError: error, votesErrorOwn: own } = await figuresOf(small, 'causalint');
    for (const value of [error!.overall, ...error!.scenarios]) {
      expect(value).toBeGreaterThan(0);
      expect(value).toBeLessThan(1);
    }
    // What the row's own prediction says of the other scenarios is another answer to the same question.
    expect(own!.scenarios.map((value) => value !== null && value > 0 && value < 1)).toEqual(
      error!.scenarios.map(() => true),
    );
    expect(own).not.toEqual(error);
    const mix = await figuresOf(small, 'mix');
    expect([mix.votesError, mix.votesErrorOwn]).toEqual([undefined, undefined]);
  });

  it('OptMSM’s gate is judged where fields are specific', async () => {
    const { gateRecovery: recovery } = await figuresOf(signals, 'optmsm');
    expect(recovery!.scenarios).toHaveLength(4);
    expect(recovery!.scenarios.every((value) => value !== null && value >= 0 && value <= 1)).toBe(true);
    expect((await figuresOf(small, 'optmsm')).gateRecovery).toBeUndefined();
  });

  it('M-scan’s references are seven, and at 0 the plain interest AUC', async () => {
    const figures = await figuresOf(small, 'mscan');
    expect(Object.keys(figures).filter((name) => /AtC-?\d/.test(name))).toHaveLength(14);
    expect(figures['interestAucAtC0']!.overall).toBeGreaterThan(0);
  });
});
