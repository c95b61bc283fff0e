/** Edits of a mapping as a person makes them; each gives a new one. */
import { checkRoles } from '../../../data/import/mapping';
import { roleChoices } from '../../../data/import/mappingSummary';
import type { ColumnMapping, ImportRole, Mapping, Side } from '../../../data/import/mapping';
import type { Inspection } from '../../../workers/protocol';

/** The proposed mapping; where no label was in sight, all of it but the label. */
export function startMapping(inspection: Inspection): Mapping {
  return inspection.mapping ?? inspection.draft;
}

const single: ReadonlySet<ImportRole> = new Set(
  roleChoices.flatMap((choice) => (choice.single ? [choice.value] : [])),
);

/** Gives a column a role; a role that only one can have is taken from the column that had it. */
export function setRole(mapping: Mapping, column: string, role: ImportRole): Mapping {
  const columns = mapping.columns.map((one): ColumnMapping => {
    if (one.column === column) {
      const { side, use, ...rest } = one;
      const needsSide = role === 'numeric' || role === 'sequence';
      return {
        ...rest,
        role,
        ...(needsSide ? { side: side ?? 'context' } : {}),
        ...(role === 'sequence' ? { use: use ?? 'length' } : {}),
      };
    }
    return single.has(role) && one.role === role ? { ...one, role: 'ignore' } : one;
  });
  const has = (id: string | null, wanted: ImportRole) =>
    id !== null && columns.some((one) => one.column === id && (one.role === wanted || one.role === 'ignore'));
  return {
    ...mapping,
    columns,
    userId: has(mapping.userId, 'user') ? mapping.userId : null,
    itemId: has(mapping.itemId, 'item') ? mapping.itemId : null,
  };
}

export function setSide(mapping: Mapping, column: string, side: Side): Mapping {
  return {
    ...mapping,
    columns: mapping.columns.map((one) => (one.column === column ? { ...one, side } : one)),
  };
}

/** What a list column is used for. */
export function setUse(mapping: Mapping, column: string, use: NonNullable<ColumnMapping['use']>): Mapping {
  return {
    ...mapping,
    columns: mapping.columns.map((one) => (one.column === column ? { ...one, use } : one)),
  };
}

/** The first thing that is wrong with a mapping, as one sentence; null where it can be imported. */
export function mappingProblem(mapping: Mapping): string | null {
  try {
    checkRoles(mapping);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : 'The mapping is not valid.';
  }
}
