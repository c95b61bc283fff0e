import { z } from '../zod';
import { whatIsWrong } from '../zodMessages';

/** One committed sample in `public/samples/index.json`. Paths are relative to that file. */
const entrySchema = z.object({
  id: z.string().min(1),
  title: z.string().min(1),
  manifest: z.string().min(1),
  parquet: z.string().min(1),
  /** What a page shows of it before its rows are read. */
  summary: z.string().min(1).optional(),
  /** Bytes of the Parquet file. */
  bytes: z.int().positive(),
  rows: z.int().positive(),
  scenarios: z.int().positive(),
  /** True where behaviour histories are there. */
  history: z.boolean(),
  /** One sentence: what it stands for and which numbers are published. */
  note: z.string(),
});

const catalogueSchema = z.object({
  format: z.literal('scenarium-catalogue/1'),
  samples: z.array(entrySchema),
});

export type Catalogue = z.infer<typeof catalogueSchema>;

/** @throws Error with one sentence where the file is no catalogue. */
export function parseCatalogue(value: unknown): Catalogue {
  const parsed = catalogueSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Error(
    `This is no dataset catalogue: ${whatIsWrong(parsed.error)}; make it again with npm run samples.`,
  );
}
