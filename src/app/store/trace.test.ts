import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Trace } from './trace';

describe('a trace', () => {
  it('never holds more than its capacity and one newest point, and always ends with the newest', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.constantFrom(4, 10, 300), (points, capacity) => {
        const trace = new Trace(capacity);
        for (let i = 0; i < points; i++) trace.push(i * 20, { auc: i });
        expect(trace.length).toBeLessThanOrEqual(capacity + 1);
        expect(trace.step(trace.length - 1)).toBe((points - 1) * 20);
        expect(trace.last('auc')).toBe(points - 1);
        expect(trace.step(0)).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps steps in order and figures with their steps', () => {
    const trace = new Trace(10);
    for (let i = 0; i < 137; i++) trace.push(i, { a: i * 2, b: i % 3 === 0 ? null : i });
    for (let i = 0; i < trace.length; i++) {
      if (i > 0) expect(trace.step(i)).toBeGreaterThan(trace.step(i - 1));
      expect(trace.value('a', i)).toBe(trace.step(i) * 2);
      expect(trace.value('b', i)).toBe(trace.step(i) % 3 === 0 ? null : trace.step(i));
    }
  });

  it('keeps points that it kept: between two halvings only new ones are added', () => {
    const trace = new Trace(100);
    for (let i = 0; i < 130; i++) trace.push(i, { a: i });
    const before = Array.from({ length: trace.length - 1 }, (_, i) => trace.step(i));
    trace.push(130, { a: 130 });
    trace.push(131, { a: 131 });
    expect(Array.from({ length: before.length }, (_, i) => trace.step(i))).toEqual(before);
  });

  it('remembers the range of points that went', () => {
    const trace = new Trace(4);
    trace.push(0, { a: 0.5 });
    trace.push(1, { a: 9 });
    for (let i = 2; i < 50; i++) trace.push(i, { a: 1 });
    expect(trace.range(['a'])).toEqual({ min: 0.5, max: 9 });
    expect(trace.range(['nothing'])).toBeNull();
  });

  it('takes series that begin late', () => {
    const trace = new Trace(10);
    trace.push(0, { a: 1 });
    trace.push(1, { a: 1, late: 2 });
    expect(trace.value('late', 0)).toBeNull();
    expect(trace.value('late', 1)).toBe(2);
    expect(trace.series).toEqual(['a', 'late']);
  });
});
