import { expect, it } from 'vitest';
import { emptyRecord } from '../../tests/support/emptyRecord';
import { recordBeforeTopics, recordWithTopics } from '../../tests/support/oldRecord';
import { readCheckpoint, writeCheckpoint } from './checkpoint/checkpoint';
import { upgradeRecord } from './storedRecord';
import type { Checkpoint } from './checkpoint/checkpoint';
import type { RunRecord } from './runRecord';

it('probes that named a tab have it as their topic', () => {
  expect(upgradeRecord(recordBeforeTopics('a'))).toEqual(recordWithTopics('a'));
});

it('a record of today stays as it is', () => {
  expect(upgradeRecord(recordWithTopics('a'))).toEqual(recordWithTopics('a'));
  const empty = emptyRecord('b');
  expect(upgradeRecord(empty)).toEqual(empty);
});

it('so has the record in a checkpoint that an earlier version wrote', () => {
  const bytes = writeCheckpoint({
    record: recordBeforeTopics('a') as RunRecord,
    trainer: { state: {} as Checkpoint['trainer']['state'], arrays: {} },
    procedure: { state: null, arrays: {} },
  });
  expect(readCheckpoint(bytes).record).toEqual(recordWithTopics('a'));
});
