import { describe, expect, it } from 'vitest';
import { stream } from '../../data/simulate/random';
import { equivalenceTest, oneSidedTest, pairedTest, seedsUntil } from '../statistics';
import { expectedTests, verdictPowers, type Expected } from './expected';
import { judgeFamily } from './verdict';

const MARGIN = 0.002;
const nothing = (n: number): number[] => new Array<number>(n).fill(0);
const verdictOf = (expected: Expected, differences: readonly number[], metric = 'noiseFreeAuc') =>
  judgeFamily([{ metric, expected, a: differences, b: nothing(differences.length) }])[0]!;

/** Differences around a mean, with deviations that add up to nothing. */
const around = (mean: number, noise: number): number[] =>
  [-1.2, 1.2, -0.5, 0.5, 0].map((z) => mean + z * noise);

describe('an expectation', () => {
  const some = around(-0.001, 0.0005);

  it('of a direction is tested two-sided at 0, of no difference by two one-sided tests, of “not lower” by one at −0.002', () => {
    const { p } = pairedTest(some, nothing(5))!;
    expect(expectedTests('higher', some, MARGIN)).toEqual({ inFavour: p, against: p, leans: 'against' });
    expect(expectedTests('lower', some, null)).toEqual({ inFavour: p, against: p, leans: 'in favour' });
    expect(expectedTests('no difference', some, MARGIN)).toEqual({
      inFavour: equivalenceTest(some, MARGIN),
      against: p,
      leans: null,
    });
    expect(expectedTests('not lower', some, MARGIN)).toEqual({
      inFavour: oneSidedTest(some, -MARGIN, 'above'),
      against: oneSidedTest(some, -MARGIN, 'below'),
      leans: null,
    });
    expect(expectedTests('not lower', some, null).inFavour).toBeNull();
  });

  it.each<[Expected, number, number, string]>([
    ['no difference', 0.0002, 0.0003, 'confirmed'],
    ['no difference', 0.006, 0.001, 'opposite'],
    // Beyond chance decides first, however small.
    ['no difference', 0.001, 0.0003, 'opposite'],
    ['no difference', 0.001, 0.004, 'undecided'],
    ['not lower', -0.001, 0.0003, 'confirmed'],
    ['not lower', 0.03, 0.005, 'confirmed'],
    ['not lower', -0.006, 0.001, 'opposite'],
    ['not lower', -0.002, 0.001, 'undecided'],
    ['barely higher', 0.0005, 0.0002, 'confirmed'],
    ['barely higher', 0.004, 0.0005, 'opposite'],
    ['barely higher', -0.004, 0.0005, 'opposite'],
    ['barely higher', 0.0005, 0.005, 'undecided'],
    ['higher', 0.001, 0.0003, 'confirmed'],
    ['lower', 0.001, 0.0003, 'opposite'],
  ])('“%s”, with %f seen, noise %f: %s', (expected, mean, noise, wanted) => {
    expect(verdictOf(expected, around(mean, noise)).verdict).toBe(wanted);
  });

  it('of the same two figures is another question: what is not higher may well be not lower', () => {
    const seen = around(-0.0008, 0.0003);
    expect(verdictOf('higher', seen).verdict).toBe('opposite');
    expect(verdictOf('not lower', seen).verdict).toBe('confirmed');
  });

  it('is adjusted among the expectations of its page', () => {
    const one = { metric: 'auc', expected: 'not lower' as const, a: around(0, 0.0015), b: nothing(5) };
    const alone = judgeFamily([one])[0]!;
    const among = judgeFamily(Array.from({ length: 4 }, () => one))[0]!;
    expect(among.holm).toBeCloseTo(4 * alone.holm!, 12);
    // “No effect” is said of each alone, as of every claim.
    expect([alone.verdict, among.verdict]).toEqual(['confirmed', 'no effect']);
    const wide = { ...one, a: around(0.004, 0.006) };
    expect(judgeFamily([wide])[0]!.verdict).toBe('confirmed');
    expect(judgeFamily([wide, one, one, one])[0]!.verdict).toBe('undecided');
  });
});

describe('seeds that a verdict asks for', () => {
  const level = 0.05;

  /** How often as many new seeds come to a verdict. */
  function decided(expected: Expected, effect: number, deviation: number, seeds: number): number {
    const random = stream(7, `${expected} ${effect}`);
    const TRIALS = 1500;
    let count = 0;
    for (let trial = 0; trial < TRIALS; trial++) {
      const drawn = Array.from({ length: seeds }, (_, k) => effect + deviation * random.normal(trial, k));
      const { inFavour, against } = expectedTests(expected, drawn, MARGIN);
      if (Math.min(inFavour!, against!, equivalenceTest(drawn, MARGIN)!) < level) count++;
    }
    return count / TRIALS;
  }

  it.each<[Expected, number, number]>([
    ['higher', 0.004, 0.004],
    ['higher', 0.0002, 0.003],
    ['lower', 0.004, 0.004],
    ['no difference', 0.0001, 0.003],
    ['not lower', 0.0015, 0.004],
    ['not lower', -0.005, 0.003],
    ['barely higher', 0.001, 0.001],
  ])(
    '“%s” of %f ± %f are enough in 0.8 of simulated studies, one fewer hardly',
    (expected, effect, deviation) => {
      const powers = verdictPowers(expected, MARGIN, effect, deviation, { level, alone: level });
      const seeds = 5 + seedsUntil((n) => powers.some((power) => power(n) >= 0.8), 5)!;
      expect(seeds).toBeGreaterThan(5);
      // Verdicts that come another way than the likeliest count besides, so it may be more.
      const share = decided(expected, effect, deviation, seeds);
      expect(share).toBeGreaterThan(0.77);
      expect(share).toBeLessThan(0.93);
      expect(decided(expected, effect, deviation, Math.round(seeds / 2))).toBeLessThan(0.75);
    },
  );

  it('are fewer for no effect than for an effect as large as the margin, where next to nothing is seen', () => {
    const { moreSeeds, verdict } = verdictOf('higher', around(0.0001, 0.003));
    expect(verdict).toBe('undecided');
    const [direction, noEffect] = verdictPowers('higher', MARGIN, 0.0001, 0.0029, { level, alone: level });
    const until = (power: (pairs: number) => number) => seedsUntil((n) => power(n) >= 0.8, 5) ?? Infinity;
    expect(until(noEffect!)).toBeLessThan(until(direction!));
    expect(moreSeeds).toBeGreaterThan(5);
    expect(moreSeeds).toBeLessThan(40);
  });
});
