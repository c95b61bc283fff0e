/** Geometry of a heat map: where cells lie, which part is in view, which labels fit. Plain numbers in and out. */

/** The part of a matrix in view, in cells; whole matrices have `row 0 … rows`. */
export interface Window {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
}

export interface HeatLayout {
  readonly left: number;
  readonly top: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  /** Size of the drawn cells. */
  readonly width: number;
  readonly height: number;
  readonly view: Window;
  /** Column labels stand upright where they do not fit side by side. */
  readonly slanted: boolean;
  /** Column labels stand on two lines, which fit where one does not. */
  readonly twoLines: boolean;
  /** False where columns are too narrow for any label; hover and focus name them. */
  readonly columnLabels: boolean;
  /** Where the key begins, under the labels. */
  readonly keyY: number;
}

const CHARACTER = 6.7;
/** Room of the key; a matrix may say what is pointed at in a line under it. */
const KEY_HEIGHT = 30;
const KEY_HEIGHT_STEPS = 18;

export interface LayoutInput {
  readonly width: number;
  readonly height: number;
  readonly view: Window;
  readonly longestRow: number;
  readonly longestColumn: number;
  /** Its longest line where column labels are written on two; as `longestColumn` where they are not. */
  readonly longestColumnLine?: number;
  /** Steps along x: numbers under a few columns instead of a label each. */
  readonly stepColumns: boolean;
  /** Cells are squares (matrices of scenarios), unless so little height is left that they would take less than half of the width. */
  readonly square: boolean;
  /** Fixed margins, to stand in line with another chart. */
  readonly left?: number;
  readonly right?: number;
}

export function layoutHeat(input: LayoutInput): HeatLayout {
  const { width, height, view, longestRow, longestColumn, stepColumns, square } = input;
  const left = input.left ?? Math.min(width * 0.36, Math.max(18, longestRow * CHARACTER + 12));
  const room = Math.max(10, width - left - (input.right ?? 6));
  const top = 4;
  const limit = stepColumns ? 40 : 64;
  const fitting = (foot: number) => {
    const space = Math.max(10, height - top - foot - (stepColumns ? KEY_HEIGHT_STEPS : KEY_HEIGHT));
    const wide = room / view.columns;
    const high = Math.min(space / view.rows, limit);
    const side = Math.min(wide, high);
    return square && 2 * side * view.columns >= room ? { wide: side, high: side } : { wide, high };
  };
  const upright = fitting(34);
  // Square cells are narrower than the room allows, so labels are measured against the cells.
  const fits = (letters: number) => letters * 5.7 + 4 <= upright.wide;
  const oneLine = stepColumns || fits(longestColumn);
  const twoLines = !oneLine && fits(input.longestColumnLine ?? longestColumn);
  const slanted = !oneLine && !twoLines;
  const columnLabels = !stepColumns && upright.wide >= 3;
  const slantedFoot = Math.min(86, longestColumn * CHARACTER * 0.75 + 28);
  const foot = stepColumns ? 20 : !columnLabels ? 18 : slanted ? slantedFoot : twoLines ? 46 : 34;
  const { wide: cellWidth, high: cellHeight } = fitting(foot);
  return {
    left,
    top,
    cellWidth,
    cellHeight,
    width: cellWidth * view.columns,
    height: cellHeight * view.rows,
    view,
    slanted,
    twoLines,
    columnLabels,
    keyY: top + cellHeight * view.rows + foot,
  };
}

/** A label on two lines, broken at the space that leaves them most alike; on one where it has none. */
export function onTwoLines(label: string): readonly string[] {
  let best: readonly string[] = [label];
  for (let at = label.indexOf(' '); at >= 0; at = label.indexOf(' ', at + 1)) {
    const lines = [label.slice(0, at), label.slice(at + 1)];
    if (Math.max(...lines.map((line) => line.length)) < Math.max(...best.map((line) => line.length)))
      best = lines;
  }
  return best;
}

/** The cell under a point of the drawing, or null outside. */
export function cellAt(
  layout: HeatLayout,
  x: number,
  y: number,
): { readonly row: number; readonly column: number } | null {
  const column = Math.floor((x - layout.left) / layout.cellWidth);
  const row = Math.floor((y - layout.top) / layout.cellHeight);
  if (column < 0 || row < 0 || column >= layout.view.columns || row >= layout.view.rows) return null;
  return { row: layout.view.row + row, column: layout.view.column + column };
}

/** Every how-many-th label can be written when each needs `need` pixels. */
export function labelEvery(cell: number, need: number): number {
  return cell >= need ? 1 : Math.ceil(need / cell);
}

/** Of numbers evenly along `width` pixels every how-many-th leaves a gap to the next. */
export function tickEvery(texts: readonly string[], width: number): number {
  const widest = Math.max(0, ...texts.map(widthOf));
  return labelEvery(width / Math.max(1, texts.length - 1), Math.max(40, widest + 10));
}

/** The window zoomed by a factor around a cell, inside the matrix. */
export function zoom(
  view: Window,
  total: { rows: number; columns: number },
  factor: number,
  row: number,
  column: number,
): Window {
  const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));
  const rows = clamp(Math.round(view.rows * factor), Math.min(4, total.rows), total.rows);
  const columns = clamp(Math.round(view.columns * factor), Math.min(4, total.columns), total.columns);
  const inRow = view.rows > 0 ? (row + 0.5 - view.row) / view.rows : 0.5;
  const inColumn = view.columns > 0 ? (column + 0.5 - view.column) / view.columns : 0.5;
  return {
    rows,
    columns,
    row: clamp(Math.round(row + 0.5 - inRow * rows), 0, total.rows - rows),
    column: clamp(Math.round(column + 0.5 - inColumn * columns), 0, total.columns - columns),
  };
}

/** The window moved by whole cells, inside the matrix. */
export function pan(
  view: Window,
  total: { rows: number; columns: number },
  rows: number,
  columns: number,
): Window {
  return {
    ...view,
    row: Math.min(total.rows - view.rows, Math.max(0, view.row + rows)),
    column: Math.min(total.columns - view.columns, Math.max(0, view.column + columns)),
  };
}

/** The window moved just enough to hold a cell. */
export function reveal(view: Window, row: number, column: number): Window {
  const along = (start: number, size: number, at: number) =>
    at < start ? at : at >= start + size ? at - size + 1 : start;
  return { ...view, row: along(view.row, view.rows, row), column: along(view.column, view.columns, column) };
}

/** Pixels that a text beside the key takes, at most. */
export const widthOf = (text: string): number => 6.2 * text.length;

/** Where the key begins, in pixels: under the cells, or further in where the number before it is wider than the names of rows. */
export function keyLeft(left: number, least: string): number {
  return Math.max(left, widthOf(least) + 6);
}
