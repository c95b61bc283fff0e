import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { augment, augmentationCounts, popularityOf, targetChances, unpopularItems } from './augment';
import { itemField } from '../itemField';
import type { AugmentOptions } from './augment';
import { drawPlaces, readTrialBatch, trialRows } from './trialBatches';
import { readBatch } from '../../../data/batches';
import type { Dataset } from '../../../data/dataset';
import { smallDataset } from '../../../../tests/support/smallDataset';

const options: AugmentOptions = { ratio: 0.1, popularity: 'count', quantile: 0.3, minorShare: 0.05, seed: 3 };

const trainingRows = (dataset: Dataset): Int32Array =>
  Int32Array.from({ length: dataset.rows }, (_, row) => row).filter((row) => dataset.split[row] === 0);

describe('popularity', () => {
  test('counts exposures and clicks of every item over the given rows only', () => {
    const dataset = {
      fields: [{ name: 'item', role: 'item', size: 4 }],
      columns: [Int32Array.of(1, 1, 2, 3, 1, 0)],
      label: Float32Array.of(1, 0, 1, 1, 1, 1),
    } as unknown as Dataset;
    const found = popularityOf(dataset, Int32Array.of(0, 1, 2, 3, 5), 0);
    expect([...found.exposures]).toEqual([1, 2, 1, 1]);
    expect([...found.clicks]).toEqual([1, 1, 1, 1]);
  });

  test('few exposures are unpopular up to the quantile; the collective id 0 and unseen items never', () => {
    const exposures = Int32Array.of(1, 5, 1, 2, 0, 9, 3, 4, 6, 7, 8);
    const { unpopular } = unpopularItems({ exposures, clicks: new Int32Array(11) }, 'count', 0.3);
    // Seen items have 1 … 9 exposures; the 30 % quantile is the third of nine.
    expect([...unpopular]).toEqual([0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0]);
  });

  test('a smoothed click rate below 5 % is unpopular under `rate`', () => {
    const exposures = Int32Array.of(0, 100, 100, 10);
    const clicks = Int32Array.of(0, 2, 50, 0);
    const { popularity, unpopular } = unpopularItems({ exposures, clicks }, 'rate', 0.3);
    expect([...unpopular]).toEqual([0, 1, 0, 0]);
    expect(popularity[1]).toBeCloseTo(3 / 102, 12);
  });
});

describe('augmentation', () => {
  const dataset = smallDataset();
  const rows = trainingRows(dataset);
  const field = itemField(dataset)!;

  test('added rows are training clicks on unpopular items of major scenarios, for minor scenarios', () => {
    const added = augment(dataset, rows, options);
    expect(added.reason).toBeNull();
    expect(added.source).toHaveLength(Math.round(0.1 * rows.length));
    expect(added.minor.length).toBeGreaterThan(0);
    const { unpopular } = unpopularItems(popularityOf(dataset, rows, field), 'count', 0.3);
    const counts = dataset.scenarios.map((_, s) => rows.filter((row) => dataset.scenario[row] === s).length);
    for (const s of added.minor) expect(counts[s]! / rows.length).toBeLessThan(options.minorShare);
    for (const s of added.major) expect(counts[s]! / rows.length).toBeGreaterThanOrEqual(options.minorShare);
    const known = new Set(rows);
    added.source.forEach((row, i) => {
      expect(known.has(row)).toBe(true);
      expect(dataset.label[row]).toBe(1);
      expect(unpopular[dataset.columns[field]![row]!]).toBe(1);
      expect(added.major).toContain(dataset.scenario[row]);
      expect(added.minor).toContain(added.target[i]);
    });
    const table = augmentationCounts(dataset, added);
    expect(table.reduce((all, count) => all + count, 0)).toBe(added.source.length);
  });

  test('rarer items are drawn more often: weight 1 / p(i)', () => {
    const added = augment(dataset, rows, { ...options, ratio: 5 });
    const { exposures } = popularityOf(dataset, rows, field);
    const column = dataset.columns[field]!;
    const expected = new Map<number, number>();
    const drawn = new Map<number, number>();
    const { unpopular } = unpopularItems(popularityOf(dataset, rows, field), 'count', 0.3);
    for (const row of rows) {
      const item = column[row]!;
      if (dataset.label[row] !== 1 || !unpopular[item] || !added.major.includes(dataset.scenario[row]!))
        continue;
      const weight = 1 / exposures[item]!;
      expected.set(exposures[item]!, (expected.get(exposures[item]!) ?? 0) + weight);
    }
    for (const row of added.source) {
      const count = exposures[column[row]!]!;
      drawn.set(count, (drawn.get(count) ?? 0) + 1);
    }
    const total = [...expected.values()].reduce((all, weight) => all + weight, 0);
    expect(expected.size).toBeGreaterThan(1);
    for (const [count, weight] of expected)
      expect((drawn.get(count) ?? 0) / added.source.length).toBeCloseTo(weight / total, 1);
  });

  test('is the same for the same seed and another for another', () => {
    const one = augment(dataset, rows, options);
    expect(augment(dataset, rows, options)).toEqual(one);
    expect([...augment(dataset, rows, { ...options, seed: 4 }).source]).not.toEqual([...one.source]);
  });

  test('says in a sentence why nothing can be added', () => {
    expect(augment(dataset, rows, { ...options, minorShare: 0.0001 }).reason).toMatch(/no scenario holds/);
    expect(augment(dataset, rows, { ...options, ratio: 0 }).reason).toMatch(/ratio is 0/);
    const withoutItems = { ...dataset, fields: dataset.fields.map((f) => ({ ...f, role: 'user' as const })) };
    expect(augment(withoutItems, rows, options).reason).toMatch(/no item field/);
    expect(augment(dataset, rows, { ...options, popularity: 'rate' }).reason).toMatch(
      /no click on an unpopular/,
    );
  });

  test('targets’ chances sum to 1 and grow with what a scenario lacks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 0, max: 5000 }),
        (counts, added) => {
          const chances = targetChances(counts, added);
          expect(chances.reduce((all, chance) => all + chance, 0)).toBeCloseTo(1, 9);
          counts.forEach((a, i) =>
            counts.forEach((b, j) => {
              if (a < b) expect(chances[i]).toBeGreaterThanOrEqual(chances[j]! - 1e-12);
            }),
          );
        },
      ),
    );
  });
});

describe('trial batches', () => {
  const dataset = smallDataset();
  const rows = trainingRows(dataset);
  const added = augment(dataset, rows, options);
  const trials = trialRows(dataset, rows, added);
  const field = dataset.fields.findIndex(({ role }) => role === 'scenario');
  const layout = {
    batch: 32,
    fields: dataset.fields.map((_, f) => f),
    history: null,
    ownHistory: null,
    width: dataset.fields.length,
  };
  const trainer = {
    dataset,
    readBatch: (wanted: Int32Array, _extra?: object, size?: number) =>
      readBatch(dataset, { ...layout, batch: size ?? layout.batch }, wanted),
  };

  test('A_d is T_d and its added rows, and nothing of validation or test', () => {
    trials.forEach(({ rows: all, own }, d) => {
      const mine = rows.filter((row) => dataset.scenario[row] === d);
      expect([...all.subarray(0, own)]).toEqual([...mine]);
      expect(all.length - own).toBe(added.target.filter((target) => target === d).length);
      for (const row of all) expect(dataset.split[row]).toBe(0);
    });
  });

  test('an added row carries the minor scenario’s id, label 1 and else its own fields', () => {
    const d = added.minor[0]!;
    const trial = trials[d]!;
    const places = Int32Array.from({ length: 20 }, (_, i) => (i < 3 ? i : trial.own + i - 3));
    const batch = readTrialBatch(trainer, trial, d, places, field);
    places.forEach((place, b) => {
      const row = trial.rows[place]!;
      expect(batch.scenario[b]).toBe(d);
      expect(batch.label[b]).toBe(place < trial.own ? dataset.label[row] : 1);
      dataset.fields.forEach(({ offset }, f) => {
        const local = f === field ? d + 1 : dataset.columns[f]![row]!;
        expect(batch.ids[b * layout.width + f]).toBe(offset + local);
      });
    });
    // The dataset itself is untouched.
    expect(dataset.scenario[trial.rows[trial.own]!]).not.toBe(d);
  });

  test('places are drawn without replacement where there are enough, always in range, and repeat for a name', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 100 }),
        fc.string(),
        (size, count, name) => {
          const places = drawPlaces(9, name, size, count);
          expect(places).toHaveLength(count);
          for (const place of places) expect(place >= 0 && place < size).toBe(true);
          if (size >= count) expect(new Set(places).size).toBe(count);
          expect([...drawPlaces(9, name, size, count)]).toEqual([...places]);
        },
      ),
    );
  });
});
