/**
 * A stored study: what was trained, with everything that repeats each run, and what came of it. One file a study in
 * `public/studies/`, listed by `index.json`. JSON holds every number to the last bit.
 */
import { z } from '../../data/zod';
import { whatIsWrong } from '../../data/zodWords';

/** A metric that is undefined (one class, no truth) is null and is shown as "undefined". */
const figure = z.number().nullable();

/** One metric of one run on all its test rows. */
const figuresSchema = z.object({
  /** All rows together, weighted back to true shares. */
  overall: figure,
  /** Mean over scenarios, weighted by traffic. */
  mean: figure,
  /** In the order of the world's scenarios; empty where the metric is of the whole model. */
  scenarios: z.array(figure),
});

const worldSchema = z.object({
  /** The dataset's id, which simulates it again. */
  id: z.string().min(1),
  title: z.string().includes('simulated'),
  /** The world or twin that it is a dose of. */
  base: z.string().min(1),
  /** Value of the knob; null where the study turns none. */
  dose: z.number().nullable(),
  knob: z.string().nullable(),
  simulated: z.literal(true),
  /** SHA-256 (hex) over all columns. */
  fingerprint: z.string().min(1),
  scenarios: z
    .array(z.object({ id: z.string().min(1), name: z.string().min(1), share: z.number().min(0).max(1) }))
    .min(1),
  /** Noise-free AUC of the true click probability: no ranking does better. */
  ceilings: figuresSchema,
});

const settingSchema = z.union([z.number(), z.boolean(), z.string(), z.array(z.number())]);
const settingsSchema = z.record(z.string(), settingSchema);

const variantSchema = z.object({
  /** `<model>` or `<model>:<row>`; what claims name. */
  id: z.string().min(1),
  name: z.string().min(1),
  model: z.string().min(1),
  preset: z.enum(['paper', 'browser', 'tiny', 'comparable']),
  /** All settings of the model, and of training, defaults filled in. */
  settings: settingsSchema,
  training: settingsSchema,
  /** Of a control that trains nothing of its own: the same runs with every test row scored on the first place. The Lab does not show it. */
  scored: z.literal('do(slot)').optional(),
});

const cellSchema = z.object({
  world: z.string(),
  variant: z.string(),
  seed: z.int().nonnegative(),
  /** By metric: `auc`, `noiseFreeAuc`, `interestAuc`, `logLoss`, and those that one paper alone has. */
  figures: z.record(z.string(), figuresSchema),
  bestStep: z.int().nonnegative(),
  steps: z.int().nonnegative(),
  /** Processor seconds of training and evaluation together, on the machine that made the file. */
  seconds: z.number().nonnegative(),
  /** Trained numbers of the model. */
  parameters: z.int().nonnegative(),
});

const studySchema = z.object({
  format: z.literal('scenarium-study/1'),
  /** A paper (its claims, tables and doses) or `ranks`. */
  id: z.string().regex(/^[a-z0-9-]+$/),
  title: z.string().min(1),
  made: z.object({
    /** ISO 8601. */
    date: z.string().min(1),
    backend: z.enum(['wasm', 'cpu']),
    threads: z.int().positive(),
    version: z.string(),
  }),
  worlds: z.array(worldSchema),
  variants: z.array(variantSchema),
  cells: z.array(cellSchema),
});

export type Figures = z.infer<typeof figuresSchema>;
export type StudyWorld = z.infer<typeof worldSchema>;
export type StudyVariant = z.infer<typeof variantSchema>;
export type StudyCell = z.infer<typeof cellSchema>;
export type StoredStudy = z.infer<typeof studySchema>;

const indexSchema = z.object({
  format: z.literal('scenarium-studies/1'),
  studies: z.array(
    z.object({
      id: z.string().min(1),
      title: z.string().min(1),
      /** Relative to the index. */
      file: z.string().min(1),
      bytes: z.int().positive(),
      cells: z.int().nonnegative(),
    }),
  ),
});

export type StudyIndex = z.infer<typeof indexSchema>;

function json(given: unknown, what: string): unknown {
  if (typeof given !== 'string') return given;
  try {
    return JSON.parse(given) as unknown;
  } catch {
    throw new Error(`This is no ${what}: it is no JSON.`);
  }
}

function doubled(names: readonly string[]): string | null {
  return names.find((name, i) => names.indexOf(name) < i) ?? null;
}

/** What a study says against itself, in words; null where it is of one piece. */
function contradiction({ worlds, variants, cells }: StoredStudy): string | null {
  const world = doubled(worlds.map(({ id }) => id));
  if (world !== null) return `it has the world “${world}” twice`;
  const variant = doubled(variants.map(({ id }) => id));
  if (variant !== null) return `it has the variant “${variant}” twice`;
  const sizes = new Map(worlds.map(({ id, scenarios }) => [id, scenarios.length]));
  const known = new Set(variants.map(({ id }) => id));
  const seen = new Set<string>();
  for (const cell of cells) {
    const size = sizes.get(cell.world);
    if (size === undefined) return `a cell is of the world “${cell.world}”, which it does not have`;
    if (!known.has(cell.variant)) return `a cell is of the variant “${cell.variant}”, which it does not have`;
    const key = JSON.stringify([cell.world, cell.variant, cell.seed]);
    if (seen.has(key)) return `it has a cell twice (${cell.variant} in ${cell.world}, seed ${cell.seed})`;
    seen.add(key);
    for (const [metric, { scenarios }] of Object.entries(cell.figures)) {
      if (scenarios.length !== 0 && scenarios.length !== size)
        return `${metric} of a cell has ${scenarios.length} scenarios where “${cell.world}” has ${size}`;
    }
  }
  return null;
}

/**
 * Reads a stored study from its text or from what JSON made of it.
 *
 * @throws Error with one sentence where it is none
 */
export function parseStudy(given: unknown): StoredStudy {
  const parsed = studySchema.safeParse(json(given, 'stored study'));
  const wrong = parsed.success ? contradiction(parsed.data) : whatIsWrong(parsed.error);
  if (parsed.success && wrong === null) return parsed.data;
  throw new Error(`This is no stored study: ${wrong}; make it again with npm run study -- --plan.`);
}

/**
 * Reads the list of stored studies.
 *
 * @throws Error with one sentence where it is none
 */
export function parseStudyIndex(given: unknown): StudyIndex {
  const parsed = indexSchema.safeParse(json(given, 'list of studies'));
  if (parsed.success) return parsed.data;
  throw new Error(
    `This is no list of studies: ${whatIsWrong(parsed.error)}; make it again with npm run study -- --plan.`,
  );
}
