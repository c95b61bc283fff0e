import { KNOBS } from '../../../data/simulate/knobs';
import type { Knob, KnobName } from '../../../data/simulate/knobs';
import type { KnobEffect, Measure, WorldEstimate } from '../../../data/simulate/estimate';
import { formatPercent, formatRatio, formatAuc } from '../../format';

export interface KnobGroup {
  readonly title: string;
  /** The part of the causal graph that it is about. */
  readonly part: string;
  readonly knobs: readonly Knob[];
}

const NAMES: readonly {
  readonly title: string;
  readonly part: string;
  readonly names: readonly KnobName[];
}[] = [
  {
    title: 'What people want',
    part: 'Person, Scenario, Item → Match',
    names: ['interestShift', 'treeShare', 'opposition', 'conflict', 'commonTaste', 'itemQuality'],
  },
  {
    title: 'Who visits what, and what is carried',
    part: 'Scenario → Exposure, Popularity',
    names: ['userOverlap', 'userSkew', 'itemOverlap', 'popularitySkew', 'localPopularity'],
  },
  {
    title: 'What is shown, and where',
    part: 'Match, Popularity → Exposure, Place',
    names: ['policyMatch', 'policyPopularity', 'slotPolicy'],
  },
  {
    title: 'Promotion',
    part: 'Match → Promotion → Exposure, Click',
    names: ['intervention', 'promotionLift', 'promotedShare', 'promotedMisfit'],
  },
  {
    title: 'What is clicked',
    part: 'Match, Scenario, Place, Popularity, Signals → Click',
    names: ['matchStrength', 'directEffect', 'baseRate', 'positionBias', 'conformity', 'specificFields'],
  },
  {
    title: 'What the log tells of it',
    part: 'Person, Item, Click → fields and History',
    names: ['profileNoise', 'attributeNoise', 'history'],
  },
];

/** Every knob once, in the order of causes: interests, traffic, exposure, promotion, clicks, what is logged. */
export const KNOB_GROUPS: readonly KnobGroup[] = NAMES.map(({ title, part, names }) => ({
  title,
  part,
  knobs: names.flatMap((name) => KNOBS.filter((knob) => knob.name === name)),
}));

/** What is drawn of a knob: the measure, what it is called, how its values are written, and from which difference it is worth drawing. */
const MEASURES: readonly {
  readonly measure: Measure;
  readonly label: string;
  readonly told: (value: number) => string;
  readonly least: number;
}[] = [
  { measure: 'ceiling', label: 'ceiling', told: formatAuc, least: 0.01 },
  { measure: 'rateSpread', label: 'spread of click rates', told: formatPercent, least: 0.01 },
  { measure: 'shared', label: 'people in several scenarios', told: formatPercent, least: 0.02 },
  { measure: 'relatedness', label: 'relatedness of scenarios', told: formatRatio, least: 0.02 },
];

/** The measure that a knob moves most over its range, in its own least difference. */
export interface Moved {
  readonly label: string;
  /** One a value of the knob; null where such a world cannot be made. */
  readonly values: readonly (number | null)[];
  readonly from: string;
  readonly to: string;
}

/** Null where a knob moves none of them by as much as is worth drawing. */
export function movedBy({ estimates }: KnobEffect): Moved | null {
  const made = estimates.filter((estimate): estimate is WorldEstimate => estimate !== null);
  const [first, last] = [made[0], made.at(-1)];
  if (!first || !last) return null;
  const spans = MEASURES.map((one) => {
    const values = made.map((estimate) => estimate[one.measure]);
    return { ...one, span: (Math.max(...values) - Math.min(...values)) / one.least };
  });
  const most = spans.reduce((a, b) => (b.span > a.span ? b : a));
  if (most.span < 1) return null;
  return {
    label: most.label,
    values: estimates.map((estimate) => estimate && estimate[most.measure]),
    from: most.told(first[most.measure]),
    to: most.told(last[most.measure]),
  };
}
