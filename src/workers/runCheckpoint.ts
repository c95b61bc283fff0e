/** The checkpoint of a run under way, from where it stands in storage. */
import { writeCheckpoint } from '../training/checkpoint/checkpoint';
import { readSafetensors } from '../training/checkpoint/safetensors';
import { upgradeRecord } from '../training/storedRecord';
import { recordNow } from './runPositions';
import type { Reading } from './runPositions';
import type { Arrays, PositionPart } from './runProgress';

function unpacked(file: Uint8Array | undefined): Arrays {
  if (!file) return {};
  return Object.fromEntries([...readSafetensors(file).tensors].map(([name, { values }]) => [name, values]));
}

/** The checkpoint file of a run's position; null where none is kept. */
export async function checkpointNow(transaction: Reading, run: string): Promise<Uint8Array | null> {
  const position = await transaction.objectStore('positions').get(run);
  if (!position) return null;
  const record = position.record ?? (await recordNow(transaction, run, upgradeRecord));
  if (!record) return null;
  const read = (part: PositionPart) => transaction.objectStore('positionArrays').get([run, part]);
  const [trainer, best, procedure] = await Promise.all([read('trainer'), read('best'), read('procedure')]);
  return writeCheckpoint({
    record,
    trainer: {
      state: position.trainer,
      arrays: { ...unpacked(trainer), ...unpacked(best) } as Readonly<Record<string, Float32Array>>,
    },
    procedure: { state: position.procedure, arrays: unpacked(procedure) },
  });
}
