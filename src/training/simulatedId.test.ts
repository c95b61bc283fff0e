import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { datasetId, KNOB_NAMES, SIZES, SIMULATIONS } from '../data/simulate';
import { simulationOfId, usualDatasetId } from './simulatedId';

describe('the id of a simulation', () => {
  it('leads back to its request', () => {
    const request = fc.record({
      twin: fc.constantFrom(...SIMULATIONS.map(({ id }) => id)),
      size: fc.constantFrom(...SIZES),
      seed: fc.integer({ min: 0, max: 4_294_967_295 }),
      knobs: fc.dictionary(
        fc.constantFrom(...KNOB_NAMES),
        fc.integer({ min: -40, max: 80 }).map((k) => k / 20),
      ),
    });
    fc.assert(
      fc.property(request, (given) => {
        const plain = { ...given, knobs: { ...given.knobs } };
        expect(simulationOfId(datasetId(plain))).toEqual(plain);
      }),
    );
  });

  it('may be spelt with what is usual anyway', () => {
    for (const [spelt, usual] of [
      ['conflict-4-small-conflict0.75', 'conflict-4-conflict0.75'],
      ['aliccp-3-small-seed1', 'aliccp-3'],
      ['aliccp-3-medium-seed1-conflict0.50', 'aliccp-3-medium-conflict0.5'],
      ['my-file', 'my-file'],
      ['aliccp-3-unheard1', 'aliccp-3-unheard1'],
    ] as const) {
      expect(usualDatasetId(spelt)).toBe(usual);
      expect(usualDatasetId(usual)).toBe(usual);
    }
  });

  it('is no other text', () => {
    for (const id of [
      'my-file',
      'aliccp-3x',
      'aliccp-3-huge',
      'aliccp-3-seed',
      'aliccp-3-unheard1',
      'aliccp',
      '',
    ]) {
      expect(simulationOfId(id), id).toBeNull();
    }
  });
});
