/** What must show of each paper beside its claims: figures of its mechanism over the dose of its cause, or over c, from stored cells. */
import type { StoredStudy, StudyWorld } from '../evidence/format';
import { pairBySeed, valuesBySeed } from '../evidence/values';
import { spread } from '../statistics';
import { cellSpread, pairedCells } from './cells';

export interface MechanismPoint {
  readonly x: number;
  /** Mean over seeds. */
  readonly value: number;
  /** 95 % interval; null with one seed. */
  readonly low: number | null;
  readonly high: number | null;
  readonly seeds: number;
}

export interface MechanismSeries {
  readonly label: string;
  /** None: not run. */
  readonly points: readonly MechanismPoint[];
}

export interface Mechanism {
  readonly id: string;
  readonly title: string;
  readonly reading: string;
  /** What stands along the horizontal axis. */
  readonly axis: string;
  /** A level to hold the values against: chance, or no difference; null where there is none. */
  readonly reference: { readonly value: number; readonly label: string } | null;
  readonly series: readonly MechanismSeries[];
}

/** One line: a figure of a variant, or its difference from another variant's, or from another figure of the same. */
interface Line {
  readonly label: string;
  readonly variant: string;
  readonly metric: string;
  readonly of: string;
  readonly less?: string;
}

/** A level that a variant's own setting gives. */
interface SettingAsReference {
  readonly variant: string;
  readonly setting: string;
  readonly label: string;
}

/** Over the doses of a paper's world. */
interface OverDose {
  readonly id: string;
  readonly title: string;
  readonly reading: string;
  readonly reference: Mechanism['reference'] | SettingAsReference;
  readonly lines: readonly Line[];
}

const NO_DIFFERENCE = { value: 0, label: 'no difference' } as const;

const line = (label: string, variant: string, metric: string, of = 'overall', less?: string): Line => ({
  label,
  variant,
  metric,
  of,
  ...(less !== undefined && { less }),
});

/** In the scenario with most and with least traffic. */
const ends = (label: string, variant: string, less: string): readonly Line[] => [
  line(`${label}, most traffic`, variant, 'noiseFreeAuc', 'largest', less),
  line(`${label}, least traffic`, variant, 'noiseFreeAuc', 'smallest', less),
];

const OVER_DOSE: Readonly<Record<string, readonly OverDose[]>> = {
  sarnet: [
    {
      id: 'recovery',
      title: 'Do fairness coefficients find what was promoted?',
      reading:
        'AUC of telling forced promotions from other rows by their coefficient, of the table under which the best step was trained; 0.5 is chance. At dose 0 nothing is promoted, so there is nothing to find.',
      reference: { value: 0.5, label: 'chance' },
      lines: [
        line('SAR-Net', 'sarnet', 'recoveryAuc'),
        line('bias net alone', 'sarnet:bias-net', 'recoveryAuc'),
        line('bias adapting loss alone', 'sarnet:bias-adapting-loss', 'recoveryAuc'),
      ],
    },
  ],
  causalint: [
    {
      id: 'transfer',
      title: 'Negative transfer: sharing against one network a scenario',
      reading:
        'Noise-free AUC of Shared Bottom, and of CausalInt, less that of Single. Below 0, training on other scenarios hurts: negative transfer. The module undoes it where its line lies at 0 or above while that of Shared Bottom lies below.',
      reference: NO_DIFFERENCE,
      lines: [
        ...ends('Shared Bottom − Single', 'shared-bottom', 'single'),
        ...ends('CausalInt − Single', 'causalint', 'single'),
      ],
    },
    {
      id: 'votes',
      title: 'How far the votes are from the truth',
      reading:
        'Mean absolute error of CausalInt’s votes, taken as click rates that rows would have had in the other scenarios, against the simulator’s; beside it the error of each row’s own prediction taken for every scenario, which costs no module.',
      reference: null,
      lines: [line('votes', 'causalint', 'votesError'), line('own prediction', 'causalint', 'votesErrorOwn')],
    },
  ],
  optmsm: [
    {
      id: 'gate',
      title: 'Does the gate find the fields that truly matter?',
      reading:
        'AUC with which the adaptive gate ranks the fields that count in one scenario only above the others, there against elsewhere; 0.5 is chance. At dose 0 there are no such fields.',
      reference: { value: 0.5, label: 'chance' },
      lines: [
        line('OptMSM', 'optmsm', 'gateRecovery'),
        line('without priors', 'optmsm:without-priors', 'gateRecovery'),
        line('without the constraint', 'optmsm:without-constraint', 'gateRecovery'),
        line('without the hypernetwork', 'optmsm:without-hypernetwork', 'gateRecovery'),
      ],
    },
  ],
  mscan: [],
  aread: [
    {
      id: 'density',
      title: 'How dense the masks are',
      reading:
        'Share of edges that the masks of the best weights leave; the level is where their schedule ends.',
      reference: { variant: 'aread', setting: 'targetDensity', label: 'the schedule’s end' },
      lines: [line('AREAD', 'aread', 'density'), line('HEMP', 'aread:hemp', 'density')],
    },
    {
      id: 'overlap',
      title: 'Do masks of related domains overlap?',
      reading:
        'Rank correlation of the overlap of two domains’ masks with their true relatedness, and adjusted Rand index of the groups that the overlaps make against the hidden tree; 0 is chance for both.',
      reference: { value: 0, label: 'chance' },
      lines: [
        line('AREAD, relatedness', 'aread', 'overlapRelatedness'),
        line('AREAD, tree', 'aread', 'overlapTree'),
        line('HEMP, relatedness', 'aread:hemp', 'overlapRelatedness'),
        line('HEMP, tree', 'aread:hemp', 'overlapTree'),
      ],
    },
    {
      id: 'augmentation',
      title: 'Minor domains with and without augmentation',
      reading:
        'Noise-free AUC over domains below 2 % of traffic: AREAD less HEMP, which is the same without augmentation.',
      reference: NO_DIFFERENCE,
      lines: [line('AREAD − HEMP, minor domains', 'aread', 'noiseFreeAuc', 'minor', 'aread:hemp')],
    },
  ],
};

/** References c that figures are stored at, in mean sizes of the match score. */
const REFERENCES = [-1.2, -0.6, -0.3, 0, 0.3, 0.6, 1.2];

const BY_C =
  'Of M-scan: AUC against true interest, and against true click probabilities, under a fixed reference c (Eq 12), in mean sizes of the match score, less the same runs’ under c = 0; at the world’s own dose. Eq 8 multiplies, ŷ = ŷ_m σ(ŷ_s): where ŷ_m is below 0, as in most rows when fewer than half are clicked, a more prominent place lowers the logit. Removing c σ(ŷ_s) with c above 0 takes that further, with c below 0 back, so the sign of c that helps interest need not be the one that clicks would choose.';

function valueOf(
  study: StoredStudy,
  world: StudyWorld,
  { variant, metric, of, less }: Line,
): Omit<MechanismPoint, 'x'> | null {
  if (less !== undefined) {
    const pair = pairedCells(study, world, variant, less, { metric, of });
    return (
      pair && { value: pair.difference, low: pair.interval[0], high: pair.interval[1], seeds: pair.pairs }
    );
  }
  const found = cellSpread(study, world, variant, { metric, of });
  if (!found) return null;
  const { mean, halfWidth, count } = found;
  const [low, high] = halfWidth === null ? [null, null] : [mean - halfWidth, mean + halfWidth];
  return { value: mean, low, high, seeds: count };
}

function referenceOf(study: StoredStudy | null, given: OverDose['reference']): Mechanism['reference'] {
  if (given === null || 'value' in given) return given;
  const { variant, setting, label } = given;
  const value = study?.variants.find(({ id }) => id === variant)?.settings[setting];
  return typeof value === 'number' ? { value, label } : null;
}

function overDose(study: StoredStudy | null, { lines, reference, ...rest }: OverDose): Mechanism {
  const worlds = (study?.worlds ?? []).filter(({ dose }) => dose !== null).sort((a, b) => a.dose! - b.dose!);
  const series = lines.map((one) => ({
    label: one.label,
    points: worlds.flatMap((world) => {
      const found = study && valueOf(study, world, one);
      return found ? [{ x: world.dose!, ...found }] : [];
    }),
  }));
  return {
    ...rest,
    reference: referenceOf(study, reference),
    axis: worlds[0]?.knob ?? 'dose',
    series,
  };
}

/** How far a figure under c lies from that under c = 0, of the same runs. */
function changeByC(study: StoredStudy, world: StudyWorld, stem: string, c: number): MechanismPoint | null {
  const at = (reference: number) => valuesBySeed(study, world, 'mscan', `${stem}${reference}`, 'overall');
  const { a, b } = pairBySeed(at(c), at(0));
  const found = spread(a.map((value, k) => (value === null || b[k] === null ? null : value - b[k]!)));
  if (!found) return null;
  const { mean, halfWidth, count } = found;
  const [low, high] = halfWidth === null ? [null, null] : [mean - halfWidth, mean + halfWidth];
  return { x: c, value: mean, low, high, seeds: count };
}

function byC(study: StoredStudy | null): Mechanism {
  const own = (study?.worlds ?? []).find(({ id, base, dose }) => id === base && dose !== null);
  const series = [
    ['interest AUC, change from c = 0', 'interestAucAtC'],
    ['noise-free AUC of clicks, change from c = 0', 'noiseFreeAucAtC'],
  ].map(([label, stem]) => ({
    label: label!,
    points: REFERENCES.flatMap((c) => (study && own && changeByC(study, own, stem!, c)) ?? []),
  }));
  return {
    id: 'by-c',
    title: 'Interest and clicks by c',
    reading: BY_C,
    axis: 'c, in mean sizes of the match score',
    reference: NO_DIFFERENCE,
    series,
  };
}

/** What must show of a paper; a series that is not stored has no points. */
export function mechanismsOf(paper: string, study: StoredStudy | null): readonly Mechanism[] {
  const found = (OVER_DOSE[paper] ?? []).map((one) => overDose(study, one));
  return paper === 'mscan' ? [byC(study), ...found] : found;
}
