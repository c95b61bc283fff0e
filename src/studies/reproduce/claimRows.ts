/** The papers' claims as rows: what stored studies say of each, dose by dose. */
import type { Claim } from '../claims';
import type { StoredStudy, StudyWorld } from '../evidence/format';
import { VERDICTS, verdicts } from '../evidence/verdict';
import type { Verdict } from '../evidence/verdict';

/** A claim in one world. */
export interface ClaimAt {
  readonly world: StudyWorld;
  readonly result: Verdict;
}

export interface ClaimRow {
  readonly claim: Claim;
  /** Null where no study of the paper is stored. */
  readonly study: StoredStudy | null;
  /** Worlds of the study that test the claim, lowest dose first. */
  readonly doses: readonly ClaimAt[];
  /** The claim where its cause is strongest: what one line says of it. Fixed before any run; null where none is stored. */
  readonly strongest: ClaimAt | null;
}

export type RowOrder = 'paper' | 'effect' | 'p' | 'verdict';

/** Worlds of a study that are doses of one world, lowest first. */
function worldsOf(study: StoredStudy, base: string): readonly StudyWorld[] {
  return study.worlds
    .filter((world) => world.base === base)
    .sort((a, b) => (a.dose ?? 0) - (b.dose ?? 0) || a.id.localeCompare(b.id));
}

export function claimRows(claims: readonly Claim[], studies: readonly StoredStudy[]): readonly ClaimRow[] {
  const judged = new Map(
    studies.map((study) => [
      study.id,
      new Map(
        study.worlds.map((world) => [
          world.id,
          verdicts(
            claims.filter(({ paper }) => paper === study.id),
            study,
            world,
          ),
        ]),
      ),
    ]),
  );
  return claims.map((claim) => {
    const study = studies.find(({ id }) => id === claim.paper) ?? null;
    const doses = (study ? worldsOf(study, claim.world) : []).flatMap((world) => {
      const result = judged.get(claim.paper)?.get(world.id)?.get(claim.id);
      return result ? [{ world, result }] : [];
    });
    return { claim, study, doses, strongest: doses.at(-1) ?? null };
  });
}

export function verdictOf(row: ClaimRow): Verdict['verdict'] {
  return row.strongest?.result.verdict ?? 'not run';
}

/** Rows of one paper and one verdict; null: of all. */
export function chosenRows(
  rows: readonly ClaimRow[],
  paper: string | null,
  verdictName: string | null,
): readonly ClaimRow[] {
  return rows.filter(
    (row) =>
      (paper === null || row.claim.paper === paper) &&
      (verdictName === null || verdictOf(row) === verdictName),
  );
}

/** Undefined values stand last, whatever the order. */
const last = Number.POSITIVE_INFINITY;

const keys: Readonly<Record<RowOrder, (row: ClaimRow) => number>> = {
  paper: () => 0,
  effect: ({ strongest }) => -(strongest?.result.effect ?? -last),
  p: ({ strongest }) => strongest?.result.p ?? last,
  verdict: (row) => VERDICTS.indexOf(verdictOf(row)),
};

/** A stable order: rows that are level stay as the papers have them. */
export function sortedRows(rows: readonly ClaimRow[], order: RowOrder): readonly ClaimRow[] {
  const key = keys[order];
  return [...rows].sort((a, b) => {
    const [x, y] = [key(a), key(b)];
    return x === y ? 0 : x - y;
  });
}

export interface Tally {
  readonly verdict: Verdict['verdict'];
  readonly count: number;
}

/** How many rows have each verdict. */
export function tally(rows: readonly ClaimRow[]): readonly Tally[] {
  return VERDICTS.map((name) => ({
    verdict: name,
    count: rows.filter((row) => verdictOf(row) === name).length,
  }));
}

/** Smallest span around zero that holds every effect with its interval. */
export function effectSpan(results: readonly Pick<Verdict, 'effect' | 'interval'>[]): {
  readonly min: number;
  readonly max: number;
} {
  const ends = results.flatMap(({ effect, interval }) => [
    ...(interval ?? []),
    ...(effect === null ? [] : [effect]),
  ]);
  return { min: Math.min(0, ...ends), max: Math.max(0, ...ends) };
}
