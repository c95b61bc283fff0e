/** Records as earlier versions stored them: what of them can be read without knowing any model. */
import type { ProbeSpec } from '../models/definition';
import type { RunRecord } from './runRecord';

/** A probe's description before it had a topic: it named the tab of the page that showed it. */
type OldProbeSpec = Omit<ProbeSpec, 'topic'> & { readonly tab: string };

/** What a record of format `scenarium-run/1` may hold, whichever version stored it. */
export type StoredRecord = Omit<RunRecord, 'probeSpecs'> & {
  readonly probeSpecs: readonly (ProbeSpec | OldProbeSpec)[];
};

function withTopic(spec: ProbeSpec | OldProbeSpec): ProbeSpec {
  if (!('tab' in spec)) return spec;
  const { tab, ...rest } = spec;
  return { ...rest, topic: tab };
}

/** A record whose probes have topics; its settings stay as they were stored. */
export function withTopics(stored: StoredRecord): RunRecord {
  return { ...stored, probeSpecs: stored.probeSpecs.map(withTopic) };
}
