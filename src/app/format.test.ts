import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatAuc,
  formatBytes,
  formatCount,
  formatDuration,
  formatNumber,
  formatPercent,
  formatSetting,
  formatSigned,
  formatSignedPercent,
  trimNumber,
} from './format';

describe('formatters', () => {
  it('show an undefined number as the word, never as NaN', () => {
    for (const format of [formatAuc, formatBytes, formatCount, formatDuration, formatNumber, formatPercent]) {
      expect(format(null)).toBe('undefined');
      expect(format(Number.NaN)).toBe('undefined');
      expect(format(undefined)).toBe('undefined');
    }
    fc.assert(fc.property(fc.double(), (value) => !/NaN|Infinity/.test(formatNumber(value))));
  });

  it('give AUC four digits and no negative zero', () => {
    expect(formatAuc(0.61234567)).toBe('0.6123');
    expect(formatSigned(-0.00001)).toBe('0.0000');
    expect(formatSigned(0.0021)).toBe('+0.0021');
    expect(formatSigned(-0.0021)).toBe('−0.0021');
  });

  it('give shares and improvements as percentages', () => {
    expect(formatPercent(0.0381)).toBe('3.81\u202f%');
    expect(formatPercent(0.6146)).toBe('61.5\u202f%');
    expect(formatSignedPercent(0.0196)).toBe('+1.96\u202f%');
    expect(formatSignedPercent(-0.0196)).toBe('−1.96\u202f%');
  });

  it('say durations and sizes as people do', () => {
    expect(formatDuration(7.6)).toBe('8 s');
    expect(formatDuration(125)).toBe('2 min 05 s');
    expect(formatDuration(4320)).toBe('1 h 12 min');
    expect(formatBytes(12_345_678)).toBe('12.3 MB');
    expect(formatCount(1234567)).toBe('1\u202f234\u202f567');
  });

  it('write settings so that they can be typed back', () => {
    expect(formatSetting([256, 128])).toBe('256, 128');
    expect(formatSetting(false)).toBe('off');
    expect(trimNumber(1e-5)).toBe('1e-5');
    expect(trimNumber(0.001)).toBe('0.001');
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), (value) => {
        expect(Math.abs(Number(trimNumber(value)) / value - 1)).toBeLessThan(1e-11);
      }),
    );
  });
});
