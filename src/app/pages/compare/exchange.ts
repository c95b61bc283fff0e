/** Runs as files: JSON, with typed arrays written as plain lists. */
import type { RunRecord } from '../../../training/runRecord';

/** A typed array in JSON: its kind and its numbers. */
interface Packed {
  readonly $array: 'Float32Array' | 'Uint8Array';
  readonly values: readonly number[];
}

export function recordToText(record: RunRecord): string {
  return JSON.stringify(record, (_, value: unknown) => {
    if (value instanceof Float32Array)
      return { $array: 'Float32Array', values: Array.from(value) } satisfies Packed;
    if (value instanceof Uint8Array)
      return { $array: 'Uint8Array', values: Array.from(value) } satisfies Packed;
    return value;
  });
}

function isPacked(value: unknown): value is Packed {
  return (
    typeof value === 'object' &&
    value !== null &&
    '$array' in value &&
    Array.isArray((value as Packed).values)
  );
}

/** @throws Error with one sentence where the text is no exported run */
export function parseRecord(text: string, file: string): RunRecord {
  let value: unknown;
  try {
    value = JSON.parse(text, (_, inner: unknown) =>
      isPacked(inner)
        ? inner.$array === 'Uint8Array'
          ? Uint8Array.from(inner.values)
          : Float32Array.from(inner.values)
        : inner,
    );
  } catch {
    throw new Error(`“${file}” is not JSON; choose a file that was exported from the Compare page.`);
  }
  const record = value as Partial<RunRecord> | null;
  if (
    typeof record !== 'object' ||
    record === null ||
    record.format !== 'scenarium-run/1' ||
    typeof record.id !== 'string' ||
    typeof record.setup !== 'object' ||
    !Array.isArray(record.history) ||
    !Array.isArray(record.scenarios)
  ) {
    throw new Error(
      `“${file}” is not a run of this lab; choose a file that was exported from the Compare page.`,
    );
  }
  return record as RunRecord;
}
