import { z } from '../zod';
import { whatIsWrong } from '../zodMessages';

export const FORMAT = 'scenarium-dataset/1';

const fieldSchema = z.object({
  name: z.string().min(1),
  role: z.enum(['user', 'item', 'context', 'scenario']),
  size: z.int().positive(),
  offset: z.int().positive(),
  scenarioSpecific: z.boolean(),
  meaning: z.string(),
  labels: z.array(z.string()).optional(),
});

const scenarioSchema = z.object({
  id: z.string().min(1),
  name: z.string().min(1),
  group: z.string().nullable(),
  share: z.number().min(0).max(1),
  clickRate: z.number().min(0).max(1),
});

const columnSchema = z.object({
  name: z.string().min(1),
  role: z.enum([
    'user',
    'item',
    'context',
    'scenario',
    'sequence',
    'weight',
    'label',
    'time',
    'split',
    'truth',
  ]),
  /** Physical type in the Parquet file; `list<…>` for sequences. */
  type: z.string(),
  meaning: z.string(),
});

const sourceSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('simulated'),
    twin: z.string(),
    size: z.string(),
    seed: z.number(),
    /** Full generator settings (simulate/settings.ts). */
    settings: z.unknown(),
  }),
  z.object({ kind: z.literal('imported'), file: z.string(), note: z.string() }),
]);

const historySchema = z.object({
  /** Maximum number of behaviours. */
  length: z.int().positive(),
  /**
   * Item fields of every behaviour. `column` names the list column in the file; where it is null, the field follows from
   * the first one: `table[local id of the first field]`.
   */
  fields: z
    .array(z.object({ field: z.string(), column: z.string().nullable(), table: z.array(z.int()).nullable() }))
    .min(1),
  /** True where `history_timestamp` holds seconds since the epoch; false where `history_age` holds hours. */
  absoluteTime: z.boolean(),
});

/** What stands beside a Parquet file. Unknown keys are dropped, so that a newer minor version stays readable. */
const manifestSchema = z.object({
  format: z.literal(FORMAT),
  id: z.string().min(1),
  title: z.string().min(1),
  source: sourceSchema,
  rows: z.int().positive(),
  scenarios: z.array(scenarioSchema).min(1),
  fields: z.array(fieldSchema).min(1),
  vocabularySize: z.int().positive(),
  columns: z.array(columnSchema),
  history: historySchema.nullable(),
  splits: z.object({
    rule: z.string(),
    rows: z.object({ train: z.int(), validation: z.int(), test: z.int() }),
  }),
  /** `[N][N]`, or null where the truth is unknown. */
  relatedness: z.array(z.array(z.number())).nullable(),
  /** SHA-256 over all columns (format/fingerprint.ts). */
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
  warnings: z.array(z.string()),
});

export type Manifest = z.infer<typeof manifestSchema>;

/**
 * Checks a manifest.
 * @throws Error with one sentence naming the first thing that is wrong.
 */
export function parseManifest(value: unknown): Manifest {
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Error(
    `This is no dataset manifest: ${whatIsWrong(parsed.error)}; choose the one that was written beside the data.`,
  );
}
