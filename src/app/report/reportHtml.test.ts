import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLAIMING_PAPERS, claimsOf } from '../../studies/claims';
import { fromRows } from '../../studies/evidence/rows';
import { madeUpClaim, madeUpStudy } from '../../studies/reproduce/testing';
import { addressKey, SEED } from './reportData';
import { reportData, reportDocument } from './reportHtml';

const page = 'https://lab.example/scenarium/';
const study = madeUpStudy();
const data = reportData([madeUpClaim('a')], [study], page);

/** What the report's script will read. */
function embedded(html: string): unknown {
  const [, json] = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html) ?? [];
  return JSON.parse(json ?? '');
}

describe('a report', () => {
  it('holds the runs and nothing computed from them', () => {
    const html = reportDocument(data, 'draw();');
    expect(embedded(html)).toEqual(JSON.parse(JSON.stringify(data)));
    expect(html).not.toMatch(/"(effect|interval|holm|verdict)"/);
    expect(html).toContain("default-src 'none'");
  });

  it('of 3,000 cells leaves its script half a megabyte of the five', () => {
    // Six scenarios and a dozen metrics, all digits: more than any study has a cell.
    const cells = Array.from({ length: 3000 }, (_, seed) => {
      const value = Number((0.6 + Math.sin(seed + 1) / 10).toPrecision(7));
      const one = {
        overall: 0.1 + value / 3,
        mean: 0.2 + value / 7,
        scenarios: [0, 1, 2].map((s) => value + s),
      };
      const figures = Object.fromEntries(Array.from({ length: 12 }, (_, m) => [`metric${m}`, one]));
      return { ...study.cells[0]!, seed, figures };
    });
    const claims = CLAIMING_PAPERS.flatMap((paper) => claimsOf(paper).claims);
    const large = reportData(claims, [{ ...study, cells }], page);
    expect(large.tables.length).toBeGreaterThan(20);
    expect(reportDocument(large, '').length).toBeLessThan(4_500_000);
    expect(fromRows(large.studies[0]!).cells).toEqual(cells);
  });

  it('cannot be ended early by what stands in it', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (title, code) => {
        const spiteful = { ...data, titles: { sarnet: `</script><script>${title}` } };
        const html = reportDocument(spiteful, `"</script></SCRIPT><!--${code}`);
        expect(embedded(html)).toEqual(JSON.parse(JSON.stringify(spiteful)));
        expect(html.match(/<\/script/gi)).toHaveLength(2);
      }),
    );
  });

  it('has the address of every cell, with a place for its seed', () => {
    const keys = study.cells.map(({ world, variant }) => addressKey(study.id, world, variant));
    expect(new Set(Object.keys(data.addresses))).toEqual(new Set(keys));
    for (const address of Object.values(data.addresses)) {
      expect(address).toContain('autostart=1');
      expect(address).toContain(`seed=${SEED}`);
    }
  });
});
