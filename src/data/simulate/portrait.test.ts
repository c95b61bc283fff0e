import { describe, expect, test } from 'vitest';
import { portraitOf } from './portrait';
import { newTinyDataset, tinyDataset, TINY } from './testing';

describe('a person of a world', () => {
  test('was shown what the log says, with the truth of each row', async () => {
    const dataset = await tinyDataset();
    const portrait = portraitOf(dataset, [0, 1], 0);
    const rows = Array.from({ length: dataset.rows }, (_, row) => row).filter(
      (row) => dataset.columns[1]![row] === portrait.person,
    );
    expect(portrait.title).toContain('simulated');
    expect(portrait.impressions.length).toBeGreaterThanOrEqual(6);
    for (const one of portrait.impressions) {
      expect(
        rows.some(
          (row) =>
            dataset.scenario[row] === portrait.pair[one.where] &&
            dataset.truth!.probability[row] === one.probability &&
            dataset.truth!.match[row] === one.match &&
            (dataset.label[row] === 1) === one.clicked,
        ),
      ).toBe(true);
    }
    for (const where of [0, 1])
      expect(portrait.impressions.some((one) => one.where === where && one.clicked)).toBe(true);
  });

  test('is another at the next press, and the same again after all', async () => {
    const dataset = await tinyDataset();
    const people = [0, 1, 2].map((nth) => portraitOf(dataset, [0, 1], nth).person);
    expect(new Set(people).size).toBe(3);
    expect(portraitOf(dataset, [0, 1], 0)).toEqual(portraitOf(dataset, [0, 1], 0));
  });

  test('likes the same everywhere without shift and conflict, and less alike with', async () => {
    const still = portraitOf(await tinyDataset({ interestShift: 0, conflict: 0, opposition: 0 }), [0, 1], 0);
    for (const { match } of still.tastes) expect(match[0]).toBeCloseTo(match[1], 12);
    expect(still.crowd.agreement).toBeCloseTo(1, 9);
    const torn = portraitOf(await newTinyDataset({ conflict: 1 }), [0, 1], 0);
    expect(torn.crowd.agreement).toBeLessThan(0.7);
  });

  test('of a world without promotion meets none, and signals count where they say', async () => {
    const dataset = await newTinyDataset({ intervention: 0, specificFields: 1, matchStrength: 0 }, 1, {
      ...TINY,
      signals: { specific: 4, common: 1 },
    });
    const { crowd } = portraitOf(dataset, [0, 1], 0);
    expect(crowd.promoted).toBeNull();
    expect(crowd.signals).toHaveLength(5);
    const [first] = crowd.signals;
    expect(first!.common).toBe(false);
    expect(first!.spread[0]).toBeGreaterThan(2 * first!.spread[1]!);
    expect(crowd.signals[4]!.common).toBe(true);
  });

  test('rows of a promotion are clicked more where it lifts them', async () => {
    const lifted = await newTinyDataset({ intervention: 0.5, promotionLift: 3 });
    const { promoted } = portraitOf(lifted, [0, 1], 0).crowd;
    expect(promoted!.yes.rows).toBe(lifted.truth!.intervened.reduce((sum, one) => sum + one, 0));
    expect(promoted!.yes.clickRate).toBeGreaterThan(promoted!.no.clickRate);
  });
});
