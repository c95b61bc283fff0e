import type { Field } from '../dataset';
import { SIGNAL_LEVELS, signalCounts, signalLevel, type Signals } from './signals';
import { AGE_BINS, CITY_BINS, GENDER_BINS, PRICE_BINS, SPENDING_BINS, type World } from './world';
import type { Exposures } from './exposures';
import type { Plan } from './plan';

interface SimulatedField {
  readonly name: string;
  readonly role: Field['role'];
  readonly values: (world: World) => number;
  readonly meaning: string;
  readonly scenarioSpecific?: true;
  /** Zero-based value of a row; null where another column says it (scenario). */
  readonly read: (world: World, plan: Plan, exposures: Exposures, row: number) => number;
  readonly labels?: (world: World) => readonly string[];
}

const numbered = (word: string, count: number) => Array.from({ length: count }, (_, k) => `${word} ${k + 1}`);

const FIELDS: readonly SimulatedField[] = [
  {
    name: 'scenario_id',
    role: 'scenario',
    scenarioSpecific: true,
    meaning: 'Scenario in which the item was shown.',
    values: (w) => w.twin.scenarios.length,
    read: (_w, plan, _e, row) => plan.scenario[row]!,
    labels: (w) => w.twin.scenarios.map((s) => s.name),
  },
  {
    name: 'user_id',
    role: 'user',
    meaning: 'The person.',
    values: (w) => w.users.count,
    read: (_w, _p, e, row) => e.user[row]!,
  },
  {
    name: 'age',
    role: 'user',
    meaning: 'Age band: a noisy quantisation of one interest.',
    values: () => AGE_BINS,
    read: (w, _p, e, row) => w.users.age[e.user[row]!]!,
    labels: () => ['under 18', '18–24', '25–29', '30–34', '35–44', '45–54', '55 and over'],
  },
  {
    name: 'gender',
    role: 'user',
    meaning: 'Gender: a noisy quantisation of one interest.',
    values: () => GENDER_BINS,
    read: (w, _p, e, row) => w.users.gender[e.user[row]!]!,
    labels: () => ['female', 'male'],
  },
  {
    name: 'city_level',
    role: 'user',
    meaning: 'City tier: a noisy quantisation of one interest.',
    values: () => CITY_BINS,
    read: (w, _p, e, row) => w.users.cityLevel[e.user[row]!]!,
    labels: () => numbered('tier', CITY_BINS),
  },
  {
    name: 'spending',
    role: 'user',
    meaning: 'Spending level: a noisy quantisation of the interest that also sets prices.',
    values: () => SPENDING_BINS,
    read: (w, _p, e, row) => w.users.spending[e.user[row]!]!,
    labels: () => numbered('level', SPENDING_BINS),
  },
  {
    name: 'item_id',
    role: 'item',
    meaning: 'The item; lower numbers are more popular.',
    values: (w) => w.items.count,
    read: (_w, _p, e, row) => e.item[row]!,
  },
  {
    name: 'category',
    role: 'item',
    meaning: 'Category: tells a part of the item’s attributes.',
    values: (w) => w.twin.categories,
    read: (w, _p, e, row) => w.items.category[e.item[row]!]!,
    labels: (w) => numbered('category', w.twin.categories),
  },
  {
    name: 'brand',
    role: 'item',
    meaning: 'Brand, inside one category: tells a further part of the attributes and of the quality.',
    values: (w) => w.twin.brands,
    read: (w, _p, e, row) => w.items.brand[e.item[row]!]!,
  },
  {
    name: 'price_level',
    role: 'item',
    meaning: 'Price band: a quantised attribute.',
    values: () => PRICE_BINS,
    read: (w, _p, e, row) => w.items.priceLevel[e.item[row]!]!,
    labels: () => numbered('price', PRICE_BINS),
  },
  {
    name: 'slot',
    role: 'context',
    scenarioSpecific: true,
    meaning: 'Place on the page, 1 at the top; how likely it is noticed depends on the scenario.',
    values: (w) => w.twin.slots,
    read: (_w, _p, e, row) => e.slot[row]!,
    labels: (w) => numbered('place', w.twin.slots),
  },
  {
    name: 'hour',
    role: 'context',
    meaning: 'Hour of the day (UTC). It moves traffic, not clicks.',
    values: () => 24,
    read: (_w, plan, _e, row) => Math.floor((plan.timestamp[row]! % 86_400) / 3600),
    labels: () => Array.from({ length: 24 }, (_, h) => `${h} h`),
  },
];

/** The name of signal `f`. */
export function signalName(f: number): string {
  return `signal_${f + 1}`;
}

function signalFields(signals: Signals, scenarios: readonly { readonly name: string }[]): SimulatedField[] {
  return Array.from({ length: signals.specific + signals.common }, (_, f) => {
    const where = scenarios.filter((_scenario, s) => signalCounts(signals, f, s)).map(({ name }) => name);
    return {
      name: signalName(f),
      role: 'context',
      meaning: `A signal of the moment, drawn for the row alone: it counts in ${where.length === scenarios.length ? 'every scenario' : where.join(' and ')}.`,
      values: () => SIGNAL_LEVELS,
      read: (_w, _p, _e, row) => signalLevel(signals, row, f),
    };
  });
}

function fieldsOf({ signals, twin }: World): readonly SimulatedField[] {
  return signals ? [...FIELDS, ...signalFields(signals, twin.scenarios)] : FIELDS;
}

/** Fields that a behaviour in a history carries. */
export const HISTORY_FIELDS: readonly string[] = ['item_id', 'category', 'brand'];

/** The dataset's fields, with offsets in the merged id space. */
export function simulatedFields(world: World): Field[] {
  let offset = 1;
  return fieldsOf(world).map((field) => {
    const size = field.values(world) + 1;
    const labels = field.labels?.(world);
    const made: Field = {
      name: field.name,
      role: field.role,
      size,
      offset,
      scenarioSpecific: field.scenarioSpecific ?? false,
      meaning: field.meaning,
      ...(labels ? { labels: ['other', ...labels] } : {}),
    };
    offset += size;
    return made;
  });
}

/** Local ids of every field `[fields][rows]`, rows at their place in the finished dataset. Yields the share done. */
export function* simulatedColumns(
  world: World,
  plan: Plan,
  exposures: Exposures,
  place: Int32Array,
): Generator<number, Int32Array[]> {
  const columns: Int32Array[] = [];
  const fields = fieldsOf(world);
  for (const field of fields) {
    const column = new Int32Array(plan.rows);
    for (let row = 0; row < plan.rows; row++) {
      column[place[row]!] = field.read(world, plan, exposures, row) + 1;
    }
    columns.push(column);
    yield columns.length / fields.length;
  }
  return columns;
}
