import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  claimSorts,
  readReproduceView,
  reproduceParts,
  tableRows,
  tableShown,
  wholeReproduceView,
  writeReproduceView,
} from './reproduceView';
import type { ReproduceView } from './reproduceView';

const name = fc.option(fc.stringMatching(/^[a-z0-9][A-Za-z0-9 ._-]{0,40}$/), { nil: null });
const views: fc.Arbitrary<ReproduceView> = fc.record({
  part: fc.constantFrom(...reproduceParts),
  paper: name,
  verdict: name,
  sort: fc.constantFrom(...claimSorts),
  claim: name,
  table: name,
  world: name,
  metric: name,
  rows: fc.constantFrom(...tableRows, null),
  shown: fc.constantFrom(...tableShown),
});

describe('the view of the Reproduce page', () => {
  it('comes back from the address as it was', () => {
    fc.assert(
      fc.property(views, (view) => {
        const params = new URLSearchParams();
        writeReproduceView(view, params);
        const text = params.toString();
        expect(readReproduceView(new URLSearchParams(text))).toEqual({ view, problems: [] });
      }),
    );
  });

  it('leaves the address empty where nothing was chosen', () => {
    const params = new URLSearchParams();
    writeReproduceView(wholeReproduceView, params);
    expect(params.toString()).toBe('');
  });

  it('takes any address, and says of each thing that it cannot take one sentence', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (part, claim) => {
        const { view, problems } = readReproduceView(new URLSearchParams({ part, claim }));
        expect(reproduceParts).toContain(view.part);
        if (view.part !== part) expect(problems.join(' ')).toContain('part');
      }),
    );
    const { problems } = readReproduceView(new URLSearchParams({ part: 'claim', claim: '<b>' }));
    expect(problems).toEqual([
      'There is no part "claim"; known: claims, tables, doses, ranks.',
      '"<b>" cannot be a claim.',
    ]);
  });
});
