import { describe, expect, it } from 'vitest';
import { SIMULATIONS } from '../../data/simulate';
import { aucRatio, relaImpr as relaImprOf } from '../../training/metrics/relaImpr';
import { findVariant } from '../evidence/variants';
import { publishedOf } from '../published';
import { CLAIMING_PAPERS, claimsOf, type PrintedTable } from '.';

/** What `of` may say beside a scenario's id. */
const OF = /^(overall|mean|largest|smallest|minor|minor5|minor10|major|major5|#\d+)$/;

/** A scenario's id as a column names it. */
function scenarioNames({ columns }: PrintedTable): string[] {
  return columns.flatMap(({ of }) => (of === null || OF.test(of) ? [] : [of]));
}

describe.each(CLAIMING_PAPERS)('claims of %s', (paper) => {
  const { claims, tables } = claimsOf(paper);

  it('each have a name of their own, a world with the paper’s cause and variants that exist', () => {
    expect(new Set(claims.map(({ id }) => id)).size).toBe(claims.length);
    expect(claims.length).toBeGreaterThan(20);
    for (const claim of claims) {
      expect(claim.id.startsWith(`${paper}-`)).toBe(true);
      expect(claim.paper).toBe(paper);
      expect(SIMULATIONS.find(({ id }) => id === claim.world)?.cause?.paper).toBe(paper);
      if (claim.twin !== null) expect(SIMULATIONS.map(({ id }) => id)).toContain(claim.twin);
      expect(claim.test.of).toMatch(OF);
      expect(findVariant(claim.test.variant).id).toBe(claim.test.variant);
      if (claim.test.value === undefined) {
        expect(findVariant(claim.test.against).id).toBe(claim.test.against);
        const { variant, against, metric, againstMetric } = claim.test;
        expect([against, againstMetric ?? metric]).not.toEqual([variant, metric]);
      }
    }
  });

  it('go the way that their printed figures go', () => {
    const printed = claims.filter((claim) => claim.printed);
    expect(printed.length).toBeGreaterThan(10);
    for (const { id, test, printed: figures } of printed) {
      const higher = figures!.variant > figures!.against;
      expect([id, test.direction]).toEqual([id, higher ? 'higher' : 'lower']);
    }
  });

  it('stand on tables whose rows are as wide as their columns, of variants that exist', () => {
    expect(new Set(tables.map(({ id }) => id)).size).toBe(tables.length);
    for (const table of tables) {
      const twin = SIMULATIONS.find(({ id }) => id === table.twin);
      for (const name of scenarioNames(table)) expect(twin?.scenarios.map(({ id }) => id)).toContain(name);
      for (const row of table.rows) {
        expect(row.values).toHaveLength(table.columns.length);
        if (row.variant !== null) expect(findVariant(row.variant).id).toBe(row.variant);
      }
    }
  });

  it('print relative improvements against rows of their own, and by the formula that is named but for slips', () => {
    let [compared, apart] = [0, 0];
    for (const { rows, columns, relaImpr } of tables) {
      if (!relaImpr) continue;
      const names = rows.map(({ printed }) => printed);
      expect(names).toEqual(expect.arrayContaining(relaImpr.bases));
      expect(relaImpr.bases).toHaveLength(columns.length);
      expect(relaImpr.values).toHaveLength(rows.length);
      for (const [r, values] of relaImpr.values.entries()) {
        expect(values).toHaveLength(columns.length);
        for (const [c, percent] of values.entries()) {
          const base = rows[names.indexOf(relaImpr.bases[c]!)]!.values[c]!;
          const by = relaImpr.formula === 'ratio' ? aucRatio : relaImprOf;
          const found = by(rows[r]!.values[c] ?? null, base);
          if (percent === null || found === null) continue;
          compared++;
          if (Math.abs(100 * found - percent) > 0.06) apart++;
        }
      }
    }
    // Contradictions of the papers themselves: SAR-Net's Tables 4 and 6, two cells of M-scan's Table 1.
    expect([paper, apart]).toEqual([paper, { sarnet: 5, mscan: 2 }[paper] ?? 0]);
    expect(compared > 0).toBe(paper !== 'aread');
  });

  it('print what the ablation tables print', () => {
    const kept = publishedOf(paper)?.tables ?? [];
    let compared = 0;
    for (const table of kept) {
      for (const row of table.rows) {
        const same = tables
          .filter(
            (one) => one.table === table.table && one.twin === table.twin && one.metric === 'noiseFreeAuc',
          )
          .flatMap((one) => one.rows)
          .find((one) => one.printed === (row.printed ?? row.variant));
        if (!same) continue;
        compared++;
        expect([...same.values].sort()).toEqual(expect.arrayContaining(row.values.filter((v) => v !== null)));
      }
    }
    // AREAD's ablations are figures without printed values.
    expect(compared > 0).toBe(paper !== 'aread');
  });
});

it('asks for claims of a known paper', () => {
  expect(() => claimsOf('bert')).toThrow('No claims of a paper "bert" are kept; known: sarnet');
});
