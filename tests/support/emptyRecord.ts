/** The record of a run that has not begun. */
import { noTimings, recordOfRun } from '../../src/training/recordRun';
import { emptyRunState } from '../../src/training/reduceRun';
import { defaultSetup } from '../../src/training/setup';
import type { RunRecord } from '../../src/training/runRecord';

export function emptyRecord(id: string, name = id, createdAt = '2026-01-01T00:00:00Z'): RunRecord {
  return recordOfRun(emptyRunState, {
    id,
    name,
    createdAt,
    setup: defaultSetup(),
    versions: {},
    status: 'running',
    failure: null,
    timings: noTimings,
  });
}
