/** One person of a simulated dataset in two of its scenarios, and the crowd around: small numbers for a picture. */
import { worldOfDataset } from './settings';
import { signalCounts } from './signals';
import { matchOf, type World } from './world';
import type { Dataset } from '../dataset';

/** One row of the log. */
export interface Impression {
  /** 0 or 1: which of the two scenarios. */
  readonly where: 0 | 1;
  readonly item: number;
  readonly category: string;
  /** Place on the page, from 1. */
  readonly place: number;
  readonly prominence: number;
  readonly match: number;
  readonly promoted: boolean;
  /** True click probability. */
  readonly probability: number;
  readonly clicked: boolean;
}

export interface Portrait {
  /** Says "simulated". */
  readonly title: string;
  /** All scenarios, with how much of the traffic they are. */
  readonly scenarios: readonly {
    readonly id: string;
    readonly name: string;
    readonly group: string | null;
    readonly share: number;
  }[];
  /** Positions of the two on show. */
  readonly pair: readonly [number, number];
  readonly person: number;
  /** Mean match with the items of a category, in each of the two scenarios. */
  readonly tastes: readonly { readonly category: string; readonly match: readonly [number, number] }[];
  readonly impressions: readonly Impression[];
  readonly crowd: {
    /** Match of random persons and items in both scenarios. */
    readonly matches: readonly (readonly [number, number])[];
    /** Pearson's correlation of these; null where one of the two does not vary. */
    readonly agreement: number | null;
    /** Of each place on the page: prominence and click rate (null without rows) in both scenarios. */
    readonly places: readonly {
      readonly place: number;
      readonly prominence: readonly [number, number];
      readonly clickRate: readonly [number | null, number | null];
    }[];
    /** Rows of promotion and others of the scenarios where there is one; null where nothing is promoted. */
    readonly promoted: { readonly yes: Group; readonly no: Group } | null;
    /** Of each signal and scenario: spread of the click rate over the signal's values. Empty without signals. */
    readonly signals: readonly {
      readonly name: string;
      /** Whether it counts in all scenarios. */
      readonly common: boolean;
      readonly spread: readonly number[];
    }[];
  };
}

interface Group {
  readonly rows: number;
  readonly match: number;
  readonly clickRate: number;
}

/** Impressions on show in each scenario. */
const SHOWN = 6;
const PAIRS = 240;

type Rows = Pick<
  Dataset,
  'fields' | 'columns' | 'source' | 'truth' | 'scenario' | 'label' | 'rows' | 'title' | 'scenarios'
>;

function columnsOf(dataset: Rows) {
  return (name: string): Int32Array => {
    const at = dataset.fields.findIndex((field) => field.name === name);
    const column = dataset.columns[at];
    if (!column) throw new RangeError(`The dataset has no field ${name}; simulate it again.`);
    return column;
  };
}

function correlation(points: readonly (readonly [number, number])[]): number | null {
  const mean = (k: 0 | 1): number => points.reduce((sum, point) => sum + point[k], 0) / points.length;
  const [mx, my] = [mean(0), mean(1)];
  let [xx, yy, xy] = [0, 0, 0];
  for (const [x, y] of points) {
    xx += (x - mx) * (x - mx);
    yy += (y - my) * (y - my);
    xy += (x - mx) * (y - my);
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : null;
}

/** Matches of persons and items that follow each other in two strides, so that the same world gives the same points. */
function matchesIn(world: World, [a, b]: readonly [number, number]): [number, number][] {
  const { users, items } = world;
  return Array.from({ length: PAIRS }, (_, k) => {
    const [user, item] = [(k * 37) % users.count, (k * 53 + 7) % items.count];
    return [matchOf(world, user, item, a), matchOf(world, user, item, b)];
  });
}

/**
 * @param pair two positions of scenarios
 * @param nth which of the people who were shown something, and clicked, in both; goes round
 * @throws RangeError where the dataset is not simulated, or nobody was in both scenarios
 */
export function portraitOf(dataset: Rows, pair: readonly [number, number], nth: number): Portrait {
  const { truth } = dataset;
  const { world } = worldOfDataset(dataset.source);
  if (!truth) throw new RangeError('Only simulated data has a known truth; choose a simulated dataset.');
  const column = columnsOf(dataset);
  const [user, item, slot, category] = ['user_id', 'item_id', 'slot', 'category'].map(column) as [
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  const labels = dataset.fields.find(({ name }) => name === 'category')?.labels;
  const named = (id: number): string => labels?.[id] ?? `category ${id}`;
  const where = (row: number): 0 | 1 | null =>
    dataset.scenario[row] === pair[0] ? 0 : dataset.scenario[row] === pair[1] ? 1 : null;

  const seen = new Map<number, [number[], number[]]>();
  for (let row = 0; row < dataset.rows; row++) {
    const side = where(row);
    if (side === null) continue;
    const one = seen.get(user[row]!) ?? [[], []];
    one[side].push(row);
    seen.set(user[row]!, one);
  }
  const clicked = (rows: readonly number[]): boolean => rows.some((row) => dataset.label[row] === 1);
  const both = [...seen].filter(([, rows]) => rows.every((one) => one.length >= 3 && clicked(one)));
  const known = both.length > 0 ? both : [...seen].filter(([, rows]) => rows.every((one) => one.length > 0));
  const chosen = known.sort(([a], [b]) => a - b)[nth % Math.max(1, known.length)];
  if (!chosen) throw new RangeError('Nobody in this world was shown something in both scenarios.');
  const [person, rows] = chosen;

  const byCategory = new Map<number, number[]>();
  for (let i = 0; i < world.items.count; i++) {
    const c = world.items.category[i]! + 1;
    byCategory.set(c, [...(byCategory.get(c) ?? []), i]);
  }
  const meanMatch = (items: readonly number[], s: number): number =>
    items.reduce((sum, i) => sum + matchOf(world, person - 1, i, s), 0) / items.length;
  const matches = matchesIn(world, pair);
  return {
    title: dataset.title,
    scenarios: dataset.scenarios.map(({ id, name, group, share }) => ({ id, name, group, share })),
    pair,
    person,
    tastes: [...byCategory]
      .sort(([a], [b]) => a - b)
      .map(([c, items]) => ({
        category: named(c),
        match: [meanMatch(items, pair[0]), meanMatch(items, pair[1])],
      })),
    impressions: rows.flatMap((one, side) =>
      shownFew(one, dataset.label).map((row) => ({
        where: side === 0 ? (0 as const) : (1 as const),
        item: item[row]!,
        category: named(category[row]!),
        place: slot[row]!,
        prominence: truth.prominence[row]!,
        match: truth.match[row]!,
        promoted: truth.intervened[row] === 1,
        probability: truth.probability[row]!,
        clicked: dataset.label[row] === 1,
      })),
    ),
    crowd: {
      matches,
      agreement: correlation(matches),
      places: placesOf(dataset, world, slot, pair),
      promoted: promotedOf(dataset, truth),
      signals: signalsOf(dataset, world, column),
    },
  };
}

/** The first rows, but with the first click among them. */
function shownFew(rows: readonly number[], label: Float32Array): readonly number[] {
  const first = rows.slice(0, SHOWN);
  const click = rows.find((row) => label[row] === 1);
  return click === undefined || first.includes(click) ? first : [...first.slice(0, -1), click];
}

function placesOf(
  dataset: Rows,
  world: World,
  slot: Int32Array,
  pair: readonly [number, number],
): Portrait['crowd']['places'] {
  const { slots } = world.twin;
  const rate = (s: number, place: number): number | null => {
    let [rows, clicks] = [0, 0];
    for (let row = 0; row < dataset.rows; row++) {
      if (dataset.scenario[row] !== s || slot[row] !== place) continue;
      rows++;
      clicks += dataset.label[row]!;
    }
    return rows > 0 ? clicks / rows : null;
  };
  return Array.from({ length: slots }, (_, k) => ({
    place: k + 1,
    prominence: [world.prominence[pair[0] * slots + k]!, world.prominence[pair[1] * slots + k]!],
    clickRate: [rate(pair[0], k + 1), rate(pair[1], k + 1)],
  }));
}

function promotedOf(
  { scenario, label, rows }: Rows,
  { intervened, match }: NonNullable<Rows['truth']>,
): Portrait['crowd']['promoted'] {
  const running = new Set<number>();
  for (let row = 0; row < rows; row++) if (intervened[row] === 1) running.add(scenario[row]!);
  if (running.size === 0) return null;
  const group = (kind: 0 | 1): Group => {
    let [count, matches, clicks] = [0, 0, 0];
    for (let row = 0; row < rows; row++) {
      if (intervened[row] !== kind || !running.has(scenario[row]!)) continue;
      count++;
      matches += match[row]!;
      clicks += label[row]!;
    }
    return { rows: count, match: matches / count, clickRate: clicks / count };
  };
  return { yes: group(1), no: group(0) };
}

function signalsOf(
  dataset: Rows,
  { signals, twin }: World,
  column: (name: string) => Int32Array,
): Portrait['crowd']['signals'] {
  if (!signals) return [];
  return Array.from({ length: signals.specific + signals.common }, (_, f) => {
    const values = column(`signal_${f + 1}`);
    const spread = twin.scenarios.map((_scenario, s) => {
      const clicks = new Map<number, [number, number]>();
      for (let row = 0; row < dataset.rows; row++) {
        if (dataset.scenario[row] !== s) continue;
        const [rows, sum] = clicks.get(values[row]!) ?? [0, 0];
        clicks.set(values[row]!, [rows + 1, sum + dataset.label[row]!]);
      }
      const rates = [...clicks.values()].map(([rows, sum]) => sum / rows);
      const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
      return Math.sqrt(rates.reduce((sum, rate) => sum + (rate - mean) * (rate - mean), 0) / rates.length);
    });
    const common = twin.scenarios.every((_scenario, s) => signalCounts(signals, f, s));
    return { name: `Signal ${f + 1}`, common, spread };
  });
}
