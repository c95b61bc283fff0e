/**
 * A stored study: what was trained, with everything that repeats each run, and what came of it. One file a study in
 * `public/studies/`, listed by `index.json`. Figures of all rows and means over scenarios are kept to the last bit, those of a scenario to
 * seven digits (`kept.ts`). The file is compact: `rows.ts` says how cells are written.
 */
import { z } from '../../data/zod';
import { whatIsWrong } from '../../data/zodMessages';
import { upgradeModelSettings } from '../../training/storedRecord';
import { fromRows, rowSchema, toRows } from './rows';
import { studySchema, type StoredStudy, type StudyVariant } from './studySchema';

export type { Figures, StoredStudy, StudyCell, StudyVariant, StudyWorld } from './studySchema';

/** A study as its file has it. */
const fileSchema = z.object({
  ...studySchema.shape,
  format: z.literal('scenarium-study/2'),
  metrics: z.array(z.string().min(1)),
  cells: z.array(rowSchema),
});

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

/** Whether what was given calls itself the compact form. */
const isCompact = (given: unknown): boolean =>
  typeof given === 'object' && given !== null && 'format' in given && given.format === 'scenarium-study/2';

/** Variants as they would be stored today: a setting that came later stands as the model was without it. */
function upgraded({ variants, ...study }: StoredStudy): StoredStudy {
  const settingsOf = ({ model, settings }: StudyVariant): StudyVariant['settings'] =>
    // A setting's value is a number, a word, a switch or widths, whichever version wrote it.
    upgradeModelSettings(model, settings) as StudyVariant['settings'];
  return { ...study, variants: variants.map((one) => ({ ...one, settings: settingsOf(one) })) };
}

/**
 * Reads a stored study from its text or from what JSON made of it; the older form, in which every cell is an object, too.
 *
 * @throws Error with one sentence where it is none
 */
export function parseStudy(given: unknown): StoredStudy {
  const found = json(given, 'stored study');
  const file = isCompact(found) ? fileSchema.safeParse(found) : null;
  if (file && !file.success) throw noStudy(whatIsWrong(file.error));
  const parsed = studySchema.safeParse(file ? fromRows(file.data) : found);
  const wrong = parsed.success ? contradiction(parsed.data) : whatIsWrong(parsed.error);
  if (parsed.success && wrong === null) return upgraded(parsed.data);
  throw noStudy(wrong ?? '');
}

const noStudy = (wrong: string): Error =>
  new Error(`This is no stored study: ${wrong}; make it again with npm run study -- --plan.`);

/** A study as its file has it, a line a cell. @throws Error as `parseStudy` */
export function studyText(study: StoredStudy): string {
  const { cells, metrics, ...rest } = toRows(parseStudy(study));
  const head = JSON.stringify({ format: 'scenarium-study/2', ...rest, metrics });
  const lines = cells.map((row) => JSON.stringify(row)).join(',\n');
  return `${head.slice(0, -1)},"cells":[\n${lines}\n]}\n`;
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
