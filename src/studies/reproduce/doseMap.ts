/** The gain of a module over two knobs at once. */
import { simulationOfId } from '../../training/simulatedId';
import { findTwin } from '../../data/simulate';
import type { StudyWorld } from '../evidence/format';
import type { DoseCurve } from './doses';

export interface DoseMap {
  readonly knobs: readonly [string, string];
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  /** `[rows][columns]`; null where no world is stored or the gain is undefined. */
  readonly gains: readonly (readonly (number | null)[])[];
}

/** Every knob of a world, those that its id does not name as its base has them. */
function knobsOf({ id }: StudyWorld): Readonly<Record<string, number>> {
  const request = simulationOfId(id);
  return request ? { ...findTwin(request.twin).knobs, ...request.knobs } : {};
}

/** The gain over two knobs, where the worlds of a curve differ in exactly two; else null. */
export function doseMap({ points }: DoseCurve): DoseMap | null {
  const settings = points.map(({ world }) => knobsOf(world));
  const names = Object.keys(settings[0] ?? {}).filter(
    (name) => new Set(settings.map((one) => one[name])).size > 1,
  );
  const [first, second] = names;
  if (first === undefined || second === undefined || names.length > 2) return null;
  const values = (name: string) => [...new Set(settings.map((one) => one[name]!))].sort((a, b) => a - b);
  const [rows, columns] = [values(first), values(second)];
  return {
    knobs: [first, second],
    rows,
    columns,
    gains: rows.map((row) =>
      columns.map((column) => {
        const at = settings.findIndex((one) => one[first] === row && one[second] === column);
        return points[at]?.gain ?? null;
      }),
    ),
  };
}
