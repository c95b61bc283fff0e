/** Domains and ticks of axes that never jump while training: they depend on numbers that only ever grow. */
import { fixedDigits, formatCount, roundTo, trimNumber } from '../format';

export interface Domain {
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly number[];
}

const NICE = [1, 2, 2.5, 5, 10] as const;

/** The smallest of 1, 2, 2.5, 5 × 10^k that is at least `size`. */
export function niceStep(size: number): number {
  if (!(size > 0) || !Number.isFinite(size)) return 1;
  const power = 10 ** Math.floor(Math.log10(size));
  const factor = NICE.find((candidate) => candidate * power >= size * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** More steps than an axis has; what asks for more has no step that fits it. */
const MOST_STEPS = 100;

/** From `min` to `max` in steps; where no step fits, as next to the largest number, the range itself. */
function domainOf(min: number, max: number, step: number, range: Pick<Domain, 'min' | 'max'>): Domain {
  if (!((max - min) / step <= MOST_STEPS)) return { ...range, ticks: [range.min, range.max] };
  return { min, max, ticks: ticksOf(min, max, step) };
}

function ticksOf(min: number, max: number, step: number): number[] {
  const count = Math.round((max - min) / step);
  return Array.from({ length: count + 1 }, (_, k) => roundTo(min + k * step, 10));
}

/** Pixels that the figures of a vertical axis stand apart, at least. */
const FIGURE_ROOM = 14;

/** As many of the ticks as have room one above the other, evenly; the first is always among them. */
export function ticksWithin({ ticks }: Domain, pixels: number): readonly number[] {
  const most = Math.max(1, Math.floor(pixels / FIGURE_ROOM));
  const stride = Math.ceil((ticks.length - 1) / most) || 1;
  return ticks.filter((_, k) => k % stride === 0);
}

/** Figures along an axis: as many decimals as its finest tick needs, alike on all of them; a true minus. */
export function tickFormat(ticks: readonly number[]): (value: number) => string {
  const texts = ticks.map(trimNumber);
  const decimals = texts.map((text) => text.split('.')[1]?.length ?? 0);
  const digits = Math.max(0, ...decimals);
  return (value) => {
    if (value === 0) return '0';
    if (texts.some((text) => text.includes('e')) || digits > 5) return trimNumber(value).replace(/^-/, '−');
    if (digits === 0) return formatCount(value);
    return fixedDigits(value, digits);
  };
}

/**
 * AUC: from one half (or lower, in steps of 0.05, where numbers fall under it) to the next 0.05 above everything that
 * may come. With ceilings known from the start the upper end is right before the first point.
 */
export function aucDomain(
  range: { readonly min: number; readonly max: number } | null,
  ceilings: readonly (number | null | undefined)[],
): Domain {
  const known = ceilings.filter((ceiling): ceiling is number => typeof ceiling === 'number');
  const low = Math.min(0.5, range?.min ?? 0.5);
  const high = Math.max(0.6, range?.max ?? 0, ...known);
  const min = Math.max(0, Math.floor((low + 1e-9) / 0.05) * 0.05);
  const max = Math.min(1, Math.ceil((high + 0.004) / 0.05) * 0.05);
  const step = max - min > 0.3001 ? 0.1 : 0.05;
  const start = Math.ceil(min / step - 1e-9) * step;
  const ticks: number[] = [];
  for (let tick = start; tick <= max + 1e-9; tick += step) ticks.push(roundTo(tick, 2));
  return { min: roundTo(min, 2), max: roundTo(max, 2), ticks };
}

/** Values that start at zero or above: from 0 (or below, where numbers are) to a nice end; about `count` ticks. */
export function zeroDomain(range: { readonly min: number; readonly max: number } | null, count = 3): Domain {
  const low = Math.min(0, range?.min ?? 0);
  const high = Math.max(range?.max ?? 1, low + 1e-6);
  const step = niceStep((high - low) / count);
  const min = Math.floor(low / step + 1e-9) * step;
  const max = Math.ceil(high / step - 1e-9) * step;
  return domainOf(min, max, step, { min: low, max: high });
}

/** Any range, with nice ends. */
export function niceDomain(range: { readonly min: number; readonly max: number } | null, count = 4): Domain {
  if (!range) return { min: 0, max: 1, ticks: [0, 0.5, 1] };
  const span = Math.max(range.max - range.min, Math.abs(range.max) * 1e-3, 1e-6);
  const step = niceStep(span / count);
  const min = Math.floor(range.min / step + 1e-9) * step;
  const max = Math.max(min + step, Math.ceil(range.max / step - 1e-9) * step);
  return domainOf(min, max, step, range);
}

/** Steps from 0 to the run's end. */
export function stepDomain(steps: number, count = 5): Domain {
  const end = Math.max(1, steps);
  const nice = Math.max(1, niceStep(end / count));
  const step = Number.isInteger(nice) ? nice : nice * 2;
  const ticks = ticksOf(0, Math.floor(end / step) * step, step);
  // The end itself is marked unless it would touch its neighbour.
  if (end - ticks.at(-1)! > step * 0.4) ticks.push(end);
  return { min: 0, max: end, ticks };
}
