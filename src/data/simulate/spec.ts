import { z } from '../zod';
import { knobsSchema } from './knobs';

export const SIZES = ['small', 'medium', 'large'] as const;
export type SizeName = (typeof SIZES)[number];

const sizeSchema = z.strictObject({
  /** Rows of the training period. */
  trainRows: z.int().min(100).max(2_000_000),
  /** Least rows of every scenario among the validation rows, and among the test rows. */
  validationMin: z.int().min(1),
  testMin: z.int().min(1),
  users: z.int().min(10).max(2_000_000),
  items: z.int().min(10).max(500_000),
});

const scenarioSchema = z.strictObject({
  id: z.string().min(1),
  name: z.string().min(1),
  group: z.string().min(1),
  /** Share of traffic, 0…1; all add up to 1. */
  share: z.number().positive().max(1),
  /** Click rate to be met, 0…1. */
  clickRate: z.number().positive().max(0.9),
  /** True where the promotion runs. */
  promoted: z.boolean().optional(),
});

/** A simulated twin: what is published of a dataset, and the world that stands in for the rest. */
export const twinSchema = z.strictObject({
  id: z.string().min(1),
  /** For people; says "simulated". */
  title: z.string().includes('simulated'),
  /** Where the shares and click rates come from, and which of them were chosen by us. */
  provenance: z.string(),
  /**
   * The AUC that was published on the dataset, as one number of all scenarios: of the best model, and of a plain one trained
   * on all scenarios together. The ceiling is fitted to the first, a plain model's result against the second. Null for a cause world.
   */
  published: z
    .strictObject({
      best: z.number().min(0.5).max(1),
      plain: z.number().min(0.5).max(1),
      /** How the two numbers follow from which table. */
      source: z.string(),
    })
    .nullable(),
  /** Of a cause world: whose cause it holds, in one sentence, and the knob that is its dose, with the values that are studied. */
  cause: z
    .strictObject({
      paper: z.string(),
      sentence: z.string(),
      dose: z.string(),
      doses: z.array(z.number()).min(2),
    })
    .optional(),
  scenarios: z.array(scenarioSchema).min(2),
  /** Groups that go to the opposed side first when `conflict` rises. */
  opposedGroups: z.array(z.string()),
  /** Probability that a person visits 1, 2, 3, … scenarios; any length up to the number of scenarios. */
  scenariosPerUser: z.array(z.number().min(0)).min(1),
  /** First second of the log, since the epoch. */
  start: z.int(),
  /** Length of the log in days; a multiple of ten, so that 80 and 90 % fall on midnight. */
  days: z.int().min(10).multipleOf(10),
  /** Promotion period as shares of the log, [from, to). */
  promotion: z.tuple([z.number().min(0).max(1), z.number().min(0).max(1)]),
  slots: z.int().min(1).max(20),
  categories: z.int().min(2),
  brands: z.int().min(2),
  historyLength: z.int().min(0).max(100),
  /** Mean number of clicks a person made before the log begins. */
  earlierClicks: z.number().min(0),
  /** Context fields drawn for each row alone, beside those of every world: how many count in one scenario only, and in all. */
  signals: z.strictObject({ specific: z.int().min(1).max(40), common: z.int().min(0).max(10) }).optional(),
  /** Whether rows tell how likely the policy was to show them what it showed. */
  propensity: z.boolean().optional(),
  knobs: knobsSchema,
  sizes: z.strictObject({ small: sizeSchema, medium: sizeSchema, large: sizeSchema }),
});

export type Twin = z.infer<typeof twinSchema>;
export type TwinScenario = Twin['scenarios'][number];
export type TwinSize = z.infer<typeof sizeSchema>;

/** Shape of the interest space. */
export const INTERESTS = 8;
