import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guessTimeUnit, parseTime, timeUnits, type TimeUnit } from './timeUnits';

describe('times', () => {
  it.each([
    ['1970-01-02', 86400],
    ['1970-01-01 00:00:01', 1],
    ['1970-01-01T01:00:00+01:00', 0],
    ['1970-01-01T00:00:00.250Z', 0.25],
    ['1970/1/2', 86400],
    ['2020-02-30', null],
    ['2020-13-01', null],
    ['yesterday', null],
  ])('%j as a date is %j', (text, seconds) => {
    expect(parseTime(text, 'date')).toBe(seconds);
  });

  it('written by the platform are read as it means them', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
        (date) => {
          expect(parseTime(date.toISOString(), 'date')).toBeCloseTo(date.getTime() / 1000, 3);
        },
      ),
    );
  });

  it.each([
    [1_500_000_000, 'seconds'],
    [1_500_000_000_000, 'milliseconds'],
    [1_500_000_000_000_000, 'microseconds'],
    [1_500_000_000_000_000_000, 'nanoseconds'],
    [20170714, 'yyyymmdd'],
    [12345, null],
  ])('around %d count in %s', (value, unit) => {
    expect(guessTimeUnit([String(value), String(value + 1)])).toBe(unit);
  });

  it.each([
    ['2019-11-09 00:00:00 UTC', 'date'],
    ['2019-11-09 00:00:00+00', 'date'],
    ['2019-11-09T01:00:00.000+0100', 'date'],
    ['2019/11/09 00:00:00,000', 'date'],
    ['11/9/2019 12:00:00 AM', 'mdy'],
    ['11/09/2019', 'mdy'],
    ['09.11.2019 00:00', 'dmy'],
    ['09/Nov/2019:00:00:00 +0000', 'dmy'],
    ['9 November 2019', 'dmy'],
    ['20191109', 'yyyymmdd'],
    ['2019110900', 'yyyymmddhh'],
    ['201911090000', 'yyyymmddhhmm'],
    ['20191109000000', 'yyyymmddhhmmss'],
    ['19110900', 'yymmddhh'],
  ] as const)('%s is midnight of 9 November 2019 in %s', (text, unit) => {
    expect(parseTime(text, unit)).toBe(Date.UTC(2019, 10, 9) / 1000);
  });

  it.each([
    ['13/13/2019', 'mdy'],
    ['11/9/2019 13:00 PM', 'mdy'],
    ['2019110925', 'yyyymmddhh'],
    ['19130900', 'yymmddhh'],
    ['-2019110900', 'yyyymmddhh'],
  ] as const)('%s is no time in %s', (text, unit) => {
    expect(parseTime(text, unit)).toBeNull();
  });

  /** Moments of a few weeks in the years that logs are of, written in every unit, with a few cells that are no times of a log. */
  const two = (value: number): string => String(value).padStart(2, '0');
  const write: Readonly<Record<Exclude<TimeUnit, 'bins'>, (d: Date) => string>> = {
    seconds: (d) => String(d.getTime() / 1000),
    milliseconds: (d) => String(d.getTime()),
    microseconds: (d) => `${d.getTime()}000`,
    nanoseconds: (d) => `${d.getTime()}000000`,
    date: (d) => `${d.toISOString().slice(0, 19).replace('T', ' ')} UTC`,
    mdy: (d) =>
      `${d.getUTCMonth() + 1}/${d.getUTCDate()}/${d.getUTCFullYear()} ${d.getUTCHours() % 12 || 12}:00 ${d.getUTCHours() < 12 ? 'AM' : 'PM'}`,
    dmy: (d) =>
      `${two(d.getUTCDate())}.${two(d.getUTCMonth() + 1)}.${d.getUTCFullYear()} ${two(d.getUTCHours())}:00`,
    yyyymmdd: (d) => d.toISOString().slice(0, 10).replaceAll('-', ''),
    yyyymmddhh: (d) => d.toISOString().slice(0, 13).replace(/[-T]/g, ''),
    yyyymmddhhmm: (d) => d.toISOString().slice(0, 16).replace(/[-T:]/g, ''),
    yyyymmddhhmmss: (d) => d.toISOString().slice(0, 19).replace(/[-T:]/g, ''),
    yymmddhh: (d) => d.toISOString().slice(2, 13).replace(/[-T]/g, ''),
  };
  const units = timeUnits.filter((unit) => unit !== 'bins');
  it('of every unit are recognised among a few odd cells, and read as they were meant', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...units),
        // From 2019 on, digits of yymmddhh could be a day of the last century in yyyymmdd.
        fc.integer({ min: Date.UTC(2013, 0, 1) / 3.6e6, max: Date.UTC(2018, 0, 1) / 3.6e6 }),
        fc.array(fc.nat(24 * 40), { minLength: 30, maxLength: 60 }),
        fc.constantFrom('0', '-1', '', 'NULL', '99999999999999999999'),
        (unit, start, hours, odd) => {
          const dates = hours.map((hour) => new Date((start + hour) * 3.6e6));
          const texts = dates.map(write[unit]);
          expect(guessTimeUnit([...texts, odd])).toBe(unit);
          const day = (seconds: number): number => Math.floor(seconds / 86_400);
          texts.forEach((text, i) => {
            const read = parseTime(text, unit)!;
            const meant = dates[i]!.getTime() / 1000;
            expect(unit === 'yyyymmdd' ? day(read) : read).toBe(unit === 'yyyymmdd' ? day(meant) : meant);
          });
        },
      ),
      { numRuns: 300 },
    );
  });
});
