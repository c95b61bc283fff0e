/**
 * Numbers as the page writes them, all of them; those that reports write too are in `studies/format`. Nothing else of the
 * page turns a number into digits (`tests/architecture.test.ts`).
 */
import { formatCount as countText } from '../data/count';
import { fixedDigits, UNDEFINED } from '../studies/format';

export { fixedDigits, formatAuc, formatP, formatSetting, formatSigned, trimNumber } from '../studies/format';

/** The sign with the space before it, at which no line breaks. */
const PERCENT = '\u202f%';

/** Log loss, four digits. */
export function formatLoss(value: number | null | undefined): string {
  return fixedDigits(value, 4);
}

/** A share 0…1 as a percentage: `3.81 %`; small shares keep two meaningful digits. */
export function formatPercent(value: number | null | undefined, digits?: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return UNDEFINED;
  const percent = value * 100;
  const places = digits ?? (Math.abs(percent) >= 10 ? 1 : 2);
  return `${fixedDigits(percent, places)}${PERCENT}`;
}

/** RelaImpr as a signed percentage: `+1.96 %`. */
export function formatSignedPercent(value: number | null | undefined, digits = 2): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return UNDEFINED;
  const text = fixedDigits(value * 100, digits);
  return `${Number(text) > 0 ? '+' : ''}${text}${PERCENT}`;
}

/** A ratio such as calibration, two digits. */
export function formatRatio(value: number | null | undefined): string {
  return fixedDigits(value, 2);
}

/** A count with thin group marks: `12 345`. */
export function formatCount(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return UNDEFINED;
  return countText(value);
}

/** A number of unknown size with three meaningful digits: `0.00321`, `12.3`, `4 560`. */
export function formatNumber(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return UNDEFINED;
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 10 ** digits) return formatCount(value);
  if (size < 1e-4)
    return value
      .toExponential(Math.max(0, digits - 2))
      .replace('-', '−')
      .replace('e−', 'e-');
  return Number(value.toPrecision(digits)).toString().replace('-', '−');
}

/** A number to so many meaningful digits, still a number: for values that are computed with, not read. */
export function roundTo(value: number, digits: number): number {
  return Number(value.toPrecision(digits));
}

/** A place in a drawing, in pixels: tenths are enough. */
export function formatPlace(pixels: number): string {
  return pixels.toFixed(1);
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB'] as const;

/** Bytes in decimal units: `12.3 MB`. */
export function formatBytes(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined || !Number.isFinite(bytes)) return UNDEFINED;
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : fixedDigits(value, 1)} ${BYTE_UNITS[unit]!}`;
}

/** A duration in seconds as people say it: `8 s`, `2 min 05 s`, `1 h 12 min`. */
export function formatDuration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return UNDEFINED;
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`;
}
