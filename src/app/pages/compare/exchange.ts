/** Runs as files: JSON, with typed arrays written as plain lists. */
import type { RunRecord } from '../../../training/runRecord';

/** A typed array in JSON: its kind and its numbers. */
interface Packed {
  readonly $array: keyof typeof KINDS;
  readonly values: readonly number[];
}

const KINDS = { Float32Array, Uint8Array, Uint16Array, Int32Array } as const;

export function recordToText(record: RunRecord): string {
  return JSON.stringify(record, (_, value: unknown) => {
    for (const [kind, type] of Object.entries(KINDS)) {
      if (value instanceof type)
        return { $array: kind as Packed['$array'], values: Array.from(value) } satisfies Packed;
    }
    return value;
  });
}

function isPacked(value: unknown): value is Packed {
  return (
    typeof value === 'object' &&
    value !== null &&
    '$array' in value &&
    Object.hasOwn(KINDS, String(value.$array)) &&
    Array.isArray((value as Packed).values)
  );
}

/** @throws Error with one sentence where the text is no exported run */
export function parseRecord(text: string, file: string): RunRecord {
  let value: unknown;
  try {
    value = JSON.parse(text, (_, inner: unknown) =>
      isPacked(inner) ? KINDS[inner.$array].from(inner.values) : inner,
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
