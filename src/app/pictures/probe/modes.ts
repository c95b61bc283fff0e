/** Against what a matrix is drawn, so that it shows something: its values, or their difference from what would say nothing. */
import type { ProbeSpec } from '../../../models/definition';
import { DEFINED } from '../../charts/heatDraw';
import type { HeatScale, HeatValues } from '../../charts/heatDraw';

export type MatrixMode = 'value' | 'uniform' | 'mean' | 'truth';

const MODE_LABELS: Readonly<Record<MatrixMode, string>> = {
  value: 'value',
  uniform: 'difference from uniform',
  mean: 'difference from mean',
  truth: 'difference from truth',
};

/** With what a matrix can be compared. */
export interface MatrixBases {
  /** What a cell is where nothing is preferred: one number for all, or one a column. */
  readonly uniform?: number | readonly number[];
  /** Whether the mean of its cells is worth a comparison. */
  readonly mean?: boolean;
  /** What is true of each cell, in the same unit; null where it is not known. */
  readonly truth?: ArrayLike<number> | null;
  /** The diagonal is what it is by definition (a cosine with itself): no scale is made for it, and it differs from nothing. */
  readonly givenDiagonal?: boolean;
  /** What differences are called, where there is a better word than the general one. */
  readonly names?: Partial<Readonly<Record<MatrixMode, string>>>;
}

/** Values that use less of their scale than this are one colour to the eye. */
const FLAT = 0.2;

const isGiven = ({ columns }: HeatValues, k: number, given: boolean | undefined): boolean =>
  given === true && Math.floor(k / columns) === k % columns;

/** Of cells that have a number, and none by definition; infinities where none has. */
function rangeOf(
  data: HeatValues,
  given: boolean | undefined,
): { readonly min: number; readonly max: number; readonly mean: number } {
  const { values, defined } = data;
  let [min, max, sum, count] = [Infinity, -Infinity, 0, 0];
  for (let k = 0; k < values.length; k++) {
    if ((defined !== null && defined[k] !== DEFINED) || isGiven(data, k, given)) continue;
    const value = values[k] ?? 0;
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    count++;
  }
  return { min, max, mean: sum / Math.max(1, count) };
}

/** True of a matrix of cosines between scenarios: what the simulator knows as true relatedness is one too. */
export function isScenarioCosine({ axes, quantity }: ProbeSpec): boolean {
  return quantity === 'cosine' && axes.at(-2)?.name === 'scenario' && axes.at(-1)?.name === 'otherScenario';
}

/** With what a probe's matrix can be compared. */
export function basesOf(spec: ProbeSpec, data: HeatValues, relatedness: Float32Array | null): MatrixBases {
  const cosine = isScenarioCosine(spec);
  return {
    ...(spec.scale === 'share' && data.columns > 1 && { uniform: 1 / data.columns }),
    mean: spec.scale !== 'share',
    truth: cosine && relatedness?.length === data.values.length ? relatedness : null,
    givenDiagonal: cosine,
  };
}

/** How a matrix can be drawn; its values first. */
export function modesOf({ uniform, mean, truth }: MatrixBases): readonly MatrixMode[] {
  return [
    'value',
    ...(uniform !== undefined ? (['uniform'] as const) : []),
    ...(mean ? (['mean'] as const) : []),
    ...(truth ? (['truth'] as const) : []),
  ];
}

/**
 * The mode that shows something: a difference where the values are one colour on their own scale, unless it is their sign that
 * tells.
 */
export function telling(bases: MatrixBases, data: HeatValues, scale: HeatScale): MatrixMode {
  const { min, max } = rangeOf(data, bases.givenDiagonal);
  const other = modesOf(bases).find((mode) => mode === 'uniform' || mode === 'mean');
  const flat = max > min && max - min < FLAT * (scale.max - scale.min);
  const signs = scale.kind === 'signed' && min < 0 && max > 0;
  return flat && !signs && other ? other : 'value';
}

/** The numbers and the scale of a mode. */
export function drawnIn(
  mode: MatrixMode,
  data: HeatValues,
  scale: HeatScale,
  bases: MatrixBases,
): { readonly data: HeatValues; readonly scale: HeatScale } {
  if (mode === 'value') return { data, scale };
  const { uniform, truth, givenDiagonal } = bases;
  const { mean } = rangeOf(data, givenDiagonal);
  const base = (k: number): number => {
    if (isGiven(data, k, givenDiagonal)) return data.values[k] ?? 0;
    if (mode === 'mean') return mean;
    if (mode === 'truth') return truth?.[k] ?? 0;
    return typeof uniform === 'number' ? uniform : (uniform?.[k % data.columns] ?? 0);
  };
  const drawn = { ...data, values: data.values.map((value, k) => value - base(k)) };
  const { min, max } = rangeOf(drawn, givenDiagonal);
  const reach = Math.max(Math.abs(min), Math.abs(max));
  const known = Number.isFinite(reach) && reach > 0 ? reach : 1;
  return { data: drawn, scale: { kind: 'signed', min: -known, max: known } };
}

export interface Drawing {
  readonly modes: readonly MatrixMode[];
  readonly mode: MatrixMode;
  readonly data: HeatValues;
  readonly scale: HeatScale;
  readonly nameOf: (mode: MatrixMode) => string;
}

/** How a matrix is drawn: as wanted where it can be, else as shows something. */
export function drawing(
  bases: MatrixBases,
  matrix: HeatValues,
  scale: HeatScale,
  wanted: MatrixMode | null,
): Drawing {
  const modes = modesOf(bases);
  const mode = wanted && modes.includes(wanted) ? wanted : telling(bases, matrix, scale);
  const nameOf = (one: MatrixMode) => bases.names?.[one] ?? MODE_LABELS[one];
  return { modes, mode, nameOf, ...drawnIn(mode, matrix, scale, bases) };
}

/** How to read what is drawn: of a difference also what its colours mean. */
export function readingIn(reading: string, drawn: Drawing | null): string {
  if (!drawn || drawn.mode === 'value') return reading;
  return `${reading} Drawn is the ${drawn.nameOf(drawn.mode)}: blue above, orange below.`;
}
