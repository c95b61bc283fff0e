import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hyper } from '../../models/settings';
import { sameValue } from '../../models/settings';
import { nearest, nudge, readNumber, readWidths } from './parse';

const rate = hyper.real({ label: 'r', help: 'h', default: 1e-3, min: 1e-6, max: 0.1, scale: 'log' });
const experts = hyper.int({ label: 'e', help: 'h', default: 4, min: 1, max: 16 });
const hidden = hyper.widths({ label: 'w', help: 'h', default: [64], min: 4, max: 512, maxLayers: 3 });

describe('what people type', () => {
  it('is taken inside the range and refused with a reason outside', () => {
    expect(readNumber(rate, '0,005')).toEqual({ ok: true, value: 0.005 });
    expect(readNumber(rate, '1e-4')).toEqual({ ok: true, value: 1e-4 });
    expect(readNumber(rate, '5').ok).toBe(false);
    expect(readNumber(experts, '2.5')).toEqual({ ok: false, reason: 'Type a whole number.' });
    expect(readNumber(experts, 'four').ok).toBe(false);
    expect(nearest(experts, '99')).toBe(16);
    expect(nearest(experts, 'x')).toBeNull();
  });

  it('reads widths in any common form', () => {
    expect(readWidths(hidden, '256,128 64')).toEqual({ ok: true, value: [256, 128, 64] });
    expect(readWidths(hidden, '').ok).toBe(false);
    expect(readWidths(hidden, '8,8,8,8').ok).toBe(false);
    expect(readWidths(hidden, '2').ok).toBe(false);
  });

  it('arrow keys never leave the range and go both ways', () => {
    expect(nudge(rate, 1e-3, 1)).toBeCloseTo(2e-3, 12);
    expect(nudge(rate, 2e-3, -1)).toBeCloseTo(1e-3, 12);
    expect(nudge(rate, 1e-3, -1)).toBeCloseTo(5e-4, 12);
    expect(nudge(experts, 4, 1)).toBe(5);
    fc.assert(
      fc.property(
        fc.double({ min: 1e-6, max: 0.1, noNaN: true }),
        fc.constantFrom(1 as const, -1 as const),
        (value, way) => {
          const next = nudge(rate, value, way);
          expect(next).toBeGreaterThanOrEqual(rate.min);
          expect(next).toBeLessThanOrEqual(rate.max);
          if (value > 2e-6 && value < 0.05) expect(Math.sign(next - value)).toBe(way);
        },
      ),
    );
  });

  it('knows equal lists', () => {
    expect(sameValue([1, 2], [1, 2])).toBe(true);
    expect(sameValue([1, 2], [1])).toBe(false);
    expect(sameValue(1, 1)).toBe(true);
  });
});
