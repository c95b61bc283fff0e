/** What studies rely on in the rows of simulated data, held on the rows themselves. */
import { describe, expect, it } from 'vitest';
import { SPLIT, type Dataset } from '../dataset';
import { PLAIN } from './worlds/common';
import { TINY, tinyDataset, tinyWorld } from './testing';
import { TWINS } from './twins';
import { WORLDS } from './worlds';

const column = (dataset: Dataset, name: string) =>
  dataset.columns[dataset.fields.findIndex((field) => field.name === name)]!;
const allRows = (dataset: Dataset) => Array.from({ length: dataset.rows }, (_, row) => row);

/**
 * What is left of a row's click logit and of its place's prominence when everything but the scenario is taken away: match, conformity,
 * promotion and place. Largest difference between two rows.
 */
function leftToScenario(dataset: Dataset, knobs: Readonly<Record<string, number>>) {
  const world = tinyWorld(knobs);
  const { probability, prominence, match, intervened } = dataset.truth!;
  const [user, item, slot] = ['user_id', 'item_id', 'slot'].map((name) => column(dataset, name));
  const intercepts: number[] = [];
  const places = new Map<number, number[]>();
  for (const row of allRows(dataset)) {
    const share = probability[row]! / prominence[row]!;
    const known =
      world.knobs.matchStrength * match[row]! +
      world.users.conformity[user![row]! - 1]! * world.items.popularity[item![row]! - 1]! +
      world.knobs.promotionLift * intervened[row]!;
    intercepts.push(Math.log(share / (1 - share)) - known);
    const of = places.get(slot![row]!) ?? [];
    of.push(prominence[row]!);
    places.set(slot![row]!, of);
  }
  const spread = (values: readonly number[]) =>
    values.reduce((most, value) => Math.max(most, value), -Infinity) -
    values.reduce((least, value) => Math.min(least, value), Infinity);
  return { intercept: spread(intercepts), prominence: Math.max(...[...places.values()].map(spread)) };
}

describe('the edge from scenario to click', () => {
  const cut = { directEffect: 0, baseRate: 0, conformity: 1, promotionLift: 1 };

  it('is gone with directEffect and baseRate at 0: match, conformity, promotion and place tell every row’s click', async () => {
    const { intercept, prominence } = leftToScenario(await tinyDataset(cut), cut);
    // Truths are kept to 12 bits.
    expect(intercept).toBeLessThan(0.02);
    expect(prominence).toBe(0);
  });

  it('needs both: either knob alone leaves it', async () => {
    const rates = { ...cut, baseRate: 0.5 };
    expect(leftToScenario(await tinyDataset(rates), rates).intercept).toBeGreaterThan(0.2);
    const places = { ...cut, directEffect: 0.5 };
    expect(leftToScenario(await tinyDataset(places), places).prominence).toBeGreaterThan(0.1);
  });
});

describe('places', () => {
  /** How far the mean match of the first place lies above that of the last. */
  async function ofFirstOverLast(slotPolicy: number): Promise<number> {
    const dataset = await tinyDataset({ slotPolicy, intervention: 0 });
    const slot = column(dataset, 'slot');
    const mean = (place: number) => {
      const rows = allRows(dataset).filter((row) => slot[row] === place);
      return rows.reduce((sum, row) => sum + dataset.truth!.match[row]!, 0) / rows.length;
    };
    return mean(1) - mean(TINY.slots);
  }

  it('tell nothing of the match where slotPolicy is 0, and do where it is not', async () => {
    expect(Math.abs(await ofFirstOverLast(0))).toBeLessThan(0.1);
    expect(await ofFirstOverLast(1)).toBeGreaterThan(0.2);
  });

  it('are drawn by chance in every cause world, so that a place can be read as bias', () => {
    expect(PLAIN.slotPolicy).toBe(0);
    for (const { id, knobs } of WORLDS) expect(knobs.slotPolicy, id).toBe(0);
  });
});

describe('rows that top up small scenarios', () => {
  it('are evaluation rows only, and weigh less than 1; training rows are the traffic as it comes', async () => {
    const dataset = await tinyDataset();
    const counts = { train: [0, 0, 0, 0], other: [0, 0, 0, 0] };
    let topped = 0;
    for (const row of allRows(dataset)) {
      const training = dataset.split[row] === SPLIT.train;
      counts[training ? 'train' : 'other'][dataset.scenario[row]!]!++;
      if (training) expect(dataset.weight[row]).toBe(1);
      else if (dataset.weight[row]! < 1) topped++;
    }
    const trained = counts.train.reduce((sum, rows) => sum + rows, 0);
    TINY.scenarios.forEach(({ share }, s) => expect(counts.train[s]! / trained).toBeCloseTo(share, 3));
    expect(topped).toBeGreaterThan(50);
    // The smallest scenario has more evaluation rows than its share.
    expect(counts.other[3]! / counts.other.reduce((sum, rows) => sum + rows, 0)).toBeGreaterThan(0.05);
  });
});

describe('propensities', () => {
  it('are told by every cause world and by no twin', async () => {
    for (const { id, propensity } of WORLDS) expect(propensity, id).toBe(true);
    for (const { id, propensity } of TWINS) expect(propensity, id).toBeUndefined();
    expect((await tinyDataset()).truth!.propensity).toBeNull();
    const told = (await tinyDataset({}, 1, { ...TINY, propensity: true })).truth!.propensity!;
    for (const value of told) {
      expect(value).toBeGreaterThan(0);
      expect(value).toBeLessThanOrEqual(1);
    }
  });
});
