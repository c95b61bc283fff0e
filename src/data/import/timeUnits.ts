/** Times as files write them: counts since the epoch, digits of a calendar, and dates in words. */
import { isMissing, parseNumber } from './values';

export const timeUnits = [
  'seconds',
  'milliseconds',
  'microseconds',
  'nanoseconds',
  'date',
  'mdy',
  'dmy',
  'yyyymmdd',
  'yyyymmddhh',
  'yyyymmddhhmm',
  'yyyymmddhhmmss',
  'yymmddhh',
  'bins',
] as const;
/**
 * `date` is year, month, day (ISO); `mdy` and `dmy` begin with the month or the day; `yyyymmddhh` and its kin are digits in a
 * row (`14102100` is `yymmddhh`); `bins` only order rows.
 */
export type TimeUnit = (typeof timeUnits)[number];

/** Dates as a person writes them; the rest are numbers. */
const written = ['date', 'mdy', 'dmy'] as const;
type Written = (typeof written)[number];

/** Seconds since the epoch of one unit. */
const scales: Readonly<Partial<Record<TimeUnit, number>>> = {
  seconds: 1,
  milliseconds: 1e3,
  microseconds: 1e6,
  nanoseconds: 1e9,
};

/** Seconds of 1990 and 2100, the years that a log can be of. */
const earliest = 631152000;
const latest = 4102444800;

const clock = String.raw`(?:[T\s:,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([AP]\.?M\.?)?)?`;
const zone = String.raw`\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?(?:\s*\(?UTC\)?)?`;
const yearFirst = new RegExp(String.raw`^\s*(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})${clock}${zone}\s*$`, 'i');
const yearLast = new RegExp(
  String.raw`^\s*(\d{1,2})[-/. ]\s?(\d{1,2}|[a-z]{3,9})[-/. ,]\s?(\d{4})${clock}${zone}\s*$`,
  'i',
);
const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

/**
 * Seconds since the epoch (for `bins`: the bin's number), or null where the cell cannot be read in that unit.
 * Dates without a zone count as UTC, so that a file means the same everywhere.
 */
export function parseTime(text: string, unit: TimeUnit): number | null {
  if (unit === 'date' || unit === 'mdy' || unit === 'dmy') return parseWritten(text, unit);
  const value = parseNumber(text);
  if (value === null || unit === 'bins') return value;
  const scale = scales[unit];
  return scale === undefined ? parseDigits(value, unit) : value / scale;
}

function parseWritten(text: string, unit: Written): number | null {
  if (text.length > 60) return null;
  const match = (unit === 'date' ? yearFirst : yearLast).exec(text);
  if (!match) return null;
  const [, first, second, third, hour, minute = '0', seconds = '0', fraction = '', half, at] = match;
  const word = months.indexOf(second!.slice(0, 3).toLowerCase());
  const named = word >= 0 ? String(word + 1) : second!;
  // A month in words stands between day and year: such a date is the same in either order.
  const [year, month, day] =
    unit === 'date'
      ? [first, second, third]
      : unit === 'dmy' || word >= 0
        ? [third, named, first]
        : [third, first, second];
  const hours = halfDay(Number(hour ?? 0), half);
  if (hours === null) return null;
  const time = utcSeconds(Number(year), Number(month), Number(day), hours, Number(minute), Number(seconds));
  return time === null ? null : time + Number(`0.${fraction}`) - zoneOffset(at);
}

/** 12 AM is 0 o'clock, 12 PM noon; null for 13 PM. */
function halfDay(hour: number, half: string | undefined): number | null {
  if (half === undefined) return hour;
  if (hour < 1 || hour > 12) return null;
  return (hour % 12) + (/^p/i.test(half) ? 12 : 0);
}

function zoneOffset(at: string | undefined): number {
  if (at === undefined || !/^[+-]/.test(at)) return 0;
  const digits = at.replace(/[^\d]/g, '');
  return (at.startsWith('-') ? -1 : 1) * (Number(digits.slice(0, 2)) * 3600 + Number(digits.slice(2)) * 60);
}

/** Digits in a row, from the right: seconds, minutes, hours where the unit has them, then day, month, year. */
function parseDigits(value: number, unit: TimeUnit): number | null {
  if (!Number.isInteger(value) || value < 0) return null;
  let rest = value;
  const take = (): number => {
    const two = rest % 100;
    rest = Math.floor(rest / 100);
    return two;
  };
  const second = unit.endsWith('ss') ? take() : 0;
  const minute = unit.includes('hhmm') ? take() : 0;
  const hour = unit.includes('hh') ? take() : 0;
  const day = take();
  const month = take();
  const year = unit === 'yymmddhh' ? (rest < 100 ? 2000 + rest : NaN) : rest;
  return year >= 1000 && year <= 9999 ? utcSeconds(year, month, day, hour, minute, second) : null;
}

function utcSeconds(y: number, m: number, d: number, h: number, min: number, s: number): number | null {
  if (!(m >= 1 && m <= 12 && d >= 1 && d <= 31 && h <= 24 && min <= 59 && s <= 60)) return null;
  // Date.UTC rolls 30 February over into March; such a cell is not a date.
  if (new Date(Date.UTC(y, m - 1, d)).getUTCMonth() !== m - 1) return null;
  return Date.UTC(y, m - 1, d, h, min, s) / 1000;
}

/** Whether a time, as `parseTime` read it, can be that of a log's row: bins always, the rest in the years 1990 to 2100. */
export function isPlausible(time: number, unit: TimeUnit): boolean {
  return unit === 'bins' || (time >= earliest && time <= latest);
}

/** The seconds of a date in any of the ways in which dates are written, or null. */
export function parseAnyDate(text: string): number | null {
  for (const unit of written) {
    const time = parseWritten(text, unit);
    if (time !== null) return time;
  }
  return null;
}

/** Digits of a calendar are tried first: few other numbers are valid dates throughout. */
const tried: readonly TimeUnit[] = [
  'yyyymmdd',
  'yyyymmddhh',
  'yyyymmddhhmm',
  'yyyymmddhhmmss',
  'seconds',
  'milliseconds',
  'microseconds',
  'nanoseconds',
  'yymmddhh',
];
/** Values looked at; more would not change a verdict. */
const mostLooked = 20_000;
/** Of the rows with a value, this share may hold something else (0, -1, 9999-12-31) and the rest still speak for a unit. */
const tolerated = 0.1;

/**
 * The unit in which nearly all values are plausible times (years 1990 to 2100), or null.
 *
 * @param texts distinct cells of a column.
 * @param counts rows that hold each; one each where absent.
 */
export function guessTimeUnit(texts: readonly string[], counts?: ArrayLike<number>): TimeUnit | null {
  const rows = new Map<TimeUnit, number>();
  const stride = Math.ceil(texts.length / mostLooked);
  let filled = 0;
  let slashes = 0;
  for (let code = 0; code < texts.length; code += stride) {
    const text = texts[code]!;
    if (isMissing(text)) continue;
    const weight = counts?.[code] ?? 1;
    filled += weight;
    const units = parseNumber(text) === null ? written : tried;
    if (/^\s*\d+\//.test(text)) slashes += weight;
    for (const unit of units) {
      const time = parseTime(text, unit);
      if (time !== null && isPlausible(time, unit)) rows.set(unit, (rows.get(unit) ?? 0) + weight);
    }
  }
  const enough = (unit: TimeUnit): boolean => filled > 0 && (rows.get(unit) ?? 0) >= (1 - tolerated) * filled;
  const number = tried.find(enough);
  if (number) return number;
  // 3/4/2020 may be read both ways: the one that reads more rows, else as slashes and dots are mostly meant.
  const monthFirst = rows.get('mdy') ?? 0;
  const dayFirst = rows.get('dmy') ?? 0;
  const likely: readonly TimeUnit[] =
    monthFirst > dayFirst || (monthFirst === dayFirst && slashes > filled / 2)
      ? ['date', 'mdy', 'dmy']
      : ['date', 'dmy', 'mdy'];
  return likely.find(enough) ?? null;
}

/** How finely a unit tells when, finest first: of two times the finer one orders rows. */
export function coarseness(unit: TimeUnit): number {
  if (unit in scales) return 0;
  return unit === 'bins' ? 3 : unit === 'yyyymmdd' ? 2 : 1;
}
