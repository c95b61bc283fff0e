/** A run as the text of a file: JSON, with typed arrays written as plain lists. */
import { models } from '../../models/registry';
import { parseSetup } from '../parseSetup';
import { upgradeRecord } from '../storedRecord';
import type { StoredRecord } from '../storedProbes';
import type { RunRecord } from '../runRecord';
import { misfit, recordSchema } from './recordSchema';

/** A typed array in JSON: its kind and its numbers. */
interface Packed {
  readonly $array: keyof typeof KINDS;
  /** Null where a number is none. */
  readonly values: readonly (number | null)[];
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
    'values' in value &&
    Array.isArray(value.values) &&
    value.values.every((one) => typeof one === 'number' || one === null)
  );
}

const unpacked = ({ $array, values }: Packed) => KINDS[$array].from(values.map((value) => value ?? NaN));

/** The value with its typed arrays, in place. `JSON.parse` could do it as it reads, and would ask for every single number. */
function revived(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isPacked(value)) return unpacked(value);
  if (Array.isArray(value)) {
    const list: unknown[] = value;
    for (const [k, inner] of list.entries()) if (typeof inner === 'object') list[k] = revived(inner);
    return list;
  }
  const record = value as Record<string, unknown>;
  for (const key of Object.keys(record)) {
    const inner = record[key];
    // As a key of its own: "__proto__" would be set as the object's prototype.
    if (typeof inner === 'object' && inner !== null)
      Object.defineProperty(record, key, {
        value: revived(inner),
        writable: true,
        enumerable: true,
        configurable: true,
      });
  }
  return record;
}

/** @throws Error with one sentence where the text is no exported run */
export function parseRecord(text: string, file: string): RunRecord {
  let value: unknown;
  try {
    value = revived(JSON.parse(text));
  } catch {
    throw new Error(`“${file}” is not JSON; choose a file that was exported from the Compare page.`);
  }
  const checked = recordSchema.safeParse(value);
  const known: unknown = checked.data;
  // What the schema leaves open of the set-up, `parseSetup` checks below.
  const record = checked.success ? (known as StoredRecord) : null;
  const wrong = record ? misfit(record) : (checked.error?.issues[0]?.path.join('.') ?? '');
  if (!record || wrong !== null) {
    throw new Error(
      `“${file}” is not a run of this lab${wrong ? ` (see ${wrong.slice(0, 80)})` : ''}; choose a file that was exported from the Compare page.`,
    );
  }
  const { model } = record.setup;
  if (!models.some(({ id }) => id === model)) {
    throw new Error(
      `“${file}” is a run of “${model.slice(0, 80)}”, which this lab does not have; update the lab and try again.`,
    );
  }
  try {
    const upgraded = upgradeRecord(record);
    return { ...upgraded, setup: parseSetup(upgraded.setup) };
  } catch (error) {
    throw new Error(
      `“${file}” does not fit this lab: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}
