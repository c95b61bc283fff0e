import { z } from '../zod';
import { ImportError } from './errors';
import { whatIsWrong } from '../zodMessages';
import { timeUnits } from './timeUnits';

/** What a column is for. `numeric` and `sequence` say in `side` whose property they are. */
export const importRoles = [
  'user',
  'item',
  'context',
  'numeric',
  'sequence',
  'scenario',
  'label',
  'time',
  'split',
  'weight',
  'truth',
  'ignore',
] as const;
export type ImportRole = (typeof importRoles)[number];

export const sides = ['user', 'item', 'context'] as const;
export type Side = (typeof sides)[number];

const columnMappingSchema = z.strictObject({
  column: z.string().max(200),
  role: z.enum(importRoles),
  /** Whose property a `numeric` or `sequence` column is. */
  side: z.enum(sides).optional(),
  /**
   * Of a sequence: `history` is the row's behaviours (item ids, oldest first); `historyScenario`, `historyTime` and `historyAge`
   * (hours) say more of the same behaviours, entry by entry; of `length` only the number of entries is kept.
   */
  use: z.enum(['history', 'historyScenario', 'historyTime', 'historyAge', 'length']).optional(),
  /** Of a list cell (`Action|Comedy`), keep the first entry. */
  first: z.boolean().optional(),
  /** OptMSM's partition: the column says something of the scenario (a slot, a statistic inside it). */
  scenarioSpecific: z.boolean().optional(),
  /** Use the column although it gives the label away. */
  keepLeak: z.boolean().optional(),
  /** One sentence for people. */
  meaning: z.string().max(300).optional(),
});
export type ColumnMapping = z.infer<typeof columnMappingSchema>;

const share = z.number().gt(0).lt(1);

const splitMappingSchema = z.strictObject({
  /** `auto`: by the split column, else by time, else at random. */
  by: z.enum(['auto', 'column', 'time', 'random']).default('auto'),
  /** Shares of validation and test rows where the file does not say them. */
  validation: share.default(0.1),
  test: share.default(0.1),
  /** Values of the split column; guessed where empty. */
  values: z
    .strictObject({
      train: z.array(z.string()),
      validation: z.array(z.string()),
      test: z.array(z.string()),
    })
    .nullable()
    .default(null),
});

/** How a file becomes a dataset. JSON, so that it can be kept and given to the command line. */
export const mappingSchema = z.strictObject({
  version: z.literal(1),
  title: z.string().min(1).max(200),
  /** The known schema that was recognised, or null. */
  schema: z.string().nullable().default(null),
  columns: z.array(columnMappingSchema).min(1),
  /** Which `user` column is the user's id, and which `item` column the item's; null where there is none. */
  userId: z.string().max(200).nullable().default(null),
  itemId: z.string().max(200).nullable().default(null),
  label: z
    .strictObject({
      /** Numbers from this on count as positive; null where the label is already 0 or 1. */
      threshold: z.number().nullable().default(null),
      /** Texts that count as positive (`buy`); all others are negative. */
      positive: z.array(z.string()).nullable().default(null),
    })
    .default({ threshold: null, positive: null }),
  time: z.strictObject({ unit: z.enum(['auto', ...timeUnits]).default('auto') }).default({ unit: 'auto' }),
  scenario: z
    .strictObject({
      /** Brings values together into one scenario: value → name. Values not named stay themselves. */
      groups: z.record(z.string(), z.string()).nullable().default(null),
    })
    .default({ groups: null }),
  split: splitMappingSchema.default({ by: 'auto', validation: 0.1, test: 0.1, values: null }),
  /** A value seen in fewer training rows than this counts as “other”. */
  rareBelow: z.int().min(1).max(1_000_000).default(2),
  /** Buckets of a numeric column. */
  buckets: z.int().min(2).max(1024).default(16),
  history: z
    .strictObject({
      /** `auto`: from the sequence column marked `history`, else from the log's own order where it has one. */
      from: z.enum(['auto', 'sequence', 'log', 'none']).default('auto'),
      /** Behaviours kept, the latest. */
      length: z.int().min(1).max(255).default(20),
    })
    .default({ from: 'auto', length: 20 }),
  /** Columns that give the label away. */
  leaks: z.enum(['ignore', 'keep']).default('ignore'),
  /** Seed of a random split. */
  seed: z.int().default(1),
  /** How the text is read; what is absent is guessed. */
  read: z
    .strictObject({
      delimiter: z.string().min(1).nullable().optional(),
      encoding: z.string().nullable().optional(),
      header: z.boolean().nullable().optional(),
      quotes: z.boolean().nullable().optional(),
    })
    .default({}),
});
export type Mapping = z.infer<typeof mappingSchema>;

/** Mappings written earlier call the known schema a preset. */
function withoutOldNames(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('preset' in value)) return value;
  const { preset, ...rest } = value;
  return { schema: preset, ...rest };
}

/** @throws ImportError `badMapping` with the first thing that is wrong, where it stands and what is expected. */
export function parseMapping(value: unknown): Mapping {
  const parsed = mappingSchema.safeParse(withoutOldNames(value));
  if (!parsed.success) {
    throw new ImportError(
      'badMapping',
      `The mapping is not valid: ${whatIsWrong(parsed.error)}; correct that, or take the one that is proposed.`,
    );
  }
  checkRoles(parsed.data);
  return parsed.data;
}

/** @throws ImportError where roles contradict each other. */
export function checkRoles(mapping: Mapping): void {
  const seen = new Set<string>();
  for (const { column } of mapping.columns) {
    if (seen.has(column)) {
      throw new ImportError('badMapping', `The mapping names column “${column}” twice; give it one role.`, {
        column,
      });
    }
    seen.add(column);
  }
  for (const role of ['label', 'scenario', 'time', 'split', 'weight'] as const) {
    const holders = mapping.columns.filter((c) => c.role === role);
    if (holders.length > 1) {
      const [first, second] = holders;
      throw new ImportError(
        'badMapping',
        `Columns “${first!.column}” and “${second!.column}” are both the ${role}; there can be one, so set the other to “ignore”.`,
        { column: second!.column },
      );
    }
  }
  if (!mapping.columns.some((c) => c.role === 'label')) {
    throw new ImportError(
      'noLabel',
      'No column is the label; choose the column that says whether a row was clicked, bought or liked.',
    );
  }
  if (mapping.split.validation + mapping.split.test >= 1) {
    throw new ImportError(
      'badMapping',
      'Validation and test take up all rows; leave some for training (their shares must sum to less than 1).',
    );
  }
  for (const [id, role] of [
    [mapping.userId, 'user'],
    [mapping.itemId, 'item'],
  ] as const) {
    if (id === null) continue;
    const column = mapping.columns.find((c) => c.column === id);
    if (!column || (column.role !== role && column.role !== 'ignore')) {
      throw new ImportError(
        'badMapping',
        `The ${role} id is set to column “${id}”, which does not have the role “${role}”; give it that role or choose another id.`,
        { column: id },
      );
    }
  }
}

/** The one column of a role, or null. */
export function columnOfRole(mapping: Mapping, role: ImportRole): ColumnMapping | null {
  return mapping.columns.find((c) => c.role === role) ?? null;
}
