import { stream } from '../simulate/random';
import { TextCodes } from './codes';
import type { Notice } from './errors';

/** One column of a file as text: every cell is a code into the column's distinct texts. */
export interface TextColumn {
  readonly name: string;
  /** Distinct texts, in the order in which the file first shows them. */
  readonly values: readonly string[];
  /** `[rows]` */
  readonly codes: Int32Array;
}

export interface TableFormat {
  readonly kind: 'text' | 'parquet';
  readonly gzip: boolean;
  readonly delimiter: string | null;
  readonly encoding: string | null;
  readonly header: boolean;
  readonly quotes: boolean | null;
}

/** A file's rows (or a uniform sample of them, in file order) before anything is known of their meaning. */
export interface Table {
  readonly file: string;
  readonly format: TableFormat;
  readonly columns: readonly TextColumn[];
  readonly rows: number;
  /** Rows of the file; more than `rows` where they were sampled. */
  readonly totalRows: number;
  /** Line (row number in Parquet) of each row, from 1 `[rows]`. */
  readonly lines: Float64Array;
  /** What the reader noticed. */
  readonly notices: readonly Notice[];
}

class ColumnBuilder {
  private readonly known = new TextCodes();
  codes = new Int32Array(1024);

  set(row: number, text: string): void {
    if (row >= this.codes.length) {
      const grown = new Int32Array(Math.max(row + 1, this.codes.length * 2));
      grown.set(this.codes);
      this.codes = grown;
    }
    this.codes[row] = this.known.codeOf(text);
  }

  /** The column in the order of `order`, without texts that no kept row holds. */
  finish(name: string, order: Int32Array): TextColumn {
    const known = this.known.values;
    const renumbered = new Int32Array(known.length).fill(-1);
    const values: string[] = [];
    const codes = new Int32Array(order.length);
    for (let row = 0; row < order.length; row++) {
      const old = this.codes[order[row]!]!;
      if (renumbered[old]! < 0) {
        renumbered[old] = values.length;
        values.push(known[old]!);
      }
      codes[row] = renumbered[old]!;
    }
    return { name, values, codes };
  }
}

/**
 * Takes rows one by one and keeps at most `capacity` of them: all while they fit, then a uniform sample (reservoir sampling,
 * Vitter's algorithm R), the same for the same seed whatever the size of the pieces in which rows arrive.
 */
export class TableBuilder {
  private readonly columns: ColumnBuilder[];
  private lines = new Float64Array(1024);
  private readonly draws;
  /** Rows offered so far. */
  seen = 0;
  kept = 0;

  constructor(
    readonly names: readonly string[],
    private capacity: number,
    seed: number,
  ) {
    this.columns = names.map(() => new ColumnBuilder());
    this.draws = stream(seed, 'import reservoir');
  }

  /** Lowers the capacity; only while fewer rows than that were seen. */
  limit(capacity: number): void {
    if (this.seen <= capacity) this.capacity = Math.min(this.capacity, capacity);
  }

  /** Offers one row. */
  add(cells: readonly string[], line: number): void {
    const slot = this.place(line);
    if (slot < 0) return;
    for (let c = 0; c < this.columns.length; c++) this.columns[c]!.set(slot, cells[c] ?? '');
  }

  /** Offers rows whose cells come later, column by column (`fill`): the slot of each, or -1 where it is not kept. */
  offer(count: number, firstLine: number): Int32Array {
    return Int32Array.from({ length: count }, (_, i) => this.place(firstLine + i));
  }

  /** Cells of one column for rows that were offered; in their order, since a later row may take an earlier one's slot. */
  fill(column: number, slots: Int32Array, text: (i: number) => string): void {
    for (let i = 0; i < slots.length; i++) if (slots[i]! >= 0) this.columns[column]!.set(slots[i]!, text(i));
  }

  private place(line: number): number {
    let slot = this.seen;
    if (this.seen >= this.capacity) {
      slot = this.draws.integer(this.seen + 1, this.seen);
      if (slot >= this.capacity) {
        this.seen++;
        return -1;
      }
    } else {
      this.kept++;
    }
    this.seen++;
    if (slot >= this.lines.length) {
      const grown = new Float64Array(this.lines.length * 2);
      grown.set(this.lines);
      this.lines = grown;
    }
    this.lines[slot] = line;
    return slot;
  }

  finish(file: string, format: TableFormat, notices: readonly Notice[]): Table {
    const lines = this.lines.subarray(0, this.kept);
    const order = Int32Array.from({ length: this.kept }, (_, i) => i);
    if (this.seen > this.kept) order.sort((a, b) => lines[a]! - lines[b]!);
    return {
      file,
      format,
      rows: this.kept,
      totalRows: this.seen,
      columns: this.columns.map((column, c) => column.finish(this.names[c]!, order)),
      lines: Float64Array.from(order, (row) => lines[row]!),
      notices,
    };
  }
}

/** @returns the column of that name, or null. */
export function findColumn(table: Table, name: string): TextColumn | null {
  return table.columns.find((column) => column.name === name) ?? null;
}

/** How many of the rows hold each value `[values]`; all rows where none are named. */
export function countCodes(column: TextColumn, rows?: Int32Array): Float64Array {
  const counts = new Float64Array(column.values.length);
  if (rows) for (const row of rows) counts[column.codes[row]!]!++;
  else for (const code of column.codes) counts[code]!++;
  return counts;
}
