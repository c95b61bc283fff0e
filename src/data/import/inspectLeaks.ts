import { notice, type Notice } from './errors';
import { thresholdFor } from './inspectProposals';
import { binaryLabel } from './labels';
import { fieldEvidence } from './leak';
import { leakFinding } from './leakCheck';
import { checkAborted, yieldToEventLoop, type ReadOptions } from './options';
import type { KnownSchema } from './schemas';
import type { ColumnProfile } from './profile';
import type { Proposal } from './propose';
import { findColumn, type Table } from './table';
import { parseNumber } from './values';

/**
 * AUC of each column alone against the proposed label; a column that gives the label away is proposed as `ignore`, with a warning.
 */
export async function lookForLeaks(
  table: Table,
  profiles: readonly ColumnProfile[],
  proposals: Map<string, Proposal>,
  schema: KnownSchema | null,
  warnings: Notice[],
  options: ReadOptions,
): Promise<Map<string, number>> {
  const evidence = new Map<string, number>();
  const labelName = [...proposals].find(([, proposal]) => proposal.role === 'label')?.[0];
  const column = labelName === undefined ? null : findColumn(table, labelName);
  if (!column) return evidence;
  const threshold = thresholdFor(
    profiles.find((profile) => profile.name === column.name)!,
    schema,
  );
  const ofCode = column.values.map((text) => {
    const value = parseNumber(text);
    return threshold !== null ? (value === null ? null : value >= threshold ? 1 : 0) : binaryLabel(text);
  });
  const rows = Int32Array.from(column.codes.keys()).filter((row) => ofCode[column.codes[row]!] !== null);
  const label = Uint8Array.from(column.codes, (code) => ofCode[code] ?? 0);
  for (const [index, profile] of profiles.entries()) {
    checkAborted(options.signal);
    options.onProgress?.({
      phase: 'looking',
      fraction: 0.5 + index / (2 * profiles.length),
      rows: table.rows,
    });
    const proposal = proposals.get(profile.name)!;
    if (
      ['label', 'split', 'weight', 'truth', 'time'].includes(proposal.role) ||
      profile.kind === 'list' ||
      profile.kind === 'empty'
    )
      continue;
    const ordered = profile.kind === 'integer' || profile.kind === 'decimal';
    const found = fieldEvidence(findColumn(table, profile.name)!, ordered, label, rows);
    if (found.auc !== null) evidence.set(profile.name, found.auc);
    if (rows.length > 20_000) await yieldToEventLoop();
    const finding = leakFinding(profile.name, found);
    if (!finding) continue;
    const place = { column: profile.name, line: table.lines[rows[0]!] ?? null };
    if (proposal.role === 'scenario') {
      const sentence = `${finding.sentence} It stays the scenario; check that this is meant.`;
      warnings.push(notice('leakKept', sentence, place));
      continue;
    }
    const sentence = `${finding.sentence} It is left out unless you choose to keep it.`;
    warnings.push(notice(finding.code, sentence, place));
    if (proposal.role !== 'ignore') proposals.set(profile.name, { role: 'ignore', reason: finding.sentence });
  }
  return evidence;
}
