/** What a stored study keeps of a figure, so that all of them fit 4 MB. */
import type { Figures } from './studySchema';

/** Digits of a scenario's figure: its sampling error is in the second or third, and two runs that differ in any step differ in these. */
const DIGITS = 7;

const rounded = (value: number | null): number | null =>
  value === null ? null : Number(value.toPrecision(DIGITS));

/** Figures as they are stored: those of all rows and the mean to the last bit, those of scenarios to seven digits. */
export function keptFigures(figures: Readonly<Record<string, Figures>>): Record<string, Figures> {
  return Object.fromEntries(
    Object.entries(figures).map(([metric, { overall, mean, scenarios }]) => [
      metric,
      { overall, mean, scenarios: scenarios.map(rounded) },
    ]),
  );
}
