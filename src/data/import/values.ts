/** Reading single cells: nothing, numbers, lists, times. */

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

export const timeUnits = [
  'seconds',
  'milliseconds',
  'microseconds',
  'nanoseconds',
  'date',
  'yyyymmdd',
  'bins',
] as const;
export type TimeUnit = (typeof timeUnits)[number];

const isoDate =
  /^\s*(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(\.\d+)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?\s*$/i;

/**
 * Seconds since the epoch (for `bins`: the bin's number), or null where the cell cannot be read in that unit.
 * Dates without a zone count as UTC, so that a file means the same everywhere.
 */
export function parseTime(text: string, unit: TimeUnit): number | null {
  if (unit === 'date') return parseDate(text);
  const value = parseNumber(text);
  if (value === null) return null;
  switch (unit) {
    case 'seconds':
    case 'bins':
      return value;
    case 'milliseconds':
      return value / 1e3;
    case 'microseconds':
      return value / 1e6;
    case 'nanoseconds':
      return value / 1e9;
    case 'yyyymmdd':
      return utcSeconds(Math.floor(value / 10000), Math.floor(value / 100) % 100, value % 100, 0, 0, 0);
  }
}

function parseDate(text: string): number | null {
  const match = isoDate.exec(text);
  if (!match) return null;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0', zone] = match;
  const at = utcSeconds(
    Number(year),
    Number(month),
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  if (at === null) return null;
  let offset = 0;
  if (zone && zone.toUpperCase() !== 'Z') {
    const digits = zone.replace(/[^\d]/g, '');
    offset =
      (zone.startsWith('-') ? -1 : 1) * (Number(digits.slice(0, 2)) * 3600 + Number(digits.slice(2)) * 60);
  }
  return at + Number(fraction) - offset;
}

function utcSeconds(y: number, m: number, d: number, h: number, min: number, s: number): number | null {
  if (m < 1 || m > 12 || d < 1 || d > 31 || h > 24 || min > 59 || s > 60) return null;
  // Date.UTC rolls 30 February over into March; such a cell is not a date.
  if (new Date(Date.UTC(y, m - 1, d)).getUTCMonth() !== m - 1) return null;
  return Date.UTC(y, m - 1, d, h, min, s) / 1000;
}

/** The unit in which numbers between `low` and `high` are plausible times (years 1990 to 2100), or null. */
export function guessTimeUnit(low: number, high: number): TimeUnit | null {
  const from = 631152000;
  const to = 4102444800;
  if (low >= 19900101 && high <= 21001231) {
    const month = Math.floor(low / 100) % 100;
    if (month >= 1 && month <= 12) return 'yyyymmdd';
  }
  const scales: readonly (readonly [TimeUnit, number])[] = [
    ['seconds', 1],
    ['milliseconds', 1e3],
    ['microseconds', 1e6],
    ['nanoseconds', 1e9],
  ];
  for (const [unit, scale] of scales) if (low >= from * scale && high <= to * scale) return unit;
  return null;
}
