import { describe, expect, it } from 'vitest';
import { contrast, linearRgb, oklabOfLinear, parseHex } from './oklab';
import type { Rgb } from './oklab';
import { scaleTable } from './scales';
import { colourIndices, PALETTE } from './scenario';

/** Machado, Oliveira, Fernandes 2009, severity 1, on linear RGB. */
const DEFICIENCIES: Record<string, readonly (readonly number[])[]> = {
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function seenBy(matrix: readonly (readonly number[])[], hex: string) {
  const rgb = linearRgb(parseHex(hex));
  const seen = matrix.map((row) =>
    Math.max(
      0,
      row.reduce((sum, w, k) => sum + w * rgb[k]!, 0),
    ),
  );
  return oklabOfLinear(seen as unknown as Rgb);
}

describe('scenario colours', () => {
  it.each(['light', 'dark'] as const)('the first six stay apart for colour-blind eyes (%s)', (theme) => {
    for (const matrix of Object.values(DEFICIENCIES)) {
      const seen = PALETTE[theme].slice(0, 6).map((hex) => seenBy(matrix, hex));
      for (let a = 0; a < seen.length; a++) {
        for (let b = 0; b < a; b++) {
          const distance = Math.hypot(...seen[a]!.map((c, i) => c - seen[b]![i]!));
          expect(distance, `${PALETTE[theme][a]} and ${PALETTE[theme][b]}`).toBeGreaterThan(0.06);
        }
      }
    }
  });

  it.each([
    ['light', '#ffffff'],
    ['dark', '#14171b'],
  ] as const)('lines stand out from the %s page', (theme, page) => {
    for (const hex of PALETTE[theme]) {
      expect(contrast(parseHex(hex), parseHex(page)), hex).toBeGreaterThan(2.9);
    }
  });

  it('go by share, not by position', () => {
    const share = (value: number) => ({ share: value, group: null });
    expect(colourIndices([share(0.1), share(0.7), share(0.2)])).toEqual([2, 0, 1]);
  });

  it('mean the group beyond eight scenarios', () => {
    const many = Array.from({ length: 12 }, (_, i) => ({ share: 1 / (i + 1), group: i % 2 ? 'b' : 'a' }));
    const indices = colourIndices(many);
    expect(new Set(indices)).toEqual(new Set([0, 1]));
    expect(indices[0]).toBe(indices[2]);
  });
});

describe('heat-map scales', () => {
  it.each(['light', 'dark'] as const)('are even: no step differs from the mean by much (%s)', (theme) => {
    for (const kind of ['sequential', 'signed'] as const) {
      const table = scaleTable(kind, theme);
      const lab = Array.from({ length: 9 }, (_, k) => {
        const i = Math.round((k / 8) * 255) * 3;
        return oklabOfLinear(linearRgb([table[i]!, table[i + 1]!, table[i + 2]!]));
      });
      const steps = lab.slice(1).map((c, k) => Math.hypot(...c.map((x, i) => x - lab[k]![i]!)));
      const mean = steps.reduce((sum, x) => sum + x, 0) / steps.length;
      for (const step of steps) expect(step / mean).toBeGreaterThan(0.6);
      for (const step of steps) expect(step / mean).toBeLessThan(1.6);
    }
  });

  it('grow darker (or lighter) all the way, so they survive grey printing', () => {
    for (const theme of ['light', 'dark'] as const) {
      const table = scaleTable('sequential', theme);
      const lightness = Array.from(
        { length: 256 },
        (_, i) => oklabOfLinear(linearRgb([table[i * 3]!, table[i * 3 + 1]!, table[i * 3 + 2]!]))[0],
      );
      const sign = theme === 'light' ? -1 : 1;
      for (let i = 8; i < 256; i += 8) expect(sign * (lightness[i]! - lightness[i - 8]!)).toBeGreaterThan(0);
    }
  });
});
