import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readCheckpoint } from './checkpoint';
import { readSafetensors, writeSafetensors } from './safetensors';

const { tensors, metadata } = readSafetensors(
  new Uint8Array(
    readFileSync(new URL('../../../tests/formats/samples/checkpoint-finetune.safetensors', import.meta.url)),
  ),
);
const record = JSON.parse(metadata.record!) as Readonly<Record<string, unknown>>;

/** The sample with another record. */
const withRecord = (changed: object): Uint8Array =>
  writeSafetensors(tensors, { ...metadata, record: JSON.stringify(changed) });

/** What was thrown; null where it was read. */
function refusal(file: Uint8Array): unknown {
  try {
    readCheckpoint(file);
    return null;
  } catch (error) {
    return error;
  }
}

it.each([
  ['setup', [undefined, null, 0, 'x']],
  ['probeSpecs', [undefined, null, 0, 'x', {}, [null], [7]]],
] as const)('a record without its %s, or with nonsense there, is damaged', (part, values) => {
  for (const value of values) {
    const error = refusal(withRecord({ ...record, [part]: value }));
    expect(error).toBeInstanceOf(RangeError);
    expect(String(error)).toMatch(/damaged/);
  }
});

it('whatever else a record lacks, it is read or refused in a sentence', () => {
  expect(Object.keys(record).length).toBeGreaterThan(8);
  for (const part of Object.keys(record)) {
    const { [part]: _, ...rest } = record;
    const error = refusal(withRecord(rest));
    if (error !== null) expect(error, part).toBeInstanceOf(RangeError);
  }
  expect(refusal(withRecord(record))).toBeNull();
});
