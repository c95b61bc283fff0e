/** Reading single cells: nothing, numbers, lists. Times: `timeUnits.ts`. */

const missing = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', 'nil', '\\n', '<na>', 'undefined']);

/** Whether a cell holds no value (`""`, `NA`, `null`, `\N`, …). */
export function isMissing(text: string): boolean {
  return text.length <= 9 && missing.has(text.trim().toLowerCase());
}

const numeric = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;

/** The number in a cell, or null. */
export function parseNumber(text: string): number | null {
  if (!numeric.test(text)) return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

const whole = /^\s*[+-]?\d+(\.0*)?\s*$/;

export function isWhole(text: string): boolean {
  return whole.test(text);
}

/**
 * One spelling for one value: trimmed, and a whole number that a table wrote as a decimal (`17.0`) without its point. Digits are
 * otherwise kept as they are, so ids of any length stay apart.
 */
export function canonical(text: string): string {
  const trimmed = text.trim();
  const point = trimmed.indexOf('.');
  return point > 0 && whole.test(trimmed) ? trimmed.slice(0, point) : trimmed;
}

/** Whether an integer in text form lies beyond 32 bits. */
export function isBeyondInt32(text: string): boolean {
  const digits = canonical(text).replace(/^[+-]/, '');
  if (digits.length < 10 || !/^\d+$/.test(digits)) return false;
  const value = Number(digits);
  return value > 2147483648 || (value === 2147483648 && !text.trim().startsWith('-'));
}

const bracketed = /^\s*(\[.*\]|\(.*\)|\{.*\})\s*$/s;
const idLike = /^[A-Za-z]{0,3}\d+$/;

/** The entries of a list cell (`[1, 2]`, `['a','b']`, `1|2|3`, `N1 N2`), or null where the cell is no list. An empty list has none. */
export function parseList(text: string): string[] | null {
  const trimmed = text.trim();
  if (bracketed.test(trimmed)) {
    const inside = trimmed.slice(1, -1).trim();
    if (inside === '') return [];
    // A structure (`{"a": 1}`) is no list of values.
    if (trimmed.startsWith('{') && inside.includes(':')) return null;
    const separator = inside.includes(',') ? ',' : /\s/;
    return inside
      .split(separator)
      .map((entry) => canonical(entry.trim().replace(/^(['"])(.*)\1$/, '$2')))
      .filter((entry) => entry !== '');
  }
  if (trimmed.includes('|')) return entries(trimmed.split('|'));
  for (const separator of ['\u0002', '^', ',', ';', ' ']) {
    if (!trimmed.includes(separator)) continue;
    const parts = entries(trimmed.split(separator));
    return parts.length > 1 && parts.every((entry) => idLike.test(entry)) ? parts : null;
  }
  return null;
}

function entries(parts: string[]): string[] {
  return parts.map((entry) => canonical(entry)).filter((entry) => entry !== '');
}

const roundedId = /^\s*\d(?:\.\d+)?E\+(?:1[1-9]|[2-9]\d)\s*$/i;

/** Whether a cell is a whole number that a spreadsheet rounded to a few digits (`1.1E+18`): what it stood for is lost. */
export function isRounded(text: string): boolean {
  return roundedId.test(text);
}
