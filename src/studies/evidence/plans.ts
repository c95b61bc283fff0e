/** What each study trains: which variants in which worlds over which seeds, in the order in which they are trained. */
import { datasetId, findTwin, WORLDS, type SizeName } from '../../data/simulate';
import { models } from '../../models/registry';
import { CLAIMING_PAPERS, claimsOf } from '../claims';
import { KNOB_MAPS, MAPS_STUDY, mapPlaces, mapWorld } from './knobMaps';
import { tunedId, type Tuned } from './tuned';

export const PLANS = ['doses', 'claims', 'tables', 'ranks', 'maps'] as const;
export type PlanName = (typeof PLANS)[number];

export interface PlannedCell {
  /** The study that it stands in. */
  readonly study: string;
  /** Id of the dataset. */
  readonly world: string;
  readonly base: string;
  readonly knob: string | null;
  readonly dose: number | null;
  /** Id of a variant. */
  readonly variant: string;
  readonly seed: number;
  /** Of a row that had a tuning budget: what it was tuned from, and how its draws came out. */
  readonly tuned?: Tuned;
}

export interface PlanOptions {
  readonly papers: readonly string[];
  /** Seeds 1 … N. */
  readonly seeds: number;
  readonly size: SizeName;
}

/** Beside every model of a study: what needs none of its modules. */
const CONTROLS = ['mix', 'mix:do-slot', 'single', 'shared-bottom', 'mmoe', 'lr', 'fm'];

interface StudiedModules {
  /** Trained at every dose, and on the twin: the model, its form without each module, and what it is held against. */
  readonly modules: readonly string[];
  /** The simulated twin of the dataset that the paper takes its model apart on. */
  readonly twin: string;
}

const STUDIED: Readonly<Record<string, StudiedModules>> = {
  sarnet: {
    modules: [
      'sarnet',
      'sarnet:base',
      'sarnet:bias-net',
      'sarnet:bias-adapting-loss',
      'sarnet:no-attention',
      'mix',
    ],
    twin: 'travel-20',
  },
  causalint: {
    modules: [
      'causalint',
      'causalint:shared-bottom',
      'causalint:without-orth',
      'causalint:do-invar',
      'causalint:srm-or',
      'causalint:do-de-neg',
      'shared-bottom',
      'single',
      'mix',
    ],
    twin: 'aliccp-3',
  },
  optmsm: {
    modules: [
      'optmsm',
      'optmsm:without-priors',
      'optmsm:without-constraint',
      'optmsm:without-hypernetwork',
      'mmoe',
      'mix',
    ],
    twin: 'aliccp-3',
  },
  mscan: {
    modules: [
      'mscan',
      'mscan:with-saca-without-sbe',
      'mscan:without-saca-with-sbe',
      'mscan:without-saca-without-sbe',
      'mix',
      'mix:do-slot',
    ],
    twin: 'aliccp-3',
  },
  aread: {
    modules: ['aread', 'aread:mmoe', 'aread:hei', 'aread:hemp', 'mmoe', 'single', 'mix'],
    twin: 'amazon-25',
  },
};

interface PlacedWorld {
  readonly world: string;
  readonly base: string;
  readonly knob: string | null;
  readonly dose: number | null;
}

/** A cause world at a dose; at its own dose it goes by its name alone, as everywhere else. */
function worldAt(base: string, size: SizeName, dose: number): PlacedWorld {
  const { cause, knobs } = findTwin(base);
  const knob = cause?.dose ?? '';
  const own = (knobs as Readonly<Record<string, number>>)[knob] === dose;
  const world = datasetId({ twin: base, size, seed: 1, knobs: own ? {} : { [knob]: dose } });
  return { world, base, knob, dose };
}

function causeOf(paper: string): (typeof WORLDS)[number] {
  const found = WORLDS.find(({ cause }) => cause?.paper === paper);
  if (!found) throw new RangeError(`There is no cause world of "${paper}".`);
  return found;
}

/** The dose that a cause world has by itself. */
function ownDose(base: string): number {
  const { cause, knobs } = findTwin(base);
  return (knobs as Readonly<Record<string, number>>)[cause?.dose ?? ''] ?? 0;
}

/** Up to the world's own dose, none included. */
function studiedDoses(base: string): readonly number[] {
  return (findTwin(base).cause?.doses ?? []).filter((dose) => dose <= ownDose(base));
}

function twinWorld(twin: string, size: SizeName): PlacedWorld {
  return { world: datasetId({ twin, size, seed: 1, knobs: {} }), base: twin, knob: null, dose: null };
}

const unique = (ids: readonly string[]): string[] => [...new Set(ids)];

/** Worlds of one study of one plan, each with its variants. */
function rowsOf(
  plan: PlanName,
  paper: string,
  size: SizeName,
): (PlacedWorld & { variants: readonly string[] })[] {
  const { id } = causeOf(paper);
  const { claims, tables } = claimsOf(paper);
  const studied = STUDIED[paper];
  if (!studied) throw new RangeError(`No modules of "${paper}" are studied.`);
  const { modules, twin } = studied;
  switch (plan) {
    case 'doses':
      return [
        ...studiedDoses(id).map((dose) => ({
          ...worldAt(id, size, dose),
          variants: dose === 0 || dose === ownDose(id) ? unique([...modules, ...CONTROLS]) : modules,
        })),
        { ...twinWorld(twin, size), variants: modules },
      ];
    case 'claims': {
      const named = claims.flatMap(({ test }) => [
        test.variant,
        ...(test.value === undefined ? [test.against] : []),
      ]);
      return [{ ...worldAt(id, size, ownDose(id)), variants: unique([...modules, ...CONTROLS, ...named]) }];
    }
    case 'tables': {
      const twins = unique(tables.flatMap(({ twin }) => (twin === null ? [] : [twin])));
      return twins.map((twin) => ({
        ...twinWorld(twin, size),
        variants: unique([
          ...tables
            .filter((one) => one.twin === twin)
            .flatMap(({ rows }) => rows.flatMap(({ variant }) => variant ?? [])),
          ...CONTROLS,
        ]),
      }));
    }
    case 'ranks':
    case 'maps':
      return [];
  }
}

/** The twins that come with the lab (public/samples). */
const SHIPPED_TWINS = ['aliccp-3', 'travel-20', 'amazon-25'] as const;

/** All models in all cause worlds, each at its own dose, and on the twins that come with the lab. */
function rankRows(size: SizeName): (PlacedWorld & { variants: readonly string[] })[] {
  const variants = models.map((model) => model.id);
  const worlds = WORLDS.map(({ id }) => worldAt(id, size, ownDose(id)));
  const twins = SHIPPED_TWINS.map((twin) => twinWorld(twin, size));
  return [...worlds, ...twins].map((place) => ({ ...place, variants }));
}

/** Every place of the papers' maps, each with the two forms that are held against each other. */
function mapRows({ papers, size }: Pick<PlanOptions, 'papers' | 'size'>) {
  return KNOB_MAPS.filter(({ paper }) => papers.includes(paper)).flatMap((map) =>
    mapPlaces(map).map((place) => ({
      world: mapWorld(map, place, size),
      base: map.base,
      // A world of a map has two doses, which its id tells.
      knob: null,
      dose: null,
      variants: [map.test.variant, map.test.against],
    })),
  );
}

/** Cells of a plan, seed by seed: a plan that is broken off has every row for the seeds that it finished. */
export function plannedCells(plan: PlanName, options: PlanOptions): PlannedCell[] {
  const studies =
    plan === 'ranks'
      ? [{ study: 'ranks', rows: rankRows(options.size) }]
      : plan === 'maps'
        ? [{ study: MAPS_STUDY, rows: mapRows(options) }]
        : options.papers.map((paper) => ({ study: paper, rows: rowsOf(plan, paper, options.size) }));
  const found: PlannedCell[] = [];
  for (let seed = 1; seed <= options.seeds; seed++) {
    for (const { study, rows } of studies) {
      for (const { variants, ...place } of rows) {
        for (const variant of variants) found.push({ study, ...place, variant, seed });
      }
    }
  }
  return found;
}

/** The table of each paper whose rows are tuned: the one that holds its model against others, on the twin that comes with the lab. */
const MAIN_TABLES: Readonly<Record<string, string>> = {
  sarnet: 'table-3',
  causalint: 'table-2',
  optmsm: 'table-3-ali-ccp',
  mscan: 'table-1-ali-ccp',
  aread: 'table-2-amazon',
};

/** Tuned besides the rows of a printed table. */
const TUNED_CONTROLS = ['mix', 'single', 'lr', 'fm'];

/** A row of a printed table that is to be tuned. */
export type TunedRow = Omit<PlannedCell, 'seed' | 'tuned'>;

/** Rows of the papers' main tables, with their controls, each on the table's twin. */
export function tunedRows({ papers, size }: Pick<PlanOptions, 'papers' | 'size'>): TunedRow[] {
  return papers.flatMap((study) => {
    const table = claimsOf(study).tables.find(({ id }) => id === MAIN_TABLES[study]);
    if (!table || table.twin === null) throw new RangeError(`No main table of "${study}" is kept.`);
    const place = twinWorld(table.twin, size);
    const rows = unique([...table.rows.flatMap(({ variant }) => variant ?? []), ...TUNED_CONTROLS]);
    return rows.map((variant) => ({ study, ...place, variant }));
  });
}

/** Cells of rows whose draws are judged, seed by seed. */
export function tunedCells(
  rows: readonly (TunedRow & { readonly losses: readonly (number | null)[] })[],
  seeds: number,
): PlannedCell[] {
  return Array.from({ length: seeds }, (_, k) => k + 1).flatMap((seed) =>
    rows.map(({ losses, variant: of, ...row }) => ({
      ...row,
      variant: tunedId(of, row.world),
      seed,
      tuned: { of, losses },
    })),
  );
}

/** Title of a study's file. */
export function studyTitle(study: string): string {
  if (study === MAPS_STUDY) return 'Modules over two knobs at once';
  return study === 'ranks'
    ? 'All models in all cause worlds and shipped twins'
    : `Claims, tables and doses of ${models.find(({ id }) => id === study)?.title ?? study}`;
}

/** Studies that plans write, in the order of the index. */
export const STUDIES: readonly string[] = [...CLAIMING_PAPERS, 'ranks', MAPS_STUDY];
