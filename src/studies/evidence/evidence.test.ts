import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Metrics, ScenarioMetrics } from '../../training/metrics';
import { presetSettings, presetTraining, setupFromParams } from '../../training/setup';
import type { Claim } from '../claims';
import { cellAddress, cellSetup } from './cellAddress';
import { figuresOfCeilings, figuresOfRun } from './figures';
import {
  parseStudy,
  parseStudyIndex,
  studyText,
  type Figures,
  type StoredStudy,
  type StudyCell,
  type StudyVariant,
} from './format';
import { keptFigures } from './kept';
import { figureOf, pairBySeed, valuesBySeed } from './values';
import { findVariant, STUDY_PRESET, variantsOf } from './variants';
import { marginOf, VERDICTS, verdicts } from './verdict';

const threads = 1;
const shares = [0.6, 0.25, 0.14, 0.01];
const figures = (values: readonly (number | null)[], overall: number | null = 0.7): Figures => ({
  overall,
  mean: overall,
  scenarios: [...values],
});

function variant(id: string): StudyVariant {
  const { name, model, settings } = findVariant(id);
  return {
    id,
    name,
    model,
    preset: STUDY_PRESET,
    settings: Object.fromEntries(
      Object.entries({ ...presetSettings(model, STUDY_PRESET), ...settings }).map(([name, value]) => [
        name,
        typeof value === 'object' ? [...value] : value,
      ]),
    ),
    training: { ...presetTraining(model, STUDY_PRESET), steps: 240 },
  };
}

function cell(id: string, seed: number, overall: number | null): StudyCell {
  return {
    world: 'conflict-4-conflict1',
    variant: id,
    seed,
    figures: { noiseFreeAuc: figures([0.8, 0.7, 0.6, null], overall), logLoss: figures([], 0.3) },
    bestStep: 100,
    steps: 200,
    seconds: 1.5,
    parameters: 1000,
  };
}

function study(cells: readonly StudyCell[]): StoredStudy {
  return {
    format: 'scenarium-study/1',
    id: 'causalint',
    title: 'Made up',
    made: { date: '2026-01-01T00:00:00Z', backend: 'wasm', threads, version: '0' },
    worlds: [
      {
        id: 'conflict-4-conflict1',
        title: 'Made up (simulated)',
        base: 'conflict-4',
        dose: 1,
        knob: 'conflict',
        simulated: true,
        fingerprint: 'f',
        scenarios: shares.map((share, s) => ({ id: 'abcd'[s]!, name: `Scenario ${s}`, share })),
        ceilings: figures([0.9, 0.9, 0.9, 0.9]),
      },
    ],
    variants: ['mix', 'single', 'causalint:without-orth'].map(variant),
    cells: [...cells],
  };
}

const world = study([]).worlds[0]!;

describe('a stored study', () => {
  const made = study([cell('mix', 1, 0.7), cell('single', 1, 0.69)]);

  it('comes back to the bit from its text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { nil: null }), {
          minLength: 1,
          maxLength: 9,
        }),
        (values) => {
          const given = study(values.map((value, seed) => cell('mix', seed, value)));
          const wanted = values.map((value) => (Object.is(value, -0) ? 0 : value));
          for (const text of [JSON.stringify(given), studyText(given)]) {
            const { cells } = parseStudy(text);
            expect(cells.map(({ figures: { noiseFreeAuc } }) => noiseFreeAuc?.overall)).toEqual(wanted);
          }
        },
      ),
      { numRuns: 30 },
    );
    expect(parseStudy(made)).toEqual(made);
  });

  it('says the same in its compact form, a line a cell, metrics that a run lacks left out', () => {
    const sparse = { ...cell('single', 2, 0.6), figures: { recoveryAuc: { ...figures([]), mean: null } } };
    const timed = { ...cell('single', 3, 0.6), inference: 12.5 };
    const given = study([...made.cells, sparse, timed]);
    const text = studyText(given);
    expect(parseStudy(text)).toEqual(given);
    expect(text).toContain('\n[0,0,1,100,200,1.5,1000,[[0.7,0.7,0.8,0.7,0.6,null],[0.3,0.3],0]],\n');
    expect(text).toContain(',1000,[[0.6,0.6,0.8,0.7,0.6,null],[0.3,0.3],0],12.5]\n');
    const broken = (part: string) => text.replace('[0,0,1,100', part);
    expect(() => parseStudy(broken('[0,7,1,100'))).toThrow('a cell is of the variant “#7”');
    expect(() => parseStudy(broken('[0,0,-1,100'))).toThrow('This is no stored study: cells.0.2');
    expect(() => studyText(study([cell('star', 1, 0.7)]))).toThrow('This is no stored study');
  });

  it('keeps what counts to the last bit and seven digits of a scenario', () => {
    const full = { overall: 1 / 3, mean: 2 / 3, scenarios: [1 / 3, null, 0.0123456789] };
    const kept = keptFigures({ auc: full });
    expect(kept).toEqual({ auc: { ...full, scenarios: [0.3333333, null, 0.01234568] } });
    expect(keptFigures(kept)).toEqual(kept);
  });

  it('of another kind is refused in one sentence, whatever it is', () => {
    const sentence = /^This is no stored study: [^.]*(?:\.\d[^.]*)*.*\.$/s;
    fc.assert(
      fc.property(fc.anything(), (thing) => {
        expect(() => parseStudy(thing)).toThrow(sentence);
      }),
      { numRuns: 100 },
    );
    expect(() => parseStudy('{')).toThrow('This is no stored study: it is no JSON.');
  });

  it.each([
    ['a world twice', { worlds: [world, world] }, 'it has the world “conflict-4-conflict1” twice'],
    [
      'a variant twice',
      { variants: [variant('mix'), variant('mix')], cells: [] },
      'it has the variant “mix” twice',
    ],
    [
      'a cell twice',
      { cells: [cell('mix', 1, 0.7), cell('mix', 1, 0.7)] },
      'it has a cell twice (mix in conflict-4-conflict1, seed 1)',
    ],
    ['an unknown variant', { cells: [cell('star', 1, 0.7)] }, 'a cell is of the variant “star”'],
    ['an unknown world', { cells: [{ ...cell('mix', 1, 0.7), world: 'x' }] }, 'a cell is of the world “x”'],
    [
      'too few scenarios',
      { cells: [{ ...cell('mix', 1, 0.7), figures: { auc: figures([0.5]) } }] },
      'auc of a cell has 1 scenarios where “conflict-4-conflict1” has 4',
    ],
  ])('with %s is refused', (_, change, words) => {
    expect(() => parseStudy({ ...made, ...change })).toThrow(words);
  });

  it('stands in a list that is read the same way', () => {
    const index = {
      format: 'scenarium-studies/1',
      studies: [{ id: 'causalint', title: 'Made up', file: 'causalint.json', bytes: 10, cells: 2 }],
    };
    expect(parseStudyIndex(JSON.stringify(index))).toEqual(index);
    expect(() => parseStudyIndex({ ...index, studies: 3 })).toThrow(
      'This is no list of studies: studies must be a list; make it again with npm run study -- --plan.',
    );
  });

  it('has an address for each cell that sets up the very run', () => {
    for (const one of [cell('mix', 1, null), cell('causalint:without-orth', 7, null)]) {
      const address = cellAddress(made, one);
      expect(address).toMatch(/^\?page=lab&model=.*&autostart=1$/);
      const params = new URLSearchParams(address);
      for (const name of ['page', 'autostart']) params.delete(name);
      const { setup, problems } = setupFromParams(params);
      expect(problems).toEqual([]);
      expect(setup).toEqual(cellSetup(made, one));
      expect(setup.training.steps).toBe(240);
      expect(setup.backend).toBe('wasm');
    }
    expect(() => cellSetup(made, cell('star', 1, null))).toThrow('The study has no variant “star”.');
  });
});

describe('a figure', () => {
  it('is of all rows, a scenario by name, place or size, or a group by traffic; undefined where one of them is', () => {
    const some = figures([0.8, 0.7, 0.6, 0.5]);
    expect(figureOf(some, world, 'overall')).toBe(0.7);
    expect(figureOf(some, world, 'b')).toBe(0.7);
    expect(figureOf(some, world, '#3')).toBe(0.6);
    expect(figureOf(some, world, '#9')).toBeNull();
    expect(figureOf(some, world, 'largest')).toBe(0.8);
    expect(figureOf(some, world, 'smallest')).toBe(0.5);
    expect(figureOf(some, world, 'minor')).toBe(0.5);
    expect(figureOf(some, world, 'major')).toBeCloseTo((0.6 * 0.8 + 0.25 * 0.7 + 0.14 * 0.6) / 0.99, 12);
    expect(figureOf(some, world, 'major5')).toBeCloseTo(0.6 * 0.8 + 0.25 * 0.7 + 0.14 * 0.6 + 0.01 * 0.5, 12);
    expect(figureOf(some, world, 'minor10')).toBeCloseTo(figureOf(some, world, 'minor5')!, 12);
    expect(figureOf(figures([0.8, 0.7, 0.6, null]), world, 'minor5')).toBeNull();
    expect(figureOf(some, world, 'z')).toBeNull();
    expect(figureOf(some, world, 'b+d')).toBeCloseTo((0.25 * 0.7 + 0.01 * 0.5) / 0.26, 12);
    expect(figureOf(some, world, 'b+z')).toBeNull();
    expect(figureOf(undefined, world, 'overall')).toBeNull();
  });

  it('is paired over the seeds that both have', () => {
    const made = study([
      cell('mix', 2, 0.6),
      cell('mix', 1, 0.5),
      cell('single', 2, 0.7),
      cell('single', 3, 0.1),
    ]);
    const a = valuesBySeed(made, world, 'mix', 'noiseFreeAuc', 'overall');
    const b = valuesBySeed(made, world, 'single', 'noiseFreeAuc', 'overall');
    expect(pairBySeed(a, b)).toEqual({ a: [0.6], b: [0.7] });
  });

  it('of a run is kept by metric, with means by traffic; what is not known of any scenario is left out', () => {
    const of = (value: number | null): ScenarioMetrics => ({
      rows: 1,
      positives: 1,
      auc: value,
      noiseFreeAuc: value,
      interestAuc: null,
      logLoss: 0.5,
      calibration: 1,
    });
    const final: Metrics = {
      scenarios: [of(0.9), of(null)],
      overall: of(0.8),
      domainAuc: null,
      domainNoiseFreeAuc: null,
      major5Auc: null,
      minor10Auc: null,
      minor5Auc: null,
    };
    const kept = figuresOfRun(final, [0.75, 0.25]);
    expect(Object.keys(kept)).toEqual(['auc', 'noiseFreeAuc', 'logLoss']);
    expect(kept['auc']).toEqual({ overall: 0.8, mean: 0.9, scenarios: [0.9, null] });
    expect(
      figuresOfCeilings({ scenarios: [0.9, 0.5], overall: 0.8, domain: 0.1 }, [0.75, 0.25]).mean,
    ).toBeCloseTo(0.8, 12);
  });
});

describe('variants', () => {
  it('are the model and the rows of its tables, each once', () => {
    const ids = variantsOf('causalint').map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids[0]).toBe('causalint');
    expect(ids).toContain('causalint:without-orth');
    expect(findVariant('mix:do-slot').scored).toBe('do(slot)');
    expect(() => findVariant('mix:other')).toThrow(/There is no variant "mix:other"; known: mix, /);
  });
});

describe('a verdict', () => {
  const claim = (direction: 'higher' | 'lower', more: Partial<Claim['test']> = {}): Claim => ({
    id: 'x',
    paper: 'causalint',
    place: 'Table 9',
    sentence: 's',
    world: 'conflict-4',
    twin: null,
    test: { metric: 'noiseFreeAuc', of: 'overall', variant: 'mix', against: 'single', direction, ...more },
  });
  const judged = (mix: readonly number[], single: readonly number[], claims: readonly Claim[]) =>
    verdicts(
      claims,
      study([...mix.map((v, k) => cell('mix', k, v)), ...single.map((v, k) => cell('single', k, v))]),
      world,
    ).get('x')!;
  const level = [0.6, 0.61, 0.62, 0.6, 0.61];

  it('is confirmed or opposite by the direction that is claimed', () => {
    const higher = level.map((value, k) => value + 0.02 + k * 1e-3);
    expect(judged(higher, level, [claim('higher')]).verdict).toBe('confirmed');
    const opposite = judged(higher, level, [claim('lower')]);
    expect(opposite.verdict).toBe('opposite');
    expect(opposite.effect).toBeCloseTo(0.022, 9);
    expect(opposite.interval![0]).toBeGreaterThan(0);
    expect(opposite.pairs).toBe(5);
  });

  it('is no effect inside the margin, undecided with noise, and not run without a pair', () => {
    const alike = level.map((value, k) => value + [2e-4, -2e-4, 1e-4, -1e-4, 5e-5][k]!);
    expect(judged(alike, level, [claim('higher')]).verdict).toBe('no effect');
    const noisy = level.map((value, k) => value + [0.02, -0.01, 0.015, -0.008, 0.01][k]!);
    const undecided = judged(noisy, level, [claim('higher')]);
    expect(undecided.verdict).toBe('undecided');
    expect(undecided.moreSeeds).toBeGreaterThan(0);
    expect(judged([], level, [claim('higher')])).toEqual({
      verdict: 'not run',
      effect: null,
      interval: null,
      p: null,
      holm: null,
      pairs: 0,
      moreSeeds: null,
    });
    expect(judged([0.7], [0.6], [claim('higher')]).verdict).toBe('undecided');
  });

  it('is never given on fewer than five pairs, however much they agree', () => {
    const few = judged([0.7, 0.701, 0.7], [0.6, 0.601, 0.6], [claim('higher')]);
    expect(few).toMatchObject({ verdict: 'undecided', pairs: 3, moreSeeds: 2 });
    expect(few.interval![0]).toBeGreaterThan(0.09);
  });

  it('needs more where the same place claims more, and counts only what was run', () => {
    const shifted = level.map((value, k) => value + [0.004, 0.001, 0.004, 0.002, 0.003][k]!);
    const alone = judged(shifted, level, [claim('higher')]);
    const two = judged(shifted, level, [claim('higher'), { ...claim('lower'), id: 'y' }]);
    expect(VERDICTS).toContain(two.verdict);
    expect(two.holm).toBeCloseTo(2 * alone.p!, 12);
    const unrun = { ...claim('higher', { variant: 'causalint:without-orth' }), id: 'z' };
    expect(judged(shifted, level, [claim('higher'), unrun]).holm).toBe(alone.p);
  });

  it('holds a variant against a number where the claim names one', () => {
    const found = judged(level, [], [claim('higher', { against: 'chance', value: 0.5 })]);
    expect(found.verdict).toBe('confirmed');
    expect(found.effect).toBeCloseTo(0.108, 9);
  });

  it('knows no margin for what is no AUC', () => {
    expect(marginOf('interestAuc')).toBe(0.002);
    expect(marginOf('noiseFreeAuc')).toBe(0.002);
    expect(marginOf('logLoss')).toBeNull();
  });
});
