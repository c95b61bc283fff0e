import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exp, log, normalQuantile, power, roundTo12Bits, sigmoid } from './arithmetic';

const float = (min: number, max: number) => fc.double({ min, max, noNaN: true });

describe('arithmetic from + − × ÷', () => {
  test('exp agrees with the engine’s to 1e-14 relative', () => {
    fc.assert(
      fc.property(float(-700, 700), (x) => {
        expect(Math.abs(exp(x) / Math.exp(x) - 1)).toBeLessThan(1e-14);
      }),
    );
  });

  test('exp goes to 0 and Infinity at its ends', () => {
    expect(exp(-800)).toBe(0);
    expect(exp(800)).toBe(Infinity);
    expect(exp(0)).toBe(1);
    expect(exp(-740)).toBeGreaterThan(0);
  });

  test('log agrees with the engine’s to 1e-15, subnormal numbers included', () => {
    fc.assert(
      fc.property(float(5e-324, 1.7e308), (x) => {
        expect(Math.abs(log(x) - Math.log(x))).toBeLessThanOrEqual(1e-15 * (1 + Math.abs(Math.log(x))) * 2);
      }),
    );
    expect(Math.abs(log(5e-324) - Math.log(5e-324))).toBeLessThan(1e-12);
    expect(log(0)).toBe(-Infinity);
    expect(log(-1)).toBeNaN();
  });

  test('exp undoes log', () => {
    fc.assert(
      fc.property(float(1e-300, 1e300), (x) => {
        expect(Math.abs(exp(log(x)) / x - 1)).toBeLessThan(1e-12);
      }),
    );
  });

  test('sigmoid is symmetric and stays in [0, 1]', () => {
    fc.assert(
      fc.property(float(-1000, 1000), (x) => {
        expect(sigmoid(x) + sigmoid(-x)).toBeCloseTo(1, 14);
        expect(sigmoid(x)).toBeGreaterThanOrEqual(0);
        expect(sigmoid(x)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('power agrees with the engine’s', () => {
    expect(power(7, -0.9)).toBeCloseTo(Math.pow(7, -0.9), 13);
    expect(power(1, 5)).toBe(1);
  });

  test('normal quantiles are the tabulated ones and odd about one half', () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.959964, 5);
    expect(normalQuantile(0.5)).toBe(0);
    expect(normalQuantile(1e-9)).toBeCloseTo(-5.997807, 4);
    fc.assert(
      fc.property(float(1e-6, 0.5), (p) => {
        expect(normalQuantile(p)).toBeCloseTo(-normalQuantile(1 - p), 5);
      }),
    );
  });

  test('rounding to 12 bits is exact in float32, idempotent and within 2^-12', () => {
    fc.assert(
      fc.property(float(1e-6, 1), (x) => {
        const rounded = roundTo12Bits(x);
        expect(Math.fround(rounded)).toBe(rounded);
        expect(roundTo12Bits(rounded)).toBe(rounded);
        expect(Math.abs(rounded / x - 1)).toBeLessThanOrEqual(1 / 4096);
      }),
    );
  });

  test('no engine function whose last bits may differ is used by the simulator', async () => {
    const { readdirSync, readFileSync } = await import('node:fs');
    const folder = new URL('.', import.meta.url);
    for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!entry.endsWith('.ts') || entry.endsWith('.test.ts')) continue;
      const source = readFileSync(new URL(entry, folder), 'utf8').replace(/\/\*[^]*?\*\/|\/\/.*$/gm, '');
      expect(
        source.match(
          /Math\.(exp|expm1|log|log1p|log2|log10|pow|a?sinh?|a?cosh?|a?tanh?|atan2|random|hypot|cbrt)\b|\*\*/g,
        ),
        `${entry} uses an engine-dependent function`,
      ).toBeNull();
    }
  });
});
