import { beforeAll, describe, expect, it, test } from 'vitest';
import fc from 'fast-check';
import { openBackend } from '../../engine';
import { tinyDataset } from '../../data/simulate/testing';
import { createRun } from '../run';
import { parseSetup } from '../parseSetup';
import { defaultTraining, presetSettings } from '../setup';
import { aucFigure } from './figures';
import { truthFigures } from './truthFigures';
import type { BackendInfo } from '../../engine';
import type { Dataset } from '../../data/dataset';
import type { Run } from '../run';

describe('an AUC as a figure', () => {
  it('is that of each scenario, their mean by traffic, and that of all rows pooled', () => {
    const rows = {
      scenarios: 3,
      scenario: [0, 0, 0, 0, 1, 1],
      weight: [1, 1, 1, 1, 3, 3],
      share: [1, 0, 1, 0, 1, 0],
    };
    // Scenario 0: pairs (0.9, 0.5) won, (0.9, 0.6) won, (0.6, 0.5) won, (0.6, 0.6) a tie: 3.5 of 4. Scenario 1: lost. Scenario 2: no rows.
    const figure = aucFigure([0.9, 0.5, 0.6, 0.6, 0.1, 0.2], rows);
    expect(figure.scenarios).toEqual([0.875, 0, null]);
    expect(figure.mean).toBeCloseTo((4 * 0.875 + 6 * 0) / 10, 12);
    // Positives weigh 1, 1, 3 and negatives 1, 1, 3: of 25, the first wins 1 + 1 + 3, the second 1 + ½ + 3, the third nothing.
    expect(figure.overall).toBeCloseTo((5 + 4.5) / 25, 12);
  });

  it('leaves out rows that do not count', () => {
    const rows = { scenarios: 1, scenario: [0, 0, 0], weight: [1, 1, 1], share: [1, 0, 0] };
    expect(aucFigure([1, 2, 0], rows, [1, 0, 1]).overall).toBe(1);
    expect(aucFigure([1, 2, 0], rows, [0, 1, 1])).toEqual({ overall: null, mean: null, scenarios: [null] });
  });

  test('does not change under a rising transform of the scores, and is 1 minus itself under a falling one', () => {
    const row = fc.record({
      score: fc.integer({ min: -20, max: 20 }),
      scenario: fc.nat(2),
      share: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      weight: fc.double({ min: 0.1, max: 4, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 40 }), (drawn) => {
        const rows = {
          scenarios: 3,
          scenario: drawn.map((r) => r.scenario),
          weight: drawn.map((r) => r.weight),
          share: drawn.map((r) => r.share),
        };
        const of = (f: (x: number) => number) =>
          aucFigure(
            drawn.map((r) => f(r.score)),
            rows,
          );
        const plain = of((x) => x);
        expect(of((x) => x ** 3 + 5)).toEqual(plain);
        expect(of((x) => -x).overall).toBeCloseTo(1 - plain.overall!, 10);
      }),
      { numRuns: 60 },
    );
  });
});

describe('figures of a finished run', () => {
  let backend: BackendInfo;
  beforeAll(async () => {
    backend = await openBackend('wasm');
  });

  async function finished(dataset: Dataset, model: string): Promise<Run> {
    const run = createRun({
      id: 'run',
      setup: parseSetup({
        model,
        settings: presetSettings(model, 'tiny'),
        training: { ...defaultTraining(), steps: 4, batch: 256, evaluateEvery: 4 },
        dataset: dataset.id,
        seed: 1,
        backend: 'wasm',
      }),
      dataset,
      backend,
    });
    for await (const event of run.events) void event;
    return run;
  }

  it('are the noise-free AUC where interest alone moves clicks, and agree with the final metrics', async () => {
    const plain = { directEffect: 0, positionBias: 0, conformity: 0, promotionLift: 0, intervention: 0 };
    const run = await finished(await tinyDataset(plain), 'mix');
    const figures = await truthFigures(run.trainer);
    const final = run.state.final!;
    expect(figures.interestAuc!.overall).toBeCloseTo(final.overall.noiseFreeAuc!, 12);
    expect(figures.interestAuc!.mean).toBeCloseTo(final.domainNoiseFreeAuc!, 12);
    expect(figures.organicAuc).toEqual(figures.interestAuc);
    // Some of the rows, not all and not none.
    expect(figures.severalScenariosAuc!.overall).not.toBeNull();
    expect(figures.severalScenariosAuc).not.toEqual(figures.organicAuc);
    expect(figures.interestAuc!.scenarios).toEqual(final.scenarios.map((s) => s.interestAuc));
    expect(figures.interestAucAtBestC).toBeUndefined();
    run.dispose();
  });

  /** Interest AUC of a run's weights over a log in which all was shown on the first place. */
  async function shownOnFirst(dataset: Dataset, run: Run) {
    const slot = dataset.fields.findIndex((field) => field.name === 'slot');
    const columns = dataset.columns.map((column, f) => (f === slot ? column.map(() => 1) : column));
    const shown = { ...dataset, columns };
    const held = createRun({
      id: 'held',
      setup: run.setup,
      dataset: shown,
      backend,
      weights: await run.weights(),
    });
    const { interestAuc } = await truthFigures(held.trainer);
    held.dispose();
    return interestAuc;
  }

  it('score every row on the first place for do(slot), and search M-scan’s best c', async () => {
    const dataset = await tinyDataset({ directEffect: 1 });
    const run = await finished(dataset, 'mscan');
    const figures = await truthFigures(run.trainer);
    expect(figures.interestAuc!.overall).not.toBe(run.state.final!.overall.noiseFreeAuc);
    expect(figures.interestAucAtBestC!.scenarios).toHaveLength(4);
    expect(figures.interestAucFixedSlot).toEqual(await shownOnFirst(dataset, run));
    expect(figures.interestAucFixedSlot).not.toEqual(figures.interestAuc);
    run.dispose();
  });

  it('write a held field into the tables that scenarios have of their own', async () => {
    const dataset = await tinyDataset({ directEffect: 1 });
    const run = await finished(dataset, 'single');
    expect(run.trainer.layout.ownTables).toBe(4);
    const { interestAucFixedSlot } = await truthFigures(run.trainer);
    expect(interestAucFixedSlot).toEqual(await shownOnFirst(dataset, run));
    run.dispose();
  });
});
