/**
 * A checkpoint: weights, moments, best weights, generator and procedure position and the record so far, in one safetensors
 * file. Arrays stand as tensors (`trainer/…`, `procedure/…`, `record/…`), the rest as JSON in the metadata.
 */
import { packArrays, unpackArrays } from './packArrays';
import { readSafetensors, writeSafetensors } from './safetensors';
import { upgradeRecord } from '../storedRecord';
import type { TrainerPosition } from '../trainer';
import type { ProcedurePosition } from '../procedure';
import type { RunRecord } from '../runRecord';
import type { StoredRecord } from '../storedProbes';
import type { SafeTensor } from './safetensors';

/** Where a run stands between two events, so that it can go on from there to the same numbers. */
export interface RunPosition {
  readonly trainer: TrainerPosition;
  readonly procedure: ProcedurePosition;
}

export interface Checkpoint extends RunPosition {
  readonly record: RunRecord;
}

const FORMAT = 'scenarium-checkpoint/1';

function withPrefix(
  into: Map<string, SafeTensor>,
  prefix: string,
  arrays: Readonly<Record<string, Float32Array | Int32Array>>,
): void {
  for (const [name, values] of Object.entries(arrays)) {
    into.set(prefix + name, { shape: [values.length], values });
  }
}

function underPrefix(
  tensors: ReadonlyMap<string, SafeTensor>,
  prefix: string,
): Record<string, Float32Array | Int32Array> {
  const found: Record<string, Float32Array | Int32Array> = {};
  for (const [name, { values }] of tensors)
    if (name.startsWith(prefix)) found[name.slice(prefix.length)] = values;
  return found;
}

/** One safetensors file: every array by name, everything else as JSON in its header. */
export function writeCheckpoint({ record, trainer, procedure }: Checkpoint): Uint8Array {
  const tensors = new Map<string, SafeTensor>();
  withPrefix(tensors, 'trainer/', trainer.arrays);
  withPrefix(tensors, 'procedure/', procedure.arrays);
  const packed = packArrays(record);
  withPrefix(tensors, 'record/', packed.arrays);
  return writeSafetensors(tensors, {
    format: FORMAT,
    record: JSON.stringify(packed.json),
    trainer: JSON.stringify(trainer.state),
    procedure: JSON.stringify(procedure.state ?? null),
  });
}

/** @throws RangeError with one sentence where the bytes are no checkpoint */
export function readCheckpoint(file: Uint8Array): Checkpoint {
  const { tensors, metadata } = readSafetensors(file);
  const { format, record, trainer, procedure } = metadata;
  if (format !== FORMAT || record === undefined || trainer === undefined || procedure === undefined) {
    throw new RangeError(
      'This file is no checkpoint of a run; weights alone cannot be continued. Choose a file saved as a checkpoint.',
    );
  }
  const kept = unpackArrays(parsed(record), underPrefix(tensors, 'record/'));
  if (!isStored(kept)) throw damaged();
  return {
    record: upgradeRecord(kept),
    trainer: {
      state: parsed(trainer) as TrainerPosition['state'],
      arrays: underPrefix(tensors, 'trainer/') as Record<string, Float32Array>,
    },
    procedure: { state: parsed(procedure), arrays: underPrefix(tensors, 'procedure/') },
  };
}

const damaged = (): RangeError =>
  new RangeError('This checkpoint is damaged; choose another one, or train from the start.');

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw damaged();
  }
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** Whether it has the parts without which it cannot be read on; the run that goes on checks the rest. */
function isStored(value: unknown): value is StoredRecord {
  if (typeof value !== 'object' || value === null || !('probeSpecs' in value && 'setup' in value))
    return false;
  const { probeSpecs, setup } = value;
  return isObject(setup) && Array.isArray(probeSpecs) && probeSpecs.every(isObject);
}
