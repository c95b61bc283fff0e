import type { ImportSource } from './bytes';
import { beyondInt32Notice, oneUserNotice } from './checks';
import { counted, notice, type Notice } from './errors';
import { binaryLabel, proposeThreshold } from './labels';
import { fieldEvidence } from './leak';
import { leakFinding } from './leakCheck';
import { mappingSchema, type ImportRole, type Mapping } from './mapping';
import { breathe, checkAborted, type ReadOptions } from './options';
import { findPreset, recognisePreset, type Preset } from './presets';
import { profileColumn, type ColumnProfile } from './profile';
import { nameWords, proposeRoles, toColumnMapping, type Proposal } from './propose';
import { readTable } from './readTable';
import { findColumn, type Table, type TableFormat } from './table';
import { isMissing, parseList, parseNumber } from './values';

export interface ColumnInspection extends ColumnProfile {
  /** Proposed role; the whole proposal is in `Inspection.mapping`. */
  readonly role: ImportRole;
  /** One sentence: why. */
  readonly reason: string;
  /** AUC of this column alone against the proposed label; null where it was not computed. */
  readonly auc: number | null;
}

/** What is seen of a file before it is imported. Plain data: it can be posted between threads and kept as JSON. */
export interface Inspection {
  readonly file: string;
  readonly format: TableFormat;
  /** Rows of the file, and rows looked at (fewer where sampled). */
  readonly totalRows: number;
  readonly rows: number;
  readonly columns: readonly ColumnInspection[];
  /** First rows as text `[row][column]`. */
  readonly firstRows: readonly (readonly string[])[];
  /** The published layout that the file has, or null. */
  readonly preset: { readonly id: string; readonly title: string; readonly note: string | null } | null;
  /** The proposed mapping, complete; null where no label is in sight. */
  readonly mapping: Mapping | null;
  /** The proposed mapping all the same; where no label is in sight, a person must choose one before it can be imported. */
  readonly draft: Mapping;
  readonly warnings: readonly Notice[];
}

export interface InspectOptions extends ReadOptions {
  /** Rows shown. */
  readonly firstRows?: number;
  /** Preset to apply instead of the recognised one; null for none. */
  readonly preset?: string | null;
}

/** Reads a file and proposes a mapping. @throws ImportError where it cannot be read; the signal's reason when aborted. */
export async function inspectFile(source: ImportSource, options: InspectOptions = {}): Promise<Inspection> {
  return inspectTable(await readTable(source, options), options);
}

/** Profiles a table and proposes a mapping; the table can then be built from as often as the mapping changes. */
export async function inspectTable(table: Table, options: InspectOptions = {}): Promise<Inspection> {
  const profiles: ColumnProfile[] = [];
  for (const column of table.columns) {
    checkAborted(options.signal);
    profiles.push(profileColumn(table, column));
    options.onProgress?.({
      phase: 'looking',
      fraction: profiles.length / (2 * table.columns.length),
      rows: table.rows,
    });
    if (table.rows > 50_000) await breathe();
  }
  const preset =
    options.preset === undefined
      ? recognisePreset(table.columns.map((c) => c.name))
      : findPreset(options.preset);
  const warnings: Notice[] = [...table.notices];
  const proposals = propose(table, profiles, preset);
  const evidence = await lookForLeaks(table, profiles, proposals, preset, warnings, options);
  const draft = assemble(table, profiles, proposals, preset);
  warn(profiles, proposals, idsOf(profiles, proposals, preset), table.lines[0]!, warnings);
  return {
    file: table.file,
    format: table.format,
    totalRows: table.totalRows,
    rows: table.rows,
    columns: profiles.map((profile) => {
      const { role, reason } = proposals.get(profile.name)!;
      return { ...profile, role, reason, auc: evidence.get(profile.name) ?? null };
    }),
    firstRows: Array.from({ length: Math.min(table.rows, options.firstRows ?? 20) }, (_, row) =>
      table.columns.map((column) => column.values[column.codes[row]!]!),
    ),
    preset: preset && { id: preset.id, title: preset.title, note: preset.note },
    mapping: draft.columns.some((column) => column.role === 'label') ? draft : null,
    draft,
    warnings,
  };
}

function propose(
  table: Table,
  profiles: readonly ColumnProfile[],
  preset: Preset | null,
): Map<string, Proposal> {
  const proposals = proposeRoles(profiles);
  if (preset) {
    const taken = new Set<ImportRole>();
    const own = preset.columns.filter(([, column]) =>
      ['label', 'scenario', 'time', 'split', 'weight'].includes(column.role),
    );
    for (const profile of profiles) {
      const known = preset.columns.find(([pattern]) => pattern.test(profile.name.toLowerCase()))?.[1];
      if (known) {
        const single = own.some(([, column]) => column.role === known.role);
        // Two columns may match a role that only one can have (age and domain as scenario): the first pattern's column keeps it.
        const role = single && taken.has(known.role) ? 'user' : known.role;
        if (single) taken.add(known.role);
        proposals.set(profile.name, {
          ...known,
          role,
          reason: known.meaning ?? `As ${preset.title} has it.`,
        });
      }
    }
    for (const profile of profiles) {
      const known = preset.columns.some(([pattern]) => pattern.test(profile.name.toLowerCase()));
      const proposal = proposals.get(profile.name)!;
      if (!known && taken.has(proposal.role))
        proposals.set(profile.name, { role: 'ignore', reason: `${preset.title} does not have this column.` });
    }
  }
  const ids = idsOf(profiles, proposals, preset);
  for (const profile of profiles) {
    const proposal = proposals.get(profile.name)!;
    const feature = ['user', 'item', 'context', 'numeric', 'sequence'].includes(proposal.role);
    if (feature && profile.kind === 'empty')
      proposals.set(profile.name, { role: 'ignore', reason: 'It is empty.' });
    else if (
      feature &&
      profile.distinct === 1 &&
      profile.missing === 0 &&
      profile.name !== ids.user &&
      profile.name !== ids.item
    ) {
      proposals.set(profile.name, { role: 'ignore', reason: 'It holds one value only.' });
    }
  }
  chooseHistory(table, profiles, proposals, ids.item);
  dropProfileDates(table, proposals, ids.user);
  return proposals;
}

function idsOf(
  profiles: readonly ColumnProfile[],
  proposals: ReadonlyMap<string, Proposal>,
  preset: Preset | null,
): { user: string | null; item: string | null } {
  const named = (wanted: string | null): string | null =>
    profiles.find((profile) => profile.name.toLowerCase() === wanted)?.name ?? null;
  const reasoned = (reason: string): string | null =>
    [...proposals].find(([, proposal]) => proposal.reason === reason)?.[0] ?? null;
  return preset
    ? { user: named(preset.userId), item: named(preset.itemId) }
    : { user: reasoned('It identifies the user.'), item: reasoned('It identifies the item.') };
}

/** Of several sequences, the longest one that is not of disliked items is the history; of the others the lengths are kept. */
function chooseHistory(
  table: Table,
  profiles: readonly ColumnProfile[],
  proposals: Map<string, Proposal>,
  itemId: string | null,
): void {
  const sequences = profiles.filter((profile) => proposals.get(profile.name)!.role === 'sequence');
  if (sequences.some((profile) => proposals.get(profile.name)!.use === 'history')) return;
  const item = itemId === null ? null : findColumn(table, itemId);
  if (!item) return;
  const spelling = (text: string): string => text.replace(/\d+/g, '0');
  const items = new Set(item.values.filter((text) => !isMissing(text)).map(spelling));
  const positive = sequences.filter((profile) => {
    if (/neg|dislike|unclick|skip/i.test(profile.name)) return false;
    const list = findColumn(table, profile.name)!
      .values.map(parseList)
      .find((entries) => entries && entries.length > 0);
    return list?.every((entry) => items.has(spelling(entry))) ?? false;
  });
  positive.sort((a, b) => (b.meanLength ?? 0) - (a.meanLength ?? 0));
  const chosen = positive.find((profile) => !companionUse(profile.name));
  if (chosen) {
    for (const profile of sequences) {
      const use = companionUse(profile.name);
      if (use && Math.abs((profile.meanLength ?? 0) - (chosen.meanLength ?? 0)) < 1e-9) {
        proposals.set(profile.name, {
          role: 'sequence',
          side: 'user',
          use,
          reason: `Its lists say more of the entries of “${chosen.name}”.`,
        });
      }
    }
    proposals.set(chosen.name, {
      role: 'sequence',
      side: 'user',
      use: 'history',
      reason: 'Its cells are lists of items: the longest such column is the history.',
    });
  }
}

/** What a sequence says of behaviours that another sequence lists, by its name (`history_scenario`, `hist_time`). */
function companionUse(name: string): 'historyScenario' | 'historyTime' | 'historyAge' | null {
  const words = nameWords(name);
  if (!words.some((word) => /^(hist|history|behaviou?rs?|seq|sequence)$/.test(word))) return null;
  if (words.some((word) => /^(scenario|scene|domain|tab)$/.test(word))) return 'historyScenario';
  if (words.some((word) => /^(time|timestamp|timestamps|ts)$/.test(word))) return 'historyTime';
  return words.includes('age') || words.includes('ages') ? 'historyAge' : null;
}

/** A "time" that never changes for a user with several rows is a date of the user (joined, born), not of the row. */
function dropProfileDates(table: Table, proposals: Map<string, Proposal>, userId: string | null): void {
  const name = [...proposals].find(([, proposal]) => proposal.role === 'time')?.[0];
  const time = name === undefined ? null : findColumn(table, name);
  const user = userId === null ? null : findColumn(table, userId);
  if (!time || !user || !isConstantWithin(user.codes, user.values.length, time.codes)) return;
  proposals.set(time.name, {
    role: 'user',
    reason: 'It is the same in all rows of a user, so it is a date of the user and not of the row.',
  });
}

/** Whether `inner` has one value within each group, over at least 20 groups of several rows. */
function isConstantWithin(group: Int32Array, groups: number, inner: Int32Array): boolean {
  const first = new Int32Array(groups).fill(-1);
  const several = new Uint8Array(groups);
  for (let row = 0; row < group.length; row++) {
    const g = group[row]!;
    if (first[g]! < 0) first[g] = inner[row]!;
    else if (first[g] !== inner[row]) return false;
    else several[g] = 1;
  }
  return several.reduce((count, flag) => count + flag, 0) >= 20;
}

async function lookForLeaks(
  table: Table,
  profiles: readonly ColumnProfile[],
  proposals: Map<string, Proposal>,
  preset: Preset | null,
  warnings: Notice[],
  options: InspectOptions,
): Promise<Map<string, number>> {
  const evidence = new Map<string, number>();
  const labelName = [...proposals].find(([, proposal]) => proposal.role === 'label')?.[0];
  const column = labelName === undefined ? null : findColumn(table, labelName);
  if (!column) return evidence;
  const threshold = thresholdFor(
    profiles.find((profile) => profile.name === column.name)!,
    preset,
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
    if (rows.length > 20_000) await breathe();
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

function thresholdFor(label: ColumnProfile, preset: Preset | null): number | null {
  if (label.kind !== 'integer' && label.kind !== 'decimal') return null;
  if ((label.max ?? 1) <= 1) return null;
  return preset?.threshold ?? proposeThreshold(label.name, label.min, label.max);
}

function assemble(
  table: Table,
  profiles: readonly ColumnProfile[],
  proposals: ReadonlyMap<string, Proposal>,
  preset: Preset | null,
): Mapping {
  const label = profiles.find((profile) => proposals.get(profile.name)!.role === 'label');
  const ids = idsOf(profiles, proposals, preset);
  const time = profiles.find((profile) => proposals.get(profile.name)!.role === 'time');
  const held = (name: string | null, role: ImportRole): string | null =>
    name !== null && proposals.get(name)?.role === role ? name : null;
  return mappingSchema.parse({
    version: 1,
    title: table.file.replace(/\.(csv|tsv|txt|dat|data|parquet|gz)+$/i, '').slice(0, 200) || 'Imported',
    preset: preset?.id ?? null,
    columns: profiles.map((profile) => toColumnMapping(profile.name, proposals.get(profile.name)!)),
    userId: held(ids.user, 'user'),
    itemId: held(ids.item, 'item'),
    label: { threshold: label ? thresholdFor(label, preset) : null, positive: null },
    time: { unit: time ? (time.timeUnit ?? 'bins') : 'auto' },
    read: {
      delimiter: table.format.delimiter,
      encoding: table.format.encoding,
      header: table.format.kind === 'text' ? table.format.header : null,
      quotes: table.format.quotes,
    },
  });
}

/** What a person should know before they import. */
function warn(
  profiles: readonly ColumnProfile[],
  proposals: ReadonlyMap<string, Proposal>,
  ids: { readonly user: string | null },
  firstLine: number,
  warnings: Notice[],
): void {
  const holder = (role: ImportRole): ColumnProfile | undefined =>
    profiles.find((profile) => proposals.get(profile.name)!.role === role);
  const label = holder('label');
  if (!label) {
    warnings.push(
      notice(
        'noLabel',
        `None of ${counted(profiles.length, 'column')} looks like a label; choose the column that says whether a row was clicked, bought or liked.`,
      ),
    );
  } else if (label.distinct < 2) {
    warnings.push(
      notice(
        'oneClass',
        `All labels in column “${label.name}” are the same, so there is nothing to tell apart; choose another label.`,
        { column: label.name },
      ),
    );
  }
  const scenario = holder('scenario');
  if (!scenario)
    warnings.push(
      notice('noScenario', 'No column looks like a scenario; choose one, or all rows count as one scenario.'),
    );
  else if (scenario.distinct === 1) {
    warnings.push(
      notice(
        'oneScenario',
        `Column “${scenario.name}” holds one scenario only (${scenario.examples[0]}); models train, but there is nothing to share between scenarios.`,
        { column: scenario.name },
      ),
    );
  }
  if (!holder('time') && !holder('split')) {
    warnings.push(
      notice('noTimeOrder', 'No column gives rows an order in time, so they will be split at random.'),
    );
  }
  for (const profile of profiles) {
    if (
      profile.beyondInt32Line === null ||
      proposals.get(profile.name)!.role === 'ignore' ||
      proposals.get(profile.name)!.role === 'time'
    )
      continue;
    warnings.push(beyondInt32Notice(profile.name, profile.beyondInt32Line));
  }
  const user = ids.user === null ? undefined : profiles.find((profile) => profile.name === ids.user);
  if (user?.distinct === 1 && user.missing === 0) warnings.push(oneUserNotice(user.name, firstLine));
}
