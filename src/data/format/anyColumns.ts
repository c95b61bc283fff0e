/**
 * Columns as any writer may leave them, by the library's own reader and every compression that there is. Fetched where a file has such: our own are read
 * without it, and it would be a tenth of what the worker that trains fetches before it can start.
 */
import { parquetRead, type FileMetaData } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

type Numbers = ArrayLike<number>;

/** Some rows of a column from row `start` on: numbers, or a list of numbers a row. */
export interface ColumnPart {
  readonly start: number;
  readonly data: Numbers | Numbers[];
}

/** @returns the parts of each column that was asked for, in the order of their rows */
export async function readAnyColumns(
  file: ArrayBuffer,
  metadata: FileMetaData,
  columns: string[],
): Promise<Map<string, ColumnPart[]>> {
  const parts = new Map<string, ColumnPart[]>();
  await parquetRead({
    file,
    metadata,
    compressors,
    columns,
    onChunk: ({ columnName, columnData, rowStart }) => {
      const list = parts.get(columnName) ?? [];
      list.push({ start: rowStart, data: columnData as Numbers | Numbers[] });
      parts.set(columnName, list);
    },
  });
  for (const list of parts.values()) list.sort((a, b) => a.start - b.start);
  return parts;
}
