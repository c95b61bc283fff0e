/** A run's record as versions before topics kept it, and as it is read today. */
import { emptyRecord } from './emptyRecord';
import type { RunRecord } from '../../src/training/runRecord';
import type { StoredRecord } from '../../src/training/storedProbes';

const gates = {
  name: 'gates',
  title: 'How much each scenario uses each expert',
  reading: 'A row is a scenario’s mean gate.',
  equation: 'g^n(x)',
  axes: [{ name: 'scenario', labels: ['0', '1'] }, { name: 'expert' }],
  scale: 'share',
} as const;

function recordOf(id: string): RunRecord {
  return { ...emptyRecord(id), status: 'done' };
}

/** Its probes name the tab of the page that shows them. */
export function recordBeforeTopics(id: string): StoredRecord {
  return { ...recordOf(id), probeSpecs: [{ ...gates, tab: 'gates' }] };
}

/** What that record is read as. */
export function recordWithTopics(id: string): RunRecord {
  return { ...recordOf(id), probeSpecs: [{ ...gates, topic: 'gates' }] };
}
