/** Two knobs of a cause world at once: where on that field a module gains, and what was expected of its corners before it was run. */
import { datasetId, findTwin, type KnobName, type SizeName } from '../../data/simulate';
import type { Expected } from './expected';
import { differencesBySeed, pairBySeed, valuesBySeed, type BySeed } from './values';
import { judgeFamily, type Verdict } from './verdict';
import type { StoredStudy, StudyWorld } from './format';

/** The study that all maps are stored in. */
export const MAPS_STUDY = 'maps';

/** Values of both knobs: the first one's along rows, the second one's along columns. */
type Place = readonly [row: number, column: number];

export interface MapHypothesis {
  /** Its number on the page. */
  readonly number: number;
  readonly sentence: string;
  readonly at: Place;
  /** The gain is compared with that at this place, seed by seed. */
  readonly beyond?: Place;
  readonly expected: Expected;
}

export interface KnobMap {
  readonly id: string;
  /** Whose module it is of. */
  readonly paper: string;
  /** The cause world whose knobs are turned. */
  readonly base: string;
  readonly title: string;
  /** What a reader should look for. */
  readonly reading: string;
  readonly knobs: readonly [KnobName, KnobName];
  readonly values: readonly [readonly number[], readonly number[]];
  readonly test: {
    readonly variant: string;
    readonly against: string;
    readonly metric: string;
    readonly of: string;
  };
  readonly hypotheses: readonly MapHypothesis[];
}

export const KNOB_MAPS: readonly KnobMap[] = [
  {
    id: 'mscan-histories',
    paper: 'mscan',
    base: 'places-4',
    title: 'What behaviours of other scenarios are worth',
    reading:
      'Co-attention reads a person’s clicks in all scenarios, the form without it those of the own scenario alone. The more the log remembers, the more there is to read; the further interests shift, the less it says.',
    knobs: ['history', 'interestShift'],
    values: [
      [0, 0.5, 1],
      [0, 0.4, 1.2],
    ],
    test: {
      variant: 'mscan:with-saca-without-sbe',
      against: 'mscan:without-saca-without-sbe',
      metric: 'noiseFreeAuc',
      of: 'overall',
    },
    hypotheses: [
      {
        number: 1,
        sentence: 'Without histories there is nothing to read',
        at: [0, 0],
        expected: 'no difference',
      },
      { number: 2, sentence: 'Where interests are alike it gains', at: [1, 0], expected: 'higher' },
      {
        number: 3,
        sentence: 'and more than where they shift',
        at: [1, 0],
        beyond: [1, 1.2],
        expected: 'higher',
      },
    ],
  },
  {
    id: 'sarnet-promotions',
    paper: 'sarnet',
    base: 'promotion-6',
    title: 'How often items are forced, and how much that lifts clicks',
    reading:
      'SAR-Net against its form without anything against promotions, by how many rows are forced and by how much more a forced item is clicked. Where the lift is 0 a promotion changes what is shown and never a click.',
    knobs: ['intervention', 'promotionLift'],
    values: [
      [0.2, 0.4, 0.6],
      [0, 2, 4],
    ],
    test: { variant: 'sarnet', against: 'sarnet:base', metric: 'organicAuc', of: 'overall' },
    hypotheses: [
      {
        number: 1,
        sentence: 'Promotions that lift no click confound nothing',
        at: [0.6, 0],
        expected: 'no difference',
      },
      {
        number: 2,
        sentence: 'Where they lift clicks most and are most, debiasing gains',
        at: [0.6, 4],
        expected: 'higher',
      },
      {
        number: 3,
        sentence: 'and more than where they are few',
        at: [0.6, 4],
        beyond: [0.2, 4],
        expected: 'higher',
      },
    ],
  },
];

/** The id of a map's dataset; values that are the world's own are not named, as everywhere else. */
export function mapWorld({ base, knobs }: KnobMap, place: Place, size: SizeName): string {
  const own: Readonly<Record<string, number>> = findTwin(base).knobs;
  const turned = knobs.flatMap((knob, k) => (own[knob] === place[k] ? [] : [[knob, place[k]!] as const]));
  return datasetId({ twin: base, size, seed: 1, knobs: Object.fromEntries(turned) });
}

/** Every place of a map, row by row. */
export function mapPlaces({ values: [rows, columns] }: KnobMap): readonly Place[] {
  return rows.flatMap((row) => columns.map((column): Place => [row, column]));
}

export interface MapResult {
  readonly map: KnobMap;
  /** `[rows][columns]`: the gain at each place, adjusted over the map; of a place that was not run the verdict says so. */
  readonly gains: readonly (readonly Verdict[])[];
  /** `[rows][columns]`; null where no run is stored. */
  readonly worlds: readonly (readonly (StudyWorld | null)[])[];
  readonly hypotheses: readonly { readonly hypothesis: MapHypothesis; readonly verdict: Verdict }[];
}

/** What a stored study says of a map. Its places are one family, over which p is adjusted; its hypotheses are another. */
export function mapResult(map: KnobMap, study: StoredStudy, size: SizeName = 'small'): MapResult {
  const { variant, against, metric, of } = map.test;
  const worldAt = (place: Place): StudyWorld | null =>
    study.worlds.find(({ id }) => id === mapWorld(map, place, size)) ?? null;
  const figures = (place: Place, which: string): BySeed => {
    const world = worldAt(place);
    return world ? valuesBySeed(study, world, which, metric, of) : new Map<number, number | null>();
  };
  const sidesAt = (place: Place) => pairBySeed(figures(place, variant), figures(place, against));
  const gainsAt = (place: Place): BySeed =>
    differencesBySeed(figures(place, variant), figures(place, against));
  const [rows, columns] = map.values;
  const places = mapPlaces(map);
  const gains = judgeFamily(
    places.map((place) => ({ metric, expected: 'higher' as const, ...sidesAt(place) })),
  );
  const tested = judgeFamily(
    map.hypotheses.map(({ at, beyond, expected }) => ({
      metric,
      expected,
      ...(beyond ? pairBySeed(gainsAt(at), gainsAt(beyond)) : sidesAt(at)),
    })),
  );
  const grid = <T>(values: readonly T[]): T[][] =>
    rows.map((_, r) => values.slice(r * columns.length, (r + 1) * columns.length));
  return {
    map,
    gains: grid(gains),
    worlds: grid(places.map(worldAt)),
    hypotheses: map.hypotheses.map((hypothesis, k) => ({ hypothesis, verdict: tested[k]! })),
  };
}
