import { expect, it } from 'vitest';
import { findTwin } from '../../data/simulate';
import { claimsOf } from '../claims';
import { HYPOTHESES, type Hypothesis } from '../claims/hypotheses';
import { madeUpStudy } from '../reproduce/testing';
import { testHypotheses } from './hypotheses';
import { findVariant } from './variants';

it.each(Object.entries(HYPOTHESES))(
  'hypotheses of %s are of variants and doses that are studied, in the page’s order',
  (paper, all) => {
    const doses = findTwin(claimsOf(paper).claims[0]!.world).cause?.doses ?? [];
    const numbers = all.map(({ number }) => number);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    for (const { test, doses: tested, beyond } of all) {
      expect(findVariant(test.variant).id).toBe(test.variant);
      if (test.value === undefined) expect(findVariant(test.against).id).toBe(test.against);
      expect(tested.length).toBeGreaterThan(0);
      for (const dose of [...tested, ...(beyond === undefined ? [] : [beyond])])
        expect(doses).toContain(dose);
    }
  },
);

it('are judged dose by dose, and a gain against that at another dose, seed by seed', () => {
  const study = madeUpStudy('sarnet');
  const test = {
    metric: 'noiseFreeAuc',
    of: 'overall',
    variant: 'sarnet:full',
    against: 'sarnet:plain',
    expected: 'higher',
  } as const;
  const given: readonly Hypothesis[] = [
    { number: 1, sentence: 'gains', test, doses: [0, 0.6, 0.9] },
    { number: 2, sentence: 'grows', test, doses: [0.6], beyond: 0 },
    { number: 3, sentence: 'shrinks', test: { ...test, expected: 'lower' }, doses: [0.6], beyond: 0 },
  ];
  const found = testHypotheses(given, study, study.worlds).map(
    ({ dose, verdict }) => [dose, verdict] as const,
  );
  expect(found.map(([dose]) => dose)).toEqual([0, 0.6, 0.9, 0.6, 0.6]);
  expect(found[1]![1].effect).toBeCloseTo(0.012, 9);
  expect(found[2]![1].verdict).toBe('not run');
  // The noise of a seed is the same at both doses, so the difference of differences has none.
  expect(found[3]![1]).toMatchObject({ verdict: 'confirmed', pairs: 5 });
  expect(found[3]![1].effect).toBeCloseTo(0.012, 9);
  expect(found[4]![1].verdict).toBe('opposite');

  // A gain over some scenarios against that over others.
  const { scenarios } = study.worlds[0]!;
  const [first, last] = [scenarios[0]!.id, scenarios.at(-1)!.id];
  const [apart] = testHypotheses(
    [{ number: 4, sentence: 'is there', test: { ...test, of: first }, doses: [0.6], beyondOf: last }],
    study,
    study.worlds,
  );
  const gainOf = (of: string) =>
    testHypotheses([{ ...given[0]!, test: { ...test, of }, doses: [0.6] }], study, study.worlds)[0]!.verdict
      .effect!;
  expect(apart!.verdict.pairs).toBe(5);
  expect(apart!.verdict.effect).toBeCloseTo(gainOf(first) - gainOf(last), 9);
});
