/** What a report holds: the claims, the printed tables and the runs, nothing computed from them. */
import type { Claim, PrintedTable } from '../../studies/claims';
import type { StudyRows } from '../../studies/evidence/rows';

/** Stands in an address where a run's seed belongs. */
export const SEED = 2_000_000_011;

export interface ReportData {
  readonly format: 'scenarium-report/1';
  /** ISO 8601. */
  readonly made: string;
  /** Address of the page that made it, without parameters. */
  readonly page: string;
  readonly claims: readonly Claim[];
  /** Printed tables, by paper. */
  readonly tables: readonly { readonly paper: string; readonly table: PrintedTable }[];
  /** Cells as rows, as their files have them; settings are left out, which the addresses hold. */
  readonly studies: readonly StudyRows[];
  /** Titles of papers by id. */
  readonly titles: Readonly<Record<string, string>>;
  /** Parameters that run a cell again, `SEED` in the place of its seed, by `addressKey`; null where the page cannot. */
  readonly addresses: Readonly<Record<string, string | null>>;
}

export function addressKey(study: string, world: string, variant: string): string {
  return JSON.stringify([study, world, variant]);
}

/** The page's address that runs a cell again; null where it cannot. */
export function addressOf(
  { addresses, page }: ReportData,
  study: string,
  { world, variant, seed }: { readonly world: string; readonly variant: string; readonly seed: number },
): string | null {
  const address = addresses[addressKey(study, world, variant)];
  return address ? page + address.replace(String(SEED), String(seed)) : null;
}
