/** Names of an address that nothing has: what is shown then is something else than what was asked for, so it is said. */
import { shortened } from '../../../data/shortened';
import { CLAIMING_PAPERS, claimsOf } from '../../../studies/claims';
import type { StoredStudy } from '../../../studies/evidence/format';
import { VERDICTS } from '../../../studies/evidence/verdict';
import { metricsOf } from '../../../studies/reproduce/ranks';
import type { ReproduceView } from '../../store/reproduceView';

/** So many names are told of what there is; a list of all claims would be no sentence. */
const MOST_TOLD = 12;

type Named = 'paper' | 'claim' | 'verdict' | 'table' | 'world' | 'metric';

/** What there is of each kind; worlds and metrics are those of the stored studies, and not known where none is stored. */
function known(studies: readonly StoredStudy[]): Readonly<Record<Named, ReadonlySet<string> | null>> {
  const all = CLAIMING_PAPERS.map(claimsOf);
  const claims = all.flatMap((paper) => paper.claims);
  const stored = studies.length > 0;
  return {
    paper: new Set(CLAIMING_PAPERS),
    claim: new Set(claims.map(({ id }) => id)),
    verdict: new Set<string>(VERDICTS),
    table: new Set(all.flatMap(({ tables }) => tables.map(({ id }) => id))),
    world: stored
      ? new Set([
          ...studies.flatMap(({ worlds }) => worlds.map(({ id }) => id)),
          ...claims.map(({ world }) => world),
        ])
      : null,
    metric: stored ? new Set(studies.flatMap(metricsOf)) : null,
  };
}

/** @returns one sentence for each name that there is nothing of, and the view's parts without it */
export function unknownNames(
  view: ReproduceView,
  studies: readonly StoredStudy[],
): { readonly problems: readonly string[]; readonly without: Partial<ReproduceView> } {
  const problems: string[] = [];
  const without: Partial<Record<Named, null>> = {};
  for (const [name, there] of Object.entries(known(studies)) as [Named, ReadonlySet<string> | null][]) {
    const asked = view[name];
    if (asked === null || !there || there.has(asked)) continue;
    const told = there.size <= MOST_TOLD ? `; known: ${[...there].join(', ')}` : '';
    problems.push(`There is no ${name} "${shortened(asked)}" here${told}.`);
    without[name] = null;
  }
  return { problems, without };
}
