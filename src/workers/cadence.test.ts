import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keepingIsDue } from './cadence';

const EVERY = 2_000;
const small = { milliseconds: 2_000, steps: 10, cost: 5, parameters: 200_000 };

describe('keeping a run that goes on', () => {
  it('is due after two seconds where it is cheap', () => {
    expect(keepingIsDue(small, EVERY)).toBe(true);
    expect(keepingIsDue({ ...small, milliseconds: 1_999 }, EVERY)).toBe(false);
    expect(keepingIsDue({ ...small, steps: 0 }, EVERY), 'nothing new').toBe(false);
  });

  it('waits where it is not, but never for more than 200 steps of a model that is not large', () => {
    const dear = { ...small, cost: 60 };
    expect(keepingIsDue(dear, EVERY)).toBe(false);
    expect(keepingIsDue({ ...dear, steps: 200 }, EVERY)).toBe(true);
    expect(keepingIsDue({ ...dear, steps: 200, parameters: 9_000_000 }, EVERY)).toBe(false);
    expect(keepingIsDue({ ...dear, milliseconds: 6_000, parameters: 9_000_000 }, EVERY)).toBe(true);
  });

  it('loses at most two seconds or 200 steps, and always comes', () => {
    const since = fc.record({
      cost: fc.double({ min: 0, max: 3_000, noNaN: true }),
      parameters: fc.integer({ min: 1, max: 30_000_000 }),
      stepMs: fc.double({ min: 0.5, max: 5_000, noNaN: true }),
    });
    fc.assert(
      fc.property(since, ({ cost, parameters, stepMs }) => {
        let steps = 0;
        const at = () => ({ milliseconds: steps * stepMs, steps, cost, parameters });
        while (!keepingIsDue(at(), EVERY) && steps < 1_000_000) steps++;
        expect(steps).toBeLessThan(1_000_000);
        const { milliseconds } = at();
        const inTime = milliseconds <= EVERY + stepMs || steps <= 200;
        expect(inTime || cost > 0.01 * (milliseconds - stepMs)).toBe(true);
        if (parameters <= 8_000_000) expect(inTime).toBe(true);
      }),
    );
  });
});
