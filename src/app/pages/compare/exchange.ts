/** Runs as files: JSON, with typed arrays written as plain lists; several of them in one zip. */
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { z } from '../../../data/zod';
import { models } from '../../../models/registry';
import { parseSetup } from '../../../training/parseSetup';
import { upgradeRecord } from '../../../training/storedRecord';
import type { RunRecord } from '../../../training/runRecord';
import type { StoredRecord } from '../../../training/storedRecord';

const range = z.object({ min: z.number(), max: z.number() });
const spacing = z.object({ seen: z.int().nonnegative(), stride: z.int().positive() });

/** What every page takes for granted of a run; metrics are left as they are, for a missing one is shown as undefined. */
const recordSchema = z.looseObject({
  format: z.literal('scenarium-run/1'),
  id: z.string().min(1),
  name: z.string(),
  status: z.string(),
  setup: z.looseObject({
    model: z.string(),
    settings: z.record(z.string(), z.unknown()),
    training: z.looseObject({ steps: z.number(), batch: z.number() }),
    dataset: z.string(),
    seed: z.number(),
    backend: z.string(),
  }),
  datasetTitle: z.string(),
  scenarios: z.array(z.looseObject({ id: z.string(), name: z.string() })),
  fields: z.array(z.string()),
  history: z.array(z.looseObject({ step: z.number(), metrics: z.looseObject({}) })),
  losses: z.array(z.looseObject({ step: z.number() })),
  probeSpecs: z.array(z.looseObject({ name: z.string() })),
  probes: z.array(z.looseObject({ step: z.number(), probes: z.array(z.unknown()) })),
  timings: z.looseObject({}),
  thinning: z
    .object({
      history: spacing,
      losses: spacing,
      probes: z.record(z.string(), spacing),
      ranges: z.object({
        noiseFree: range.nullable(),
        drawn: range.nullable(),
        losses: z.record(z.string(), range),
      }),
    })
    .optional(),
});

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
  const checked = recordSchema.safeParse(value);
  if (!checked.success) {
    const place = checked.error.issues[0]?.path.join('.');
    throw new Error(
      `“${file}” is not a run of this lab${place ? ` (see ${place})` : ''}; choose a file that was exported from the Compare page.`,
    );
  }
  const record = value as StoredRecord;
  const { model } = record.setup;
  if (!models.some(({ id }) => id === model)) {
    throw new Error(
      `“${file}” is a run of “${model}”, which this lab does not have; update the lab and try again.`,
    );
  }
  try {
    return upgradeRecord({ ...record, setup: parseSetup(record.setup) });
  } catch (error) {
    throw new Error(
      `“${file}” does not fit this lab: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    );
  }
}

export interface NamedText {
  readonly name: string;
  readonly text: string;
}

export function zipOf(files: readonly NamedText[]): Uint8Array {
  return zipSync(Object.fromEntries(files.map(({ name, text }) => [name, strToU8(text)])));
}

/**
 * The texts of exported runs in a file: itself, or every JSON file of a zip.
 *
 * @throws Error with one sentence where a zip cannot be read or holds no run
 */
export function runFiles(bytes: Uint8Array, file: string): readonly NamedText[] {
  // A zip begins with "PK"; a run with a brace.
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) return [{ name: file, text: strFromU8(bytes) }];
  let entries: Record<string, Uint8Array>;
  try {
    entries = unzipSync(bytes, { filter: ({ name }) => name.endsWith('.json') });
  } catch (error) {
    throw new Error(`“${file}” is a damaged zip; export the runs again.`, { cause: error });
  }
  const found = Object.entries(entries).map(([name, content]) => ({ name, text: strFromU8(content) }));
  if (found.length === 0)
    throw new Error(`“${file}” holds no run; choose a zip that was exported from the Compare page.`);
  return found;
}
