/** What the Reproduce page shows, as the address holds it. */
import { shortened } from '../../data/shortened';

export const reproduceParts = ['claims', 'tables', 'doses', 'ranks'] as const;
export type ReproducePart = (typeof reproduceParts)[number];

export const claimSorts = ['paper', 'effect', 'p', 'verdict'] as const;
export type ClaimSort = (typeof claimSorts)[number];

/** Rows of a printed table: as models come, or as a tuning budget left them; null: what the world has of all. */
export const tableRows = ['tuned', 'plain'] as const;
/** What a table's cells show. */
export const tableShown = ['figure', 'relaImpr'] as const;

export interface ReproduceView {
  readonly part: ReproducePart;
  /** Paper that is looked at; null: all, or the first where one must be. */
  readonly paper: string | null;
  /** Claims of one verdict only. */
  readonly verdict: string | null;
  readonly sort: ClaimSort;
  /** Claim whose experiment is open. */
  readonly claim: string | null;
  /** Printed table that is open, by its name: `Table 5`. */
  readonly table: string | null;
  /** World whose runs are looked at, by its dataset's id. */
  readonly world: string | null;
  /** Metric that models are ranked by. */
  readonly metric: string | null;
  readonly rows: (typeof tableRows)[number] | null;
  readonly shown: (typeof tableShown)[number];
}

export const wholeReproduceView: ReproduceView = {
  part: 'claims',
  paper: null,
  verdict: null,
  sort: 'paper',
  claim: null,
  table: null,
  world: null,
  metric: null,
  rows: null,
  shown: 'figure',
};

/** Names in the address. */
export const REPRODUCE_KEYS = [
  'part',
  'paper',
  'verdict',
  'sort',
  'claim',
  'table',
  'world',
  'metric',
  'rows',
  'shown',
] as const;

/** Ids and names; what they are of is looked up where the studies are. */
const NAME = /^[\p{L}\p{N} ._-]{1,80}$/u;

/** Reads the view out of parameters, with one sentence for each thing that cannot be taken. */
export function readReproduceView(params: URLSearchParams): {
  readonly view: ReproduceView;
  readonly problems: readonly string[];
} {
  const problems: string[] = [];
  const oneOf = <T extends string>(name: string, known: readonly T[], usual: T): T => {
    const asked = params.get(name);
    const found = known.find((one) => one === asked) ?? usual;
    if (asked !== null && found !== asked)
      problems.push(`There is no ${name} "${shortened(asked)}"; known: ${known.join(', ')}.`);
    return found;
  };
  const named = (name: string): string | null => {
    const asked = params.get(name);
    if (asked === null || NAME.test(asked)) return asked;
    problems.push(`"${shortened(asked)}" cannot be a ${name}.`);
    return null;
  };
  const view: ReproduceView = {
    part: oneOf('part', reproduceParts, wholeReproduceView.part),
    paper: named('paper'),
    verdict: named('verdict'),
    sort: oneOf('sort', claimSorts, wholeReproduceView.sort),
    claim: named('claim'),
    table: named('table'),
    world: named('world'),
    metric: named('metric'),
    rows: params.has('rows') ? oneOf('rows', tableRows, 'plain') : null,
    shown: oneOf('shown', tableShown, wholeReproduceView.shown),
  };
  return { view, problems };
}

/** Writes what differs from the whole view. */
export function writeReproduceView(view: ReproduceView, params: URLSearchParams): void {
  for (const key of REPRODUCE_KEYS) {
    const value = view[key];
    if (value !== null && value !== wholeReproduceView[key]) params.set(key, value);
  }
}
