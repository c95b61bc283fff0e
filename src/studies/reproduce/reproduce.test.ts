import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLAIMING_PAPERS, claimsOf } from '../claims';
import type { StoredStudy, StudyCell } from '../evidence/format';
import { storedVariant } from '../evidence/assemble';
import { agreement } from './agreement';
import type { Repeat } from './agreement';
import { bestOnLog, bestOnLogAnswer } from './bestOnLog';
import { chosenRows, claimRows, effectSpan, sortedRows, tally, verdictOf } from './claimRows';
import type { RowOrder } from './claimRows';
import { claimsLatex, claimsTable, latexText, runsCsv } from './documents';
import { doseCurves } from './doses';
import { orderCorrelation, rankMap } from './ranks';
import { rankStudy } from './rankStudy';
import { differentRuns, repeatableCells, repeatFor } from './repeats';
import { madeUpClaim, madeUpStudy } from './testing';
import { metricWords, printedMetricWords } from './words';

const study = madeUpStudy();
const claims = [
  madeUpClaim('a'),
  madeUpClaim('b', { variant: 'sarnet:plain', against: 'sarnet:full' }),
  madeUpClaim('c', { variant: 'sarnet:nobody' }),
];
const rows = claimRows(claims, [study]);

describe('claims as rows', () => {
  it('are judged at every dose, and by one line where their cause is strongest', () => {
    expect(rows.map(verdictOf)).toEqual(['confirmed', 'opposite', 'not run']);
    expect(rows[0]!.doses.map(({ world }) => world.dose)).toEqual([0, 0.3, 0.6]);
    expect(rows[0]!.strongest?.world.dose).toBe(0.6);
    expect(rows[0]!.doses[0]!.result.verdict).not.toBe('confirmed');
    expect(rows[0]!.strongest?.result.effect).toBeCloseTo(0.012, 2);
  });

  it('without a stored study were not run', () => {
    const none = claimRows(claims, []);
    expect(none.map(verdictOf)).toEqual(['not run', 'not run', 'not run']);
    expect(none.every(({ study: of, doses }) => of === null && doses.length === 0)).toBe(true);
  });

  it('are chosen by paper and verdict, and counted', () => {
    expect(chosenRows(rows, 'sarnet', 'opposite').map(({ claim }) => claim.id)).toEqual(['b']);
    expect(chosenRows(rows, 'mscan', null)).toEqual([]);
    const counted = tally(rows);
    expect(counted.reduce((sum, { count }) => sum + count, 0)).toBe(rows.length);
    expect(counted.find(({ verdict }) => verdict === 'confirmed')?.count).toBe(1);
  });

  it('keep all rows whatever they are sorted by, undefined last', () => {
    fc.assert(
      fc.property(fc.constantFrom<RowOrder>('paper', 'effect', 'p', 'verdict'), (order) => {
        const sorted = sortedRows(rows, order);
        expect(new Set(sorted)).toEqual(new Set(rows));
        if (order !== 'paper') expect(sorted.at(-1)?.claim.id).toBe('c');
      }),
    );
    expect(sortedRows(rows, 'effect')[0]?.claim.id).toBe('a');
  });

  it('span zero and every interval', () => {
    const span = effectSpan(rows.flatMap(({ strongest }) => strongest?.result ?? []));
    const ends = rows.flatMap(({ strongest }) => strongest?.result.interval ?? []);
    expect(span.min).toBe(Math.min(...ends, 0));
    expect(span.max).toBe(Math.max(...ends, 0));
  });
});

describe('doses', () => {
  it('draw a comparison once, with the room to the ceiling', () => {
    const twice = claimRows([...claims, madeUpClaim('again')], [study]);
    const curves = doseCurves(twice, 'sarnet');
    expect(curves.map(({ label }) => label)).toEqual(['full − plain', 'plain − full']);
    const [curve] = curves;
    expect(curve?.knob).toBe('intervention');
    expect(curve?.points.map(({ dose }) => dose)).toEqual([0, 0.3, 0.6]);
    const { low, gain, high, headroom, pairs } = curve!.points[2]!;
    expect(pairs).toBe(5);
    expect(low! < gain! && gain! < high!).toBe(true);
    expect(headroom).toBeCloseTo(0.08, 2);
    expect(doseCurves(twice, 'mscan')).toEqual([]);
  });
});

describe('ranks', () => {
  const map = rankMap(study, 'noiseFreeAuc');

  it('put the best first and hold every rank once a world', () => {
    expect(map.models[0]?.name).toBe('full');
    expect(map.blocks).toBe(3);
    map.worlds.forEach((_, w) => {
      const ranks = map.models.map((model) => model.ranks[w]!);
      expect(ranks.reduce((sum, rank) => sum + rank, 0)).toBeCloseTo(6, 12);
    });
    // q(0.05; 3, ∞) = 3.314 of the tables of the studentised range.
    expect(map.critical).toBeCloseTo((3.314 / Math.SQRT2) * Math.sqrt(12 / 18), 3);
  });

  it('fill no gap: they are over the largest part without one, and say what is left out', () => {
    const [first, second] = study.worlds.map(({ id }) => id);
    const without = (gone: (cell: StudyCell) => boolean) =>
      rankMap({ ...study, cells: study.cells.filter((cell) => !gone(cell)) }, 'noiseFreeAuc');
    expect(map.leftOut).toEqual([]);
    const oneModel = without((cell) => cell.world === second && cell.variant === 'sarnet:idle');
    expect([oneModel.blocks, oneModel.ranked]).toEqual([2, 3]);
    expect(oneModel.models.every((model) => model.ranks[1] === null)).toBe(true);
    expect(oneModel.leftOut).toEqual([`left out: ${second!}, where 2 of 3 models have this figure`]);
    const twoGaps = without((cell) => cell.world !== first && cell.variant === 'sarnet:idle');
    expect([twoGaps.blocks, twoGaps.ranked]).toEqual([3, 2]);
    expect(twoGaps.models.at(-1)).toMatchObject({ name: 'idle', meanRank: null, ranks: [null, null, null] });
    expect(twoGaps.leftOut).toEqual([
      `not ranked, for want of this figure in ${second!} and ${study.worlds[2]!.id}: idle`,
    ]);
    expect(without(() => true)).toMatchObject({ blocks: 0, ranked: 0, critical: null });
  });

  it('rank the lowest error first', () => {
    const errors: Readonly<Record<string, number>> = { full: 0.02, plain: 0.05, idle: 0.03 };
    const cells = study.cells.map((cell) => {
      const mean = errors[cell.variant.split(':')[1]!]!;
      return { ...cell, figures: { counterfactualError: { overall: mean, mean, scenarios: [] } } };
    });
    const { models } = rankMap({ ...study, cells }, 'counterfactualError');
    expect(models.map(({ name, meanRank }) => [name, meanRank])).toEqual([
      ['full', 1],
      ['idle', 2],
      ['plain', 3],
    ]);
  });

  it('compare means over the same seeds: where some models have one more, it does not count', () => {
    const { world, variant, figures, ...cell } = study.cells[0]!;
    const high = Object.fromEntries(
      Object.entries(figures).map(([metric, figure]) => [metric, { ...figure, overall: 9, mean: 9 }]),
    );
    const last = map.models.at(-1)!.id;
    const more = [...study.cells, { ...cell, world, figures: high, variant: last, seed: 99 }];
    expect(variant).not.toBe(last);
    expect(rankMap({ ...study, cells: more }, 'noiseFreeAuc')).toEqual(map);
    expect(bestOnLog({ ...study, cells: more })).toEqual(bestOnLog(study));
  });

  it('rank no variant that was tuned in one world', () => {
    const tuned = { of: 'sarnet:full', world: study.worlds[0]!.id, seed: 9, losses: [0.5, 0.4], best: 1 };
    const variants = [...study.variants, { ...study.variants[0]!, id: 'sarnet:full~x', tuned }];
    expect(rankMap({ ...study, variants }, 'noiseFreeAuc')).toEqual(map);
  });

  it('are of the papers’ studies where that of all models is not stored: models as they come, at their world’s own dose', () => {
    const other = madeUpStudy('mscan');
    const plain = (one: StoredStudy): StoredStudy => ({
      ...one,
      variants: one.variants.map((variant, v) =>
        v === 0 ? { ...variant, id: 'mix', model: 'mix' } : variant,
      ),
      cells: one.cells.map((cell) => (cell.variant.endsWith(':full') ? { ...cell, variant: 'mix' } : cell)),
    });
    const put = rankStudy([plain(study), plain(other)])!;
    expect(put.whole).toBe(false);
    expect(put.study.variants.map(({ id }) => id)).toEqual(['mix']);
    expect(put.study.worlds.map(({ id }) => id)).toEqual(['promotion-6']);
    expect(put.study.cells).toHaveLength(5);
    expect(rankStudy([study, { ...other, id: 'ranks' }])).toMatchObject({
      whole: true,
      study: { id: 'ranks' },
    });
    expect(rankStudy([])).toBeNull();
  });

  it('are held against the truth: what choosing by the log gives away', () => {
    const auc = (overall: number) => ({ overall, mean: overall, scenarios: [overall, overall, overall] });
    const cells = study.cells.map((cell): StudyCell => {
      const high = cell.variant === 'sarnet:plain' ? 0.01 : 0;
      const log = 0.6 + high + cell.seed * 1e-4;
      const truth = 0.7 - high + cell.seed * (cell.variant === 'sarnet:plain' ? 2e-4 : 1e-4);
      return { ...cell, figures: { auc: auc(log), noiseFreeAuc: auc(truth) } };
    });
    const [row] = bestOnLog({ ...study, cells });
    expect(row).toMatchObject({ models: 3, onLog: { id: 'sarnet:plain' }, inTruth: { id: 'sarnet:full' } });
    expect(row!.regret!.difference).toBeCloseTo(0.01 - 3e-4, 12);
    expect(row!.byInterest).toBeNull();
    expect(row!.counterfactual).toEqual({ onLog: null, inTruth: null, least: null, agreement: null });
    // Votes are another estimator: nobody else has any, so they stand in no comparison of models.
    const errors = (of: Readonly<Record<string, number>>) =>
      cells.map((cell): StudyCell => {
        const own = of[cell.variant];
        const figures = { ...cell.figures, votesError: auc(0.5) };
        return {
          ...cell,
          figures: own === undefined ? figures : { ...figures, counterfactualError: auc(own) },
        };
      });
    const of = (given: Readonly<Record<string, number>>) =>
      bestOnLog({ ...study, cells: errors(given) })[0]!.counterfactual;
    const third = study.variants.find(({ id }) => id !== 'sarnet:full' && id !== 'sarnet:plain')!.id;
    expect(of({ 'sarnet:full': 0.03, 'sarnet:plain': 0.05, [third]: 0.02 })).toMatchObject({
      onLog: 0.05,
      inTruth: 0.03,
      least: { id: third, error: 0.02 },
    });
    // On the log `plain` is first and the others are equal; by the error it is last and they are not.
    expect(of({ 'sarnet:full': 0.03, 'sarnet:plain': 0.05, [third]: 0.02 }).agreement).toBeCloseTo(
      -1.5 / Math.sqrt(3),
      12,
    );
    const rows = bestOnLog({
      ...study,
      cells: errors({ 'sarnet:full': 0.03, 'sarnet:plain': 0.05, [third]: 0.02 }),
    });
    expect(bestOnLogAnswer(rows)).toBe(
      'The best on the log is the best in truth in 0 of 3 worlds. Where it is not, choosing it gives away 0.0097 of noise-free AUC; ' +
        'the interval lies above 0 in 3 of 3 worlds. It has the least counterfactual error of all models in 0 of 3 worlds. ' +
        'Over all models the order on the log and that by counterfactual error agree by −0.87 (rank correlation).',
    );
    const alike = rows.map((one) => ({ ...one, inTruth: one.onLog, regret: null }));
    expect(bestOnLogAnswer(alike.slice(0, 1))).toBe(
      'The best on the log is the best in truth in 1 of 1 world. It has the least counterfactual error of all models in 0 of 1 world. ' +
        'Over all models the order on the log and that by counterfactual error agree by −0.87 (rank correlation).',
    );
    expect(bestOnLogAnswer([])).toBe('');
    expect(of({ 'sarnet:full': 0.03, [third]: 0.02 })).toEqual({
      onLog: null,
      inTruth: 0.03,
      least: null,
      agreement: null,
    });
  });

  it('of an order agree with themselves and oppose their reverse', () => {
    const reversed = {
      ...map,
      models: map.models.map((model) => ({
        ...model,
        meanRank: model.meanRank === null ? null : -model.meanRank,
      })),
    };
    expect(orderCorrelation(map, map)).toBeCloseTo(1, 12);
    expect(orderCorrelation(map, reversed)).toBeCloseTo(-1, 12);
  });
});

describe('a cell that is run again', () => {
  const cell = study.cells[0]!;
  const same: Repeat = {
    run: 'r',
    backend: 'wasm',
    version: '0.1.0',
    fingerprint: 'f'.repeat(64),
    scenarios: study.worlds[0]!.scenarios,
    figures: cell.figures,
  };
  const shifted = (by: number): Repeat['figures'] => ({
    auc: {
      ...cell.figures.auc!,
      overall: cell.figures.auc!.overall! + by,
    },
  });

  it('agrees to the bit or says how far apart it is, and why', () => {
    expect(agreement(study, cell, same)).toEqual({ kind: 'exact', largest: 0, why: null });
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 0.1, noNaN: true }), (by) => {
        const found = agreement(study, cell, { ...same, figures: shifted(by) })!;
        expect(found.kind).toBe(found.largest! <= 0.002 ? 'close' : 'apart');
        expect(Math.abs(found.largest! - by)).toBeLessThan(1e-12);
        expect(found.why).toMatch(/\.$/);
      }),
    );
  });

  it('leaves a logarithm its rounding, and nothing else', () => {
    const loss = { ...cell.figures.auc!, overall: 0.5 };
    const other = { ...loss, overall: 0.5 + 2 ** -52 };
    const kindOf = (metric: string) =>
      agreement(study, { ...cell, figures: { [metric]: loss } }, { ...same, figures: { [metric]: other } })
        ?.kind;
    expect(kindOf('logLoss')).toBe('exact');
    expect(kindOf('auc')).toBe('close');
  });

  it.each([
    [{ fingerprint: 'other' }, /data are others/],
    [{ backend: 'webgpu' }, /on webgpu here and on wasm there/],
    [{ version: '0.2.0' }, /version 0\.2\.0 here/],
    [{}, /nothing that is kept explains it/],
  ])('names what differs: %o', (change, why) => {
    expect(agreement(study, cell, { ...same, figures: shifted(0.01), ...change })?.why).toMatch(why);
  });

  it('of another row’s run scored on one place has that run’s figure, and none of a run without it', () => {
    const variants = study.variants.map((one) => ({ ...one, scored: 'do(slot)' as const }));
    const scored = { study: { ...study, variants }, cell };
    const figure = { overall: 0.7, mean: 0.7, scenarios: [0.7, 0.7, 0.7] };
    expect(repeatFor({ study, cell }, same)).toBe(same);
    expect(repeatFor(scored, same)).toBeNull();
    const fixed = { ...same, figures: { ...same.figures, interestAucFixedSlot: figure } };
    expect(repeatFor(scored, fixed)?.figures).toEqual({ interestAuc: figure });
  });

  it('is trained once, however many cells are of its run', () => {
    const variants = ['mix', 'mix:do-slot'].map((id) => storedVariant(id, 'mscan'));
    const of = { ...study, variants };
    const cells = variants.flatMap(({ id }) => [1, 2].map((seed) => ({ ...cell, variant: id, seed })));
    const able = repeatableCells(of, cells);
    expect(able.every(({ setup }) => setup !== null)).toBe(true);
    expect(differentRuns(able).map((one) => one.cell)).toEqual(cells.slice(0, 2));
  });

  it('is apart where a figure is undefined in one of them, and nothing where they share none', () => {
    const gone = { auc: { ...cell.figures.auc!, overall: null } };
    expect(agreement(study, cell, { ...same, figures: gone })).toMatchObject({
      kind: 'apart',
      largest: null,
    });
    expect(agreement(study, cell, { ...same, figures: {} })).toBeNull();
  });
});

describe('files', () => {
  it('hold a row a claim and dose, and a row a run and scenario', () => {
    const { columns, rows: lines } = claimsTable(rows);
    expect(lines).toHaveLength(9);
    expect(lines.every((line) => line.length === columns.length)).toBe(true);
    const csv = runsCsv([study]).trim().split('\r\n');
    expect(csv).toHaveLength(1 + study.cells.length * 5);
    expect(csv[0]).toContain('noiseFreeAuc,auc,ceiling');
  });

  it('escape what LaTeX would take for its own', () => {
    expect(latexText('50 % of a_b & c^2')).toBe(String.raw`50 \% of a\_b \& c\textasciicircum{}2`);
    expect(
      claimsLatex(rows)
        .split('\n')
        .filter((line) => line.endsWith('\\\\')),
    ).toHaveLength(4);
    expect(claimsLatex(rows)).toContain(String.raw`\begin{longtable}{lp{2.5cm}p{6cm}lllrl}`);
    expect(claimsLatex(rows)).toContain(String.raw`& p & Seeds & Verdict \\`);
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(latexText(text).replace(/\\[&%$#_{}]/g, '')).not.toMatch(/(?<!\\)[&%#]/);
      }),
    );
  });
});

describe('words', () => {
  it('say of no paper that it printed a noise-free AUC, which no log has', () => {
    const tables = CLAIMING_PAPERS.flatMap((paper) => claimsOf(paper).tables);
    expect(tables.length).toBeGreaterThan(10);
    for (const { metric } of tables) expect(['AUC', 'log loss']).toContain(printedMetricWords(metric));
    expect(metricWords('noiseFreeAuc')).toBe('noise-free AUC');
  });
});
