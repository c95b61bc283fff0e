/** Numbers as people read them: as many digits as they have meaning, `null` as "undefined", never NaN. */

export const UNDEFINED = 'undefined';

/** A number with so many digits after the point. */
export function fixedDigits(value: number | null | undefined, digits: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return UNDEFINED;
  const text = value.toFixed(digits);
  // A rounded negative zero would read as a difference that is not there; else a true minus.
  return text.replace('-', Number(text) === 0 ? '' : '−');
}

/** AUC, four digits. */
export function formatAuc(value: number | null | undefined): string {
  return fixedDigits(value, 4);
}

/** Mean and standard deviation: `0.6195 ± 0.0012`; the mean alone for a single value. */
export function formatSpread(
  spread: { readonly mean: number; readonly deviation: number | null } | null,
): string {
  if (!spread) return UNDEFINED;
  const mean = formatAuc(spread.mean);
  return spread.deviation === null ? mean : `${mean} ± ${fixedDigits(spread.deviation, 4)}`;
}

/** A signed difference, e.g. of AUC: `+0.0021`. */
export function formatSigned(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return UNDEFINED;
  const text = fixedDigits(value, digits);
  return `${Number(text) > 0 ? '+' : ''}${text}`;
}

/** The value of a setting as text: `256, 128, 64`, `on`, `0.001`. */
export function formatSetting(value: number | boolean | string | readonly number[]): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'number') return trimNumber(value);
  if (typeof value === 'string') return value;
  return value.map(trimNumber).join(', ');
}

/** A number without noise digits, exact enough to type back: `0.001`, `1e-5`. */
export function trimNumber(value: number): string {
  const text = String(Number(value.toPrecision(12)));
  return /^0\.0000+/.test(text) ? value.toExponential().replace('e-0', 'e-') : text;
}

/** A probability of a test: two meaningful digits, `< 0.0001` below. */
export function formatP(p: number | null): string {
  if (p === null) return UNDEFINED;
  return p < 0.0001 ? '< 0.0001' : String(Number(p.toPrecision(2)));
}

/** `***`, `**`, `*` at 0.001, 0.01 and 0.05. */
export function significanceStars(p: number | null): string {
  if (p === null) return '';
  return p < 0.001 ? '***' : p < 0.01 ? '**' : p < 0.05 ? '*' : '';
}
