/** Algorithm 1's mask logic against the independent NumPy form (tests/reference/aread/search.py), step by step. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { maskOverlap } from './maskReading';
import { initialMask, maskLayout, pruneCounts, pruneMask } from './masks';

interface Values {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}
interface Case {
  readonly name: string;
  readonly experts: readonly number[];
  readonly settings: Readonly<
    Record<'domains' | 'candidates' | 'trialSteps' | 'initialDensity' | 'targetDensity' | 'pruneRate', number>
  >;
  readonly script: Readonly<Record<'gates' | 'deviates' | 'uniforms' | 'stepGates' | 'scores', Values>>;
  readonly result: Readonly<Record<'initial' | 'steps' | 'masks' | 'chosen' | 'overlap', Values>>;
}

const file = new URL('../../../../tests/reference/aread/fixtures/search.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { readonly cases: readonly Case[] };

describe.each(cases)('scripted search: $name', ({ experts, settings, script, result }) => {
  const layout = maskLayout(experts);
  const edges = layout.edges;
  const { domains, candidates, trialSteps } = settings;
  const row = (table: Values, index: number): readonly number[] =>
    table.values.slice(index * edges, (index + 1) * edges);
  const counts = pruneCounts(edges, settings.pruneRate, settings.targetDensity);

  test('initial masks, every pruning step and the chosen masks agree', () => {
    for (let d = 0; d < domains; d++) {
      for (let z = 0; z < candidates; z++) {
        const at = d * candidates + z;
        let mask = initialMask(layout, row(script.gates, d), settings.initialDensity, {
          deviate: script.deviates.values[at]!,
          uniforms: row(script.uniforms, at),
        });
        expect([...mask], `initial ${d}.${z}`).toEqual(row(result.initial, at));
        for (let k = 0; k < trialSteps; k++) {
          mask = pruneMask(layout, mask, row(script.stepGates, at * trialSteps + k), counts);
          expect([...mask], `step ${d}.${z}.${k}`).toEqual(row(result.steps, at * trialSteps + k));
        }
        if (result.chosen.values[d] === z) expect([...mask]).toEqual(row(result.masks, d));
      }
    }
  });

  test('overlap ratios agree', () => {
    const overlap = maskOverlap(layout, result.masks.values);
    result.overlap.values.forEach((ratio, at) => expect(overlap[at]).toBeCloseTo(ratio, 6));
  });
});
