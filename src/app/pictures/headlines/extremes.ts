/** The largest and the smallest number of a matrix. */
import { DEFINED } from '../../charts/heatDraw';

export interface Cell {
  readonly row: number;
  readonly column: number;
  readonly value: number;
}

/** `HeatValues`, or numbers of any kind laid out as theirs. */
interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** Row-major. */
  readonly values: ArrayLike<number>;
  /** `DEFINED` or not; null: all are. */
  readonly defined: ArrayLike<number> | null;
}

export interface Extremes {
  /** Defined numbers. */
  readonly count: number;
  /** Of equals the first. */
  readonly most: Cell;
  readonly least: Cell;
  /** Numbers that are 1, and those that are 0. */
  readonly ones: number;
  readonly zeros: number;
}

/**
 * In one pass that makes nothing for a cell: 355 scenarios have 126,025 pairs, and headlines are asked for at every evaluation.
 *
 * @param offDiagonal without the cells of a scenario and itself
 * @returns null where no number is defined
 */
export function extremesOf(
  { rows, columns, values, defined }: Matrix,
  offDiagonal: boolean,
): Extremes | null {
  let [most, least] = [-1, -1];
  let [count, ones, zeros] = [0, 0, 0];
  for (let row = 0, cell = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, cell++) {
      if ((offDiagonal && row === column) || (defined !== null && defined[cell] !== DEFINED)) continue;
      const value = values[cell] ?? 0;
      count++;
      if (value === 1) ones++;
      else if (value === 0) zeros++;
      if (most < 0 || value > (values[most] ?? 0)) most = cell;
      if (least < 0 || value < (values[least] ?? 0)) least = cell;
    }
  }
  if (count === 0) return null;
  const at = (cell: number): Cell => ({
    row: Math.floor(cell / columns),
    column: cell % columns,
    value: values[cell] ?? 0,
  });
  return { count, most: at(most), least: at(least), ones, zeros };
}
