/** What the five papers claim that this lab can test: their printed rows and their statements, in our words. */
import { z } from '../../data/zod';
import aread from './aread.json';
import causalint from './causalint.json';
import mscan from './mscan.json';
import optmsm from './optmsm.json';
import sarnet from './sarnet.json';

const claimSchema = z.strictObject({
  /** `sarnet-table-5-bias-net`; never changes its meaning. */
  id: z.string().regex(/^[a-z0-9-]+$/),
  paper: z.string(),
  /** As the paper calls it: `Table 5`, `Section 4.3`. Claims of one place are a family, over which p is adjusted. */
  place: z.string().min(1),
  /** In our words. */
  sentence: z.string().min(1),
  /** The cause world in which it is put to the test. */
  world: z.string().min(1),
  /** The simulated twin of the dataset that the paper tells it of; null where there is none. */
  twin: z.string().nullable(),
  test: z.strictObject({
    metric: z.string().min(1),
    /** `overall`, `mean`, `minor` (scenarios below 2 % of traffic) or the id of a scenario. */
    of: z.string().min(1),
    /** Ids of a study's variants. */
    variant: z.string().min(1),
    against: z.string().min(1),
    /** Where the variant is held against a number and no other variant; `against` then says in words what the number is. */
    value: z.number().optional(),
    /** Metric of what it is held against, where that is another one: `noiseFreeAucAtC0` of the same runs. */
    againstMetric: z.string().min(1).optional(),
    direction: z.enum(['higher', 'lower']),
  }),
  /** Figures that the paper prints for it. */
  printed: z
    .strictObject({ variant: z.number(), against: z.number(), metric: z.string(), dataset: z.string() })
    .optional(),
});

const tableSchema = z.strictObject({
  /** `table-3`, `table-3-aliexpress`: one dataset and one metric each. */
  id: z.string().regex(/^[a-z0-9-]+$/),
  table: z.string().min(1),
  title: z.string().min(1),
  dataset: z.string().min(1),
  twin: z.string().nullable(),
  world: z.string().min(1),
  metric: z.string().min(1),
  /** Printed heads, and what of a run answers: as `of` of a claim, or `#1` for the scenario with the most traffic, `#2`, …; null where nothing does. */
  columns: z.array(z.strictObject({ label: z.string(), of: z.string().nullable() })).min(1),
  rows: z
    .array(
      z.strictObject({
        printed: z.string().min(1),
        /** The study's variant; null where the lab has no such model. */
        variant: z.string().nullable(),
        values: z.array(z.number().nullable()),
      }),
    )
    .min(1),
  note: z.string().optional(),
  /** What the paper prints as relative improvement (RelaImpr, or a decrement) beside these figures. */
  relaImpr: z
    .strictObject({
      /** The formula that the printed values follow: (AUC − 0.5) / (base − 0.5) − 1, or AUC / base − 1. */
      formula: z.enum(['auc-half', 'ratio']),
      /** Row that a column is held against, as printed: one a column. */
      bases: z.array(z.string().min(1)).min(1),
      /** In percent, as printed: a row a row. */
      values: z.array(z.array(z.number().nullable())).min(1),
    })
    .optional(),
});

const paperSchema = z.strictObject({
  paper: z.string(),
  claims: z.array(claimSchema),
  tables: z.array(tableSchema),
});

export type Claim = z.infer<typeof claimSchema>;
export type PrintedTable = z.infer<typeof tableSchema>;
type PaperClaims = z.infer<typeof paperSchema>;

const files: Readonly<Record<string, unknown>> = { sarnet, causalint, optmsm, mscan, aread };
const parsed = new Map<string, PaperClaims>();

/** The papers, in the order of their worlds. */
export const CLAIMING_PAPERS: readonly string[] = Object.keys(files);

/** Claims and printed tables of a paper. @throws RangeError for another paper */
export function claimsOf(paper: string): PaperClaims {
  const known = parsed.get(paper);
  if (known) return known;
  const file = files[paper];
  if (file === undefined)
    throw new RangeError(`No claims of a paper "${paper}" are kept; known: ${CLAIMING_PAPERS.join(', ')}.`);
  const found = paperSchema.parse(file);
  parsed.set(paper, found);
  return found;
}
