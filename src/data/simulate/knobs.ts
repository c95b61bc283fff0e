import { z } from '../zod';
import { listed, shortened } from '../shortened';

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
  opposition: [
    0,
    0.5,
    0.01,
    null,
    'Share of scenarios whose interest weights have the other sign: what one likes there is disliked here.',
    'No two scenarios have opposed interests.',
  ],
  conflict: [
    0,
    1,
    0.05,
    'scenario→match',
    'Share of a person’s interests that is of each scenario’s own.',
    'A person wants the same everywhere, up to the scenario’s weights.',
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
  baseRate: [
    0,
    1,
    0.05,
    'scenario→click',
    'How far every scenario keeps a click rate of its own (its intercept of the click logit).',
    'One intercept for all scenarios: like exposures are clicked alike wherever they are.',
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
  promotionLift: [
    0,
    4,
    0.1,
    'promotion→click',
    'Logit that a forced promotion adds to the click, whatever the interest.',
    'A promoted item is clicked as it would be otherwise.',
  ],
  promotedShare: [0, 0.5, 0.025, null, 'Share of items that a promotion pushes.', 'One item is pushed.'],
  promotedMisfit: [
    0,
    1,
    0.05,
    'match→promotion',
    'How far the operator pushes what fits the public least.',
    'Promoted items are drawn by chance.',
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
  specificFields: [
    0,
    1,
    0.05,
    'signal→click',
    'How much the signals of one scenario count there, as a share of what those of all scenarios count; in worlds with signals.',
    'Signals of one scenario are noise everywhere; those of all scenarios still count.',
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

/** Values under which a world is as it was before a knob came; files older than the knob leave it out. */
export const LATER_KNOBS = {
  commonTaste: 0,
  conflict: 0,
  baseRate: 1,
  promotionLift: 0,
  promotedShare: 1 / 40,
  promotedMisfit: 0,
  specificFields: 0,
} as const satisfies Partial<Knobs>;

/** All knobs of a world. Unknown names are refused. */
export const knobsSchema = z.strictObject({
  ...shape,
  ...(Object.fromEntries(
    Object.entries(LATER_KNOBS).map(([name, value]) => [name, shape[name as KnobName].default(value)]),
  ) as Record<keyof typeof LATER_KNOBS, z.ZodDefault<z.ZodNumber>>),
});

/**
 * A twin's knobs with some of them turned.
 * @throws RangeError naming the first knob that does not exist or is out of range.
 */
export function turnKnobs(knobs: Knobs, overrides: Readonly<Record<string, number>>): Knobs {
  const turned: Record<KnobName, number> = { ...knobs };
  for (const [name, value] of Object.entries(overrides)) {
    const knob = KNOBS.find((k) => k.name === name);
    if (!knob)
      throw new RangeError(`The simulator has no knob “${shortened(name)}”; it has ${listed(KNOB_NAMES)}.`);
    if (!(value >= knob.min && value <= knob.max)) {
      throw new RangeError(`Knob ${name} is ${value}; choose a value from ${knob.min} to ${knob.max}.`);
    }
    turned[knob.name] = value;
  }
  return turned;
}
