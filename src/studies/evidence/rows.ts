/**
 * Cells as a stored study's file has them: `[world, variant, seed, best step, steps, seconds, parameters, figures, inference]`, world and variant
 * by their places, figures in the order of the file's `metrics`: `[overall, mean, scenario, scenario, …]`, `0` for a metric that the run does not
 * have. Cells from before inference was timed end with their figures.
 */
import { z } from '../../data/zod';
import { figure, type Figures, type StoredStudy, type StudyCell } from './studySchema';

const place = z.int().nonnegative();

export const rowSchema = z.tuple([
  place,
  place,
  z.int().nonnegative(),
  z.int().nonnegative(),
  z.int().nonnegative(),
  z.number().nonnegative(),
  z.int().nonnegative(),
  z.array(z.union([z.literal(0), z.tuple([figure, figure], figure)])),
  z.number().nonnegative().optional(),
]);

type Row = z.infer<typeof rowSchema>;

/** A study whose cells are rows. */
export type StudyRows = Omit<StoredStudy, 'format' | 'cells'> & {
  readonly metrics: readonly string[];
  readonly cells: readonly Row[];
};

const metricsOf = ({ cells }: StoredStudy): string[] => [
  ...new Set(cells.flatMap(({ figures }) => Object.keys(figures))),
];

export function toRows(study: StoredStudy): StudyRows {
  const { id, title, made, worlds, variants } = study;
  const metrics = metricsOf(study);
  const placeOf = (list: readonly { readonly id: string }[]) => new Map(list.map((one, k) => [one.id, k]));
  const [worldAt, variantAt] = [placeOf(worlds), placeOf(variants)];
  const cells = study.cells.map((cell): Row => {
    const { seed, bestStep, steps, seconds, parameters, inference } = cell;
    const figures = metrics.map((metric): Row[7][number] => {
      const found = cell.figures[metric];
      return found ? [found.overall, found.mean, ...found.scenarios] : 0;
    });
    const at = [worldAt.get(cell.world) ?? -1, variantAt.get(cell.variant) ?? -1] as const;
    const row = [...at, seed, bestStep, steps, seconds, parameters, figures] as const;
    return inference === undefined ? [...row] : [...row, inference];
  });
  return { id, title, made, worlds, variants, metrics, cells };
}

function figuresOf(row: Row[7], metrics: readonly string[]): Record<string, Figures> {
  const found: Record<string, Figures> = {};
  row.forEach((one, k) => {
    const metric = metrics[k];
    if (one === 0 || metric === undefined) return;
    const [overall, mean, ...scenarios] = one;
    found[metric] = { overall, mean, scenarios };
  });
  return found;
}

/** The study as everything but its file has it. A place that nothing stands at becomes a name that no world or variant has. */
export function fromRows({ metrics, cells, ...rest }: StudyRows): StoredStudy {
  const made = cells.map((row): StudyCell => {
    const [world, variant, seed, bestStep, steps, seconds, parameters, figures, inference] = row;
    return {
      world: rest.worlds[world]?.id ?? `#${world}`,
      variant: rest.variants[variant]?.id ?? `#${variant}`,
      seed,
      figures: figuresOf(figures, metrics),
      bestStep,
      steps,
      seconds,
      parameters,
      ...(inference !== undefined && { inference }),
    };
  });
  return { ...rest, format: 'scenarium-study/1', cells: made };
}
