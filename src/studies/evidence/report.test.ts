import { expect, it } from 'vitest';
import { claimsOf } from '../claims';
import { madeUpStudy } from '../reproduce/testing';
import { evidenceReport, placeResults } from './report';

/** A made-up study whose variants are those of claims. */
function sarnet() {
  const study = madeUpStudy('sarnet');
  const names: Readonly<Record<string, string>> = { full: 'sarnet', plain: 'sarnet:base', idle: 'mmoe' };
  const renamed = (id: string): string => names[id.replace('sarnet:', '')] ?? id;
  return {
    ...study,
    variants: study.variants.map((one) => ({ ...one, id: renamed(one.id) })),
    cells: study.cells.map((one) => ({ ...one, variant: renamed(one.variant) })),
  };
}

it('tells how runs were trained, figures by dose with the ceiling, and what came of claims', () => {
  const report = evidenceReport(sarnet());
  expect(report).toContain('45 runs over up to 5 seeds on wasm');
  expect(report).toContain(
    '| | intervention 0 | intervention 0.3 | intervention 0.6 |'.replace('| |', '|  |'),
  );
  expect(report).toMatch(/\| full \| 0\.7200 ± 0\.0016 \(5\) \| 0\.7260 ± 0\.0016 \(5\) \| 0\.7320/);
  expect(report).toContain('| _ceiling_ | 0.8000 | 0.8000 | 0.8000 |');
  const debiased = claimsOf('sarnet').claims.find(
    ({ place, test }) => place.startsWith('Table 5') && test.against === 'sarnet:base',
  )!;
  expect(report).toContain(`| ${debiased.place}: ${debiased.sentence} |`);
  // No cell is of co-attention: its claims are not listed.
  expect(report).not.toContain('without attention');
  expect(() => evidenceReport({ ...sarnet(), id: 'ranks' })).toThrow('No paper has the study "ranks".');
});

it('follows a module over doses and on the twin, where printed tables stand beside ours, tuned and not', () => {
  const made = sarnet();
  const [full, plain] = ['sarnet', 'sarnet:base'].map((id) => made.variants.find((one) => one.id === id)!);
  const own = made.worlds.find(({ dose }) => dose === 0)!;
  const twin = { ...own, id: 'travel-20', base: 'travel-20', dose: null, knob: null };
  const tuned = [full!, plain!].map((one) => ({
    ...one,
    id: `${one.id}~travel-20`,
    tuned: { of: one.id, world: 'travel-20', seed: 1001, losses: [0.3, 0.2], best: 1 },
  }));
  const there = made.cells
    .filter(({ world }) => world === own.id)
    .flatMap((cell) => [
      { ...cell, world: 'travel-20' },
      ...(cell.variant.startsWith('sarnet')
        ? [{ ...cell, world: 'travel-20', variant: `${cell.variant}~travel-20` }]
        : []),
    ]);
  const report = evidenceReport({
    ...made,
    worlds: [...made.worlds, twin],
    variants: [...made.variants, ...tuned],
    cells: [...made.cells, ...there],
  });
  expect(report).toContain(
    '| module | intervention 0 | intervention 0.3 | intervention 0.6 | twin `travel-20` |',
  );
  expect(report).toMatch(
    /\| `sarnet` − `sarnet:base` \(`noiseFreeAuc`, overall\) \|[^|]+\|[^|]+\| \+0\.01\d+ \[[^|]+ confirmed \|/,
  );
  const table = report.slice(report.indexOf('#### Table 5, '));
  expect(table).toContain('ours, as it comes | ours, tuned | RelaImpr over ');
  // Printed, ours, ours tuned, seconds.
  expect(table).toMatch(/\| 0\.\d{4} \| 0\.7\d{3} ± 0\.\d{4} \(5\) \| 0\.7\d{3} ± 0\.\d{4} \(5\) \| [+−–]/);
  // One row of Table 6 is here: there is nothing to compare it with.
  expect(report).not.toContain('#### Table 6, ');
});

it('stands between its markers, and nothing else of the page changes', () => {
  const page = '# E\n\n## Results\n\n<!-- results -->\nold\n<!-- /results -->\n\nAfter.\n';
  const placed = placeResults(page, 'new');
  expect(placed).toBe('# E\n\n## Results\n\n<!-- results -->\n\nnew\n\n<!-- /results -->\n\nAfter.\n');
  expect(placeResults(placed, 'new')).toBe(placed);
  expect(placeResults('# E\n', 'x')).toBe(
    '# E\n\n## Results\n\n<!-- results -->\n\nx\n\n<!-- /results -->\n',
  );
  expect(() => placeResults('<!-- results -->', 'x')).toThrow('never closes it');
});
