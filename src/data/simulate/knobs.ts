import { z } from '../zod';

/** One knob of the world: what a form needs to show it and what the schema needs to check it. */
export interface Knob {
  readonly name: KnobName;
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** The edge of the causal graph that 0 removes, as `from→to` (see graph.ts), or null where the knob shapes a distribution. */
  readonly edge: string | null;
  /** One sentence: what it does. */
  readonly meaning: string;
  /** One sentence: what is left at 0. */
  readonly atZero: string;
}

const table = {
  interestShift: [
    0,
    2,
    0.05,
    'scenario→match',
    'How far each scenario re-weights a person’s interests.',
    'Every scenario weights interests alike; all scenarios are fully related.',
  ],
  treeShare: [
    0,
    1,
    0.05,
    null,
    'How much of the shift scenarios of one group have in common.',
    'Groups mean nothing: every scenario shifts on its own.',
  ],
  conflict: [
    0,
    0.5,
    0.01,
    null,
    'Share of scenarios whose interests point the other way: the source of negative transfer.',
    'No two scenarios have opposed interests.',
  ],
  commonTaste: [
    0,
    1,
    0.05,
    null,
    'Share of interests that everybody has in common: taste of the whole public instead of the person’s own.',
    'Tastes have nothing in common but their segments.',
  ],
  matchStrength: [
    0,
    4,
    0.05,
    'match→click',
    'Logit per unit of match between person and item (γ).',
    'Interest has no influence on clicks.',
  ],
  itemQuality: [
    0,
    2,
    0.05,
    'item→match',
    'Spread of how good items are for everybody.',
    'All items are equally good; only taste differs.',
  ],
  directEffect: [
    0,
    1,
    0.05,
    'scenario→click',
    'How differently scenarios show their places on the page (prominence by scenario and slot).',
    'A place is noticed equally in every scenario.',
  ],
  positionBias: [
    0,
    1,
    0.05,
    'slot→click',
    'How much less the lower places on the page are noticed, in every scenario alike.',
    'All places of a scenario are noticed alike, apart from the direct effect.',
  ],
  conformity: [
    0,
    2,
    0.05,
    'popularity→click',
    'Logit that popularity adds for the most conformist person, per standard deviation of log-popularity.',
    'Nobody clicks an item because it is popular.',
  ],
  intervention: [
    0,
    1,
    0.05,
    'promotion→exposure',
    'Share of exposures in the promotion period that are forced promotions, in the chosen scenarios.',
    'No exposure is an intervention.',
  ],
  policyMatch: [
    0,
    3,
    0.05,
    'match→exposure',
    'How strongly the logging policy prefers items that fit the person in general.',
    'Exposure ignores what the person likes.',
  ],
  policyPopularity: [
    0,
    1.5,
    0.05,
    'popularity→exposure',
    'Exponent of popularity when candidates are drawn.',
    'Popular and rare items are shown equally often.',
  ],
  slotPolicy: [
    0,
    1,
    0.05,
    'match→slot',
    'Share of exposures whose place is decided by the policy’s score instead of chance.',
    'The place on the page is random.',
  ],
  popularitySkew: [
    0,
    1.5,
    0.05,
    null,
    'Exponent of Zipf’s law over items.',
    'All items are equally popular.',
  ],
  itemOverlap: [
    0,
    1,
    0.05,
    null,
    'Chance that a scenario carries an item that is at home in another one.',
    'Every item lives in one scenario only.',
  ],
  localPopularity: [
    0,
    2,
    0.05,
    'scenario→popularity',
    'Spread (log) of an item’s exposure between scenarios: the item-by-scenario long tail.',
    'An item’s share of exposures is the same wherever it is carried.',
  ],
  userSkew: [0, 2, 0.05, null, 'Spread (log) of how active people are.', 'Everybody is equally active.'],
  userOverlap: [
    0,
    1,
    0.05,
    null,
    'How many of the published number of scenarios a person visits.',
    'Every person visits one scenario only.',
  ],
  profileNoise: [
    0,
    1,
    0.05,
    null,
    'Share of noise in age, gender, city level and spending, which are quantised interests.',
    'Profile fields tell interests as well as their bins allow.',
  ],
  attributeNoise: [
    0,
    1,
    0.05,
    null,
    'Share of an item’s attributes that its category and brand do not tell.',
    'Category and brand tell an item completely.',
  ],
  history: [
    0,
    1,
    0.05,
    'click→history',
    'Share of earlier clicks that the log remembers.',
    'Histories are empty.',
  ],
} as const satisfies Record<string, readonly [number, number, number, string | null, string, string]>;

export type KnobName = keyof typeof table;
export type Knobs = Readonly<Record<KnobName, number>>;

export const KNOB_NAMES = Object.keys(table) as KnobName[];

function label(name: string): string {
  const words = name.replace(/[A-Z]/g, (c) => ` ${c.toLowerCase()}`);
  return words[0]!.toUpperCase() + words.slice(1);
}

/** Every knob with range and meaning, in the order of a form. */
export const KNOBS: readonly Knob[] = KNOB_NAMES.map((name) => {
  const [min, max, step, edge, meaning, atZero] = table[name];
  return { name, label: label(name), min, max, step, edge, meaning, atZero };
});

const shape = Object.fromEntries(
  KNOBS.map(({ name, min, max }) => [name, z.number().min(min).max(max)]),
) as Record<KnobName, z.ZodNumber>;

/** All knobs of a world. Unknown names are refused; files older than `commonTaste` had none. */
export const knobsSchema = z.strictObject({ ...shape, commonTaste: shape.commonTaste.default(0) });

/**
 * A twin's knobs with some of them turned.
 * @throws RangeError naming the first knob that does not exist or is out of range.
 */
export function turnKnobs(knobs: Knobs, overrides: Readonly<Record<string, number>>): Knobs {
  const turned: Record<KnobName, number> = { ...knobs };
  for (const [name, value] of Object.entries(overrides)) {
    const knob = KNOBS.find((k) => k.name === name);
    if (!knob) throw new RangeError(`The simulator has no knob “${name}”; it has ${KNOB_NAMES.join(', ')}.`);
    if (!(value >= knob.min && value <= knob.max)) {
      throw new RangeError(`Knob ${name} is ${value}; choose a value from ${knob.min} to ${knob.max}.`);
    }
    turned[knob.name] = value;
  }
  return turned;
}
