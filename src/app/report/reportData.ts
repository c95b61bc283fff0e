/** What a report holds: the claims and the runs, nothing computed from them. */
import type { Claim } from '../../studies/claims';
import type { StoredStudy } from '../../studies/evidence/format';

/** Stands in an address where a run's seed belongs. */
export const SEED = 2_000_000_011;

export interface ReportData {
  readonly format: 'scenarium-report/1';
  /** ISO 8601. */
  readonly made: string;
  /** Address of the page that made it, without parameters. */
  readonly page: string;
  readonly claims: readonly Claim[];
  readonly studies: readonly StoredStudy[];
  /** Titles of papers by id. */
  readonly titles: Readonly<Record<string, string>>;
  /** Parameters that run a cell again, `SEED` in the place of its seed, by `addressKey`; null where the page cannot. */
  readonly addresses: Readonly<Record<string, string | null>>;
}

export function addressKey(study: string, world: string, variant: string): string {
  return JSON.stringify([study, world, variant]);
}
