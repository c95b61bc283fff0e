/**
 * Heat maps' colour scales: straight lines in OKLab through a few stops, so equal differences of the number are equal
 * differences for the eye. One table of 256 entries a scale and theme.
 */
import { fromOklab, luminance, toOklab } from './oklab';
import type { Lab, Rgb } from './oklab';

export type Theme = 'light' | 'dark';
export type ScaleKind = 'sequential' | 'signed';

const STOPS: Record<ScaleKind, Record<Theme, readonly string[]>> = {
  sequential: {
    light: ['#f3f5f7', '#8fc1d4', '#2b7ba6', '#0e2f56'],
    dark: ['#1c2128', '#24506f', '#3f9bb5', '#d9f3e6'],
  },
  signed: {
    light: ['#9c3d00', '#e59a5c', '#f3f3f2', '#7fb2d9', '#0a4a86'],
    dark: ['#ffb27a', '#a8581f', '#23272d', '#2c6da6', '#a5d3ff'],
  },
};

export const SCALE_STEPS = 256;
const cache = new Map<string, Uint8ClampedArray>();

function mix(a: Lab, b: Lab, t: number): Lab {
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
}

/** RGB triples `[256 * 3]`, low to high. Stops are spaced by their distance, so the scale is even along its length. */
export function scaleTable(kind: ScaleKind, theme: Theme): Uint8ClampedArray {
  const key = `${kind}/${theme}`;
  const known = cache.get(key);
  if (known) return known;
  const stops = STOPS[kind][theme].map(toOklab);
  const lengths = stops.slice(1).map((stop, k) => Math.hypot(...stop.map((c, i) => c - stops[k]![i]!)));
  const half = Math.floor(lengths.length / 2);
  const at = [0];
  if (kind === 'signed') {
    // Zero sits exactly in the middle: each side is even along its own length.
    const sides = [lengths.slice(0, half), lengths.slice(half)];
    sides.forEach((side, s) => {
      const total = side.reduce((sum, x) => sum + x, 0);
      let run = 0;
      for (const length of side) at.push(0.5 * s + (0.5 * (run += length)) / total);
    });
  } else {
    const total = lengths.reduce((sum, x) => sum + x, 0);
    let run = 0;
    for (const length of lengths) at.push((run += length) / total);
  }
  const table = new Uint8ClampedArray(SCALE_STEPS * 3);
  for (let i = 0; i < SCALE_STEPS; i++) {
    const t = i / (SCALE_STEPS - 1);
    let k = 0;
    while (k < at.length - 2 && t > at[k + 1]!) k++;
    const [from, to] = [at[k]!, at[k + 1]!];
    table.set(fromOklab(mix(stops[k]!, stops[k + 1]!, Math.min(1, (t - from) / (to - from)))), i * 3);
  }
  cache.set(key, table);
  return table;
}

/** Colour of a number written on a cell of colour `rgb`. */
export function textOn(rgb: Rgb): string {
  return luminance(rgb) > 0.2 ? '#14171b' : '#ffffff';
}
