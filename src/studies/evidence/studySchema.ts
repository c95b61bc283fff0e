/** What a stored study holds, in memory and in the older form of its file. */
import { z } from '../../data/zod';

/** A metric that is undefined (one class, no truth) is null and is shown as "undefined". */
export const figure = z.number().nullable();

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
  /** Of a row that had a tuning budget in one world: settings and training above are those of its best draw. */
  tuned: z
    .object({
      /** The variant as it comes. */
      of: z.string().min(1),
      /** The one world in which it was tuned and trained. */
      world: z.string().min(1),
      /** Seed of the draws and of the runs that were judged: none of the study's. */
      seed: z.int().nonnegative(),
      /** Log loss on validation rows, draw by draw; the first is the row as it comes. */
      losses: z.array(figure).min(1),
      /** Place of the draw that was taken. */
      best: z.int().nonnegative(),
    })
    .optional(),
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
  /** Processor microseconds of scoring one test row, on the same machine; cells from before it was kept have none. */
  inference: z.number().nonnegative().optional(),
});

export const studySchema = z.object({
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
