import { proposeThreshold } from './labels';
import type { ImportRole } from './mapping';
import type { KnownSchema } from './schemas';
import type { ColumnProfile } from './profile';
import { nameWords, onlyDates, proposeRoles, type Proposal } from './propose';
import { findColumn, type Table } from './table';
import { isMissing, parseList } from './values';

/** Roles of all columns: by name and value, then by a known schema, then as the columns fit together. */
export function proposeForTable(
  table: Table,
  profiles: readonly ColumnProfile[],
  schema: KnownSchema | null,
): Map<string, Proposal> {
  const proposals = proposeRoles(profiles);
  if (schema) {
    const taken = new Set<ImportRole>();
    const own = schema.columns.filter(([, column]) =>
      ['label', 'scenario', 'time', 'split', 'weight'].includes(column.role),
    );
    for (const profile of profiles) {
      const known = schema.columns.find(([pattern]) => pattern.test(profile.name.toLowerCase()))?.[1];
      if (known) {
        const single = own.some(([, column]) => column.role === known.role);
        // Two columns may match a role that only one can have (age and domain as scenario): the first pattern's column keeps it.
        const role = single && taken.has(known.role) ? 'user' : known.role;
        if (single) taken.add(known.role);
        proposals.set(profile.name, {
          ...known,
          role,
          reason: known.meaning ?? `As ${schema.title} has it.`,
        });
      }
    }
    for (const profile of profiles) {
      const known = schema.columns.some(([pattern]) => pattern.test(profile.name.toLowerCase()));
      const proposal = proposals.get(profile.name)!;
      if (!known && taken.has(proposal.role))
        proposals.set(profile.name, { role: 'ignore', reason: `${schema.title} does not have this column.` });
    }
  }
  const ids = idsOf(profiles, proposals, schema);
  for (const profile of profiles) {
    const proposal = proposals.get(profile.name)!;
    const feature = ['user', 'item', 'context', 'numeric', 'sequence'].includes(proposal.role);
    const readable = profile.timeUnit !== null || profile.kind === 'integer';
    if (proposal.role === 'time' && !readable)
      proposals.set(profile.name, { role: 'ignore', reason: 'Its values are no times that can be read.' });
    else if (feature && profile.kind === 'empty')
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
  dropProfileDates(table, proposals, ids.user, 'user');
  dropProfileDates(table, proposals, ids.item, 'item');
  return proposals;
}

/** Names of the columns that identify the user and the item. */
export function idsOf(
  profiles: readonly ColumnProfile[],
  proposals: ReadonlyMap<string, Proposal>,
  schema: KnownSchema | null,
): { user: string | null; item: string | null } {
  const named = (wanted: string | null): string | null =>
    profiles.find((profile) => profile.name.toLowerCase() === wanted)?.name ?? null;
  const reasoned = (reason: string): string | null =>
    [...proposals].find(([, proposal]) => proposal.reason === reason)?.[0] ?? null;
  return schema
    ? { user: named(schema.userId), item: named(schema.itemId) }
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

/**
 * A "time" that never changes for a user with several rows is a date of the user (joined, born), not of the row. For an item that
 * is said only of a time that nothing but its values spoke for: an item's rows may well be of one day.
 */
function dropProfileDates(
  table: Table,
  proposals: Map<string, Proposal>,
  id: string | null,
  side: 'user' | 'item',
): void {
  const [name, proposal] = [...proposals].find(([, { role }]) => role === 'time') ?? [];
  const time = name === undefined ? null : findColumn(table, name);
  const owner = id === null ? null : findColumn(table, id);
  if (!time || !owner || (side === 'item' && proposal?.reason !== onlyDates)) return;
  if (!isConstantWithin(owner.codes, owner.values.length, time.codes)) return;
  proposals.set(time.name, {
    role: side,
    reason: `It is the same in all rows of ${side === 'user' ? 'a user' : 'an item'}, so it is a date of the ${side} and not of the row.`,
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

/** From which number on a label is positive; null where it is binary or no number. */
export function thresholdFor(label: ColumnProfile, schema: KnownSchema | null): number | null {
  if (label.kind !== 'integer' && label.kind !== 'decimal') return null;
  const proposed = proposeThreshold(label.name, label.min, label.max, label.distinct);
  if (proposed === null) return null;
  // A published threshold that these numbers do not reach would leave one class.
  const published = schema?.threshold ?? null;
  return published !== null && published > label.min! && published <= label.max! ? published : proposed;
}
