import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openAudience } from './audience';
import { noiseFreeAuc } from './fidelity';
import { relatednessOf } from './interests';
import { KNOBS, KNOB_NAMES, turnKnobs, type KnobName } from './knobs';
import { TINY, tinyDataset, tinyWorld } from './testing';
import { settingsSchema } from './settings';
import { generalMatch, matchOf } from './world';
import type { Dataset } from '../dataset';

function finish<T>(work: Generator<unknown, T>): T {
  for (;;) {
    const next = work.next();
    if (next.done) return next.value;
  }
}

const column = (dataset: Dataset, name: string) =>
  dataset.columns[dataset.fields.findIndex((field) => field.name === name)]!;

function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const n = a.length;
  let meanA = 0;
  let meanB = 0;
  for (let k = 0; k < n; k++) {
    meanA += a[k]! / n;
    meanB += b[k]! / n;
  }
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let k = 0; k < n; k++) {
    ab += (a[k]! - meanA) * (b[k]! - meanB);
    aa += (a[k]! - meanA) ** 2;
    bb += (b[k]! - meanB) ** 2;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}

/** Spread of truth_p inside each (scenario, slot) cell, largest over cells. */
function spreadInCells(dataset: Dataset): number {
  const slot = column(dataset, 'slot');
  const low = new Map<string, number>();
  const high = new Map<string, number>();
  for (let row = 0; row < dataset.rows; row++) {
    const cell = `${dataset.scenario[row]}/${slot[row]}`;
    const p = dataset.truth!.probability[row]!;
    low.set(cell, Math.min(low.get(cell) ?? 1, p));
    high.set(cell, Math.max(high.get(cell) ?? 0, p));
  }
  return Math.max(...[...low.keys()].map((cell) => high.get(cell)! - low.get(cell)!));
}

/** Mean score of exposures against what chance would show the same people. */
function scoreOfExposures(dataset: Dataset, knobs: Record<string, number>): number {
  const world = tinyWorld(knobs);
  const user = column(dataset, 'user_id');
  const item = column(dataset, 'item_id');
  let shown = 0;
  let chance = 0;
  for (let row = 0; row < dataset.rows; row++) {
    shown += generalMatch(world, user[row]! - 1, item[row]! - 1) / dataset.rows;
    // Another row's item: the same items as often, but to other people.
    chance += generalMatch(world, user[row]! - 1, item[(row * 7919 + 13) % dataset.rows]! - 1) / dataset.rows;
  }
  return shown - chance;
}

/** Enough people and items for their means to be near what they are drawn from. */
const CROWD = { ...TINY, sizes: { ...TINY.sizes, small: { ...TINY.sizes.small, users: 400, items: 200 } } };
/** Four signals of one scenario each, and one of all. */
const SIGNALLED = { ...TINY, signals: { specific: 4, common: 1 } };

/** At 0 the effect is gone; above 0 it is there. One entry a knob: forgetting one is a compile error. */
const EFFECTS: Record<KnobName, (value: number) => Promise<number> | number> = {
  interestShift: (value) => {
    const related = relatednessOf(tinyWorld({ interestShift: value, opposition: 0.5 }).weights);
    return 1 - Math.min(...related);
  },
  treeShare: (value) => {
    // How much closer scenarios of one group are than of different ones, over many seeds.
    let gap = 0;
    for (let seed = 1; seed <= 150; seed++) {
      const related = relatednessOf(
        tinyWorld({ treeShare: value, opposition: 0, interestShift: 1 }, seed).weights,
      );
      gap += (related[1]! + related[11]! - related[2]! - related[7]!) / 300;
    }
    return Math.abs(gap) < 0.03 ? 0 : gap;
  },
  opposition: (value) => {
    const related = relatednessOf(tinyWorld({ opposition: value }).weights);
    return related.filter((r) => r < 0).length;
  },
  conflict: (value) => {
    // One minus the correlation of a person's match with the same items in two scenarios of equal weights.
    const world = tinyWorld({ conflict: value, interestShift: 0, opposition: 0, itemQuality: 0 }, 1, CROWD);
    const pairs = Array.from(
      { length: 4000 },
      (_, k) => [k % world.users.count, (k * 7) % world.items.count] as const,
    );
    const match = (s: number) => pairs.map(([u, i]) => matchOf(world, u, i, s));
    const apart = 1 - correlation(match(0), match(1));
    return Math.abs(apart) < 1e-12 ? 0 : apart;
  },
  baseRate: async (value) => {
    const dataset = await tinyDataset({ baseRate: value });
    const { intercepts } = settingsSchema.parse((dataset.source as { settings: unknown }).settings);
    return Math.max(...intercepts) - Math.min(...intercepts);
  },
  promotionLift: async (value) => {
    const usual = await tinyDataset({ promotionLift: 0, baseRate: 0 });
    const lifted = await tinyDataset({ promotionLift: value, baseRate: 0 });
    const logit = (p: number, e: number) => Math.log(p / e / (1 - p / e));
    const of = ({ truth }: Dataset, forced: number) => {
      const rows = Array.from(truth!.intervened.keys()).filter((row) => truth!.intervened[row] === forced);
      return (
        rows.reduce((sum, row) => sum + logit(truth!.probability[row]!, truth!.prominence[row]!), 0) /
        rows.length
      );
    };
    const gain = of(lifted, 1) - of(lifted, 0) - (of(usual, 1) - of(usual, 0));
    return Math.abs(gain) < 0.01 ? 0 : gain;
  },
  promotedShare: (value) => finish(openAudience(tinyWorld({ promotedShare: value }))).promoted.length - 1,
  promotedMisfit: (value) => {
    const world = tinyWorld({ promotedMisfit: value, promotedShare: 0.2 }, 1, CROWD);
    const fit = (i: number) =>
      Array.from({ length: world.users.count }, (_, u) => generalMatch(world, u, i)).reduce(
        (a, b) => a + b,
        0,
      ) / world.users.count;
    const mean = (items: ArrayLike<number>) =>
      Array.from(items, fit).reduce((a, b) => a + b, 0) / items.length;
    const gap =
      mean(Array.from({ length: world.items.count }, (_, i) => i)) -
      mean(finish(openAudience(world)).promoted);
    return Math.abs(gap) < 0.15 ? 0 : gap;
  },
  specificFields: async (value) => {
    const knobs = { specificFields: value, matchStrength: 0, conformity: 0 };
    // Within a scenario and a place, what signal_1 (of scenario a) changes of the log-odds beside the common signal.
    const dataset = await tinyDataset(knobs, 1, SIGNALLED);
    const world = tinyWorld(knobs, 1, SIGNALLED);
    const spread = new Map<string, number[]>();
    for (let row = 0; row < dataset.rows; row++) {
      if (dataset.scenario[row] !== 0) continue;
      const key = `${column(dataset, 'slot')[row]}/${column(dataset, 'signal_5')[row]}`;
      const cell = spread.get(key) ?? [];
      cell.push(dataset.truth!.probability[row]!);
      spread.set(key, cell);
    }
    expect(world.signals).not.toBeNull();
    return Math.max(...[...spread.values()].map((p) => Math.max(...p) - Math.min(...p)));
  },
  matchStrength: async (value) => {
    const dataset = await tinyDataset({ matchStrength: value, conformity: 0 });
    return spreadInCells(dataset);
  },
  itemQuality: (value) => Math.max(...tinyWorld({ itemQuality: value }).items.quality.map(Math.abs)),
  directEffect: (value) => {
    const { prominence } = tinyWorld({ directEffect: value });
    let most = 0;
    for (let s = 1; s < 4; s++)
      for (let k = 0; k < 6; k++) most = Math.max(most, Math.abs(prominence[s * 6 + k]! - prominence[k]!));
    return most;
  },
  commonTaste: (value) => {
    // Cosine of two people's interests, mean over pairs: chance and shared segments leave it near 0.
    const { users } = tinyWorld({ commonTaste: value });
    const unit = Array.from({ length: users.count }, (_, u) => {
      const z = users.interests.subarray(u * 8, u * 8 + 8);
      return z.map((x) => x / Math.hypot(...z));
    });
    const sum = Array.from({ length: 8 }, (_, k) => unit.reduce((total, z) => total + z[k]!, 0));
    const mean = (Math.hypot(...sum) ** 2 - users.count) / (users.count * (users.count - 1));
    return Math.abs(mean) < 0.2 ? 0 : mean;
  },
  positionBias: (value) => {
    const { prominence } = tinyWorld({ positionBias: value, directEffect: 0 });
    return prominence[0]! - prominence[5]!;
  },
  conformity: async (value) => spreadInCells(await tinyDataset({ conformity: value, matchStrength: 0 })),
  intervention: async (value) =>
    (await tinyDataset({ intervention: value })).truth!.intervened.reduce((a, b) => a + b, 0),
  policyMatch: async (value) => {
    const knobs = { policyMatch: value, intervention: 0 };
    const gain = scoreOfExposures(await tinyDataset(knobs), knobs);
    return Math.abs(gain) < 0.06 ? 0 : gain;
  },
  policyPopularity: async (value) => {
    const dataset = await tinyDataset({
      policyPopularity: value,
      policyMatch: 0,
      intervention: 0,
      localPopularity: 0,
    });
    const counts = new Float64Array(TINY.sizes.small.items);
    for (const id of column(dataset, 'item_id')) counts[id - 1]!++;
    const c = -correlation(
      counts,
      tinyWorld().items.popularity.map((p) => -p),
    );
    return Math.abs(c) < 0.25 ? 0 : c;
  },
  slotPolicy: async (value) => {
    const knobs = { slotPolicy: value, intervention: 0 };
    const dataset = await tinyDataset(knobs);
    const world = tinyWorld(knobs);
    const user = column(dataset, 'user_id');
    const item = column(dataset, 'item_id');
    const score = Float64Array.from(user, (u, row) => -generalMatch(world, u - 1, item[row]! - 1));
    const c = correlation(column(dataset, 'slot'), score);
    return Math.abs(c) < 0.05 ? 0 : c;
  },
  popularitySkew: (value) => Math.max(...tinyWorld({ popularitySkew: value }).items.popularity.map(Math.abs)),
  itemOverlap: (value) => {
    const audience = finish(openAudience(tinyWorld({ itemOverlap: value })));
    const carriers = new Int32Array(TINY.sizes.small.items);
    for (const list of audience.carried) for (const i of list ?? carriers.keys()) carriers[i]!++;
    return Math.max(...carriers) - 1;
  },
  localPopularity: (value) => {
    const { carriedSums } = finish(openAudience(tinyWorld({ localPopularity: value, itemOverlap: 1 })));
    const share = (s: number, i: number) =>
      (carriedSums[s]![i]! - carriedSums[s]![i - 1]!) / carriedSums[s]![carriedSums[s]!.length - 1]!;
    return Math.abs(share(0, 10) - share(1, 10)) + Math.abs(share(2, 20) - share(3, 20));
  },
  userSkew: (value) => {
    const { activity } = tinyWorld({ userSkew: value }).users;
    return Math.max(...activity) - Math.min(...activity);
  },
  userOverlap: (value) => {
    const { visits } = finish(openAudience(tinyWorld({ userOverlap: value })));
    return Math.max(...visits.map((list) => list.length)) - 1;
  },
  profileNoise: (value) => {
    // Without noise, age bands follow one interest without a single inversion.
    const { users } = tinyWorld({ profileNoise: value });
    const order = Array.from(users.age, (_, u) => u).sort(
      (a, b) => users.interests[a * 8]! - users.interests[b * 8]!,
    );
    let inversions = 0;
    for (let k = 1; k < order.length; k++)
      if (users.age[order[k]!]! < users.age[order[k - 1]!]!) inversions++;
    return inversions;
  },
  attributeNoise: (value) => {
    const { items } = tinyWorld({ attributeNoise: value });
    let most = 0;
    for (let i = 0; i < items.count; i++)
      for (let j = 0; j < i; j++)
        if (items.brand[i] === items.brand[j] && items.category[i] === items.category[j])
          most = Math.max(most, Math.abs(items.attributes[i * 8]! - items.attributes[j * 8]!));
    return most;
  },
  history: async (value) => Math.max(...(await tinyDataset({ history: value })).history!.lengths),
};

describe('knobs', () => {
  test.each(KNOB_NAMES)('%s at 0 removes its effect, and turned up brings it', async (name) => {
    const { max } = KNOBS.find((knob) => knob.name === name)!;
    expect(await EFFECTS[name](0)).toBe(0);
    expect(await EFFECTS[name](max * 0.8)).toBeGreaterThan(0);
  });

  test('without an interest shift a match is the same in every scenario', () => {
    const world = tinyWorld({ interestShift: 0 });
    for (let u = 0; u < 20; u++)
      for (let s = 0; s < 4; s++) expect(matchOf(world, u, u, s)).toBe(matchOf(world, u, u, 0));
  });

  test('without the direct effect, prominence can’t change what a scenario’s click depends on but by slot', async () => {
    const dataset = await tinyDataset({ directEffect: 0, positionBias: 0 });
    expect(new Set(dataset.truth!.prominence)).toEqual(new Set([1]));
  });

  test('with no effect at all, nothing ranks better than chance', async () => {
    const dataset = await tinyDataset({ matchStrength: 0, conformity: 0, directEffect: 0, positionBias: 0 });
    for (let s = 0; s < 4; s++) {
      const p = dataset.truth!.probability.filter((_, row) => dataset.scenario[row] === s);
      expect(noiseFreeAuc(p, p)).toBe(0.5);
    }
  });

  test('opposition sets how many pairs of scenarios are opposed', () => {
    const opposedPairs = (opposition: number) =>
      relatednessOf(tinyWorld({ opposition, interestShift: 0.2 }).weights).filter((r) => r < 0).length / 2;
    // Of four scenarios: none, one against three, two against two.
    expect([opposedPairs(0), opposedPairs(0.25), opposedPairs(0.5)]).toEqual([0, 3, 4]);
  });

  test('interventions happen in the promotion period and the chosen scenarios only, as often as the knob says', async () => {
    const dataset = await tinyDataset({ intervention: 0.5 });
    const from = TINY.start + 0.2 * TINY.days * 86_400;
    const to = TINY.start + 0.5 * TINY.days * 86_400;
    let eligible = 0;
    let intervened = 0;
    for (let row = 0; row < dataset.rows; row++) {
      const time = dataset.timestamp![row]!;
      const inside = time >= from && time < to && TINY.scenarios[dataset.scenario[row]!]!.promoted === true;
      if (inside) eligible++;
      if (dataset.truth!.intervened[row] === 1) {
        expect(inside).toBe(true);
        intervened++;
      }
    }
    expect(intervened / eligible).toBeGreaterThan(0.45);
    expect(intervened / eligible).toBeLessThan(0.55);
  });

  test('are all described in docs/data.md as they are here', () => {
    const text = readFileSync(new URL('../../../docs/data.md', import.meta.url), 'utf8');
    for (const knob of KNOBS) {
      expect(text, 'run npx tsx scripts/fidelity.ts --write').toContain(
        `| \`${knob.name}\` | ${knob.min}–${knob.max} | ${knob.edge ?? ''} | ${knob.meaning} | ${knob.atZero} |`,
      );
    }
  });

  test('an unknown knob or a value out of range is named in a sentence', () => {
    expect(() => turnKnobs(TINY.knobs, { gravity: 1 })).toThrow(/no knob “gravity”/);
    expect(() => turnKnobs(TINY.knobs, { opposition: 0.9 })).toThrow(
      /opposition is 0.9; choose a value from 0 to 0.5/,
    );
    expect(() => turnKnobs(TINY.knobs, { opposition: NaN })).toThrow(/opposition is NaN/);
  });
});
