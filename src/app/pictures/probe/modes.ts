/** Against what a matrix is drawn, so that it shows something: its values, or their difference from what would say nothing. */
import type { ProbeSpec } from '../../../models/definition';
import { DEFINED } from '../../charts/heatDraw';
import type { HeatScale, HeatValues } from '../../charts/heatDraw';

export type MatrixMode = 'value' | 'uniform' | 'mean' | 'truth';

export const MODE_LABELS: Readonly<Record<MatrixMode, string>> = {
  value: 'value',
  uniform: 'difference from uniform',
  mean: 'difference from mean',
  truth: 'difference from truth',
};

/** Values that use less of their scale than this are one colour to the eye. */
const FLAT = 0.2;

/** Cells that have a number; infinities where none has. */
function rangeOf({ values, defined }: HeatValues): {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
} {
  let [min, max, sum, count] = [Infinity, -Infinity, 0, 0];
  for (let k = 0; k < values.length; k++) {
    if (defined !== null && defined[k] !== DEFINED) continue;
    const value = values[k] ?? 0;
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    count++;
  }
  return { min, max, mean: sum / Math.max(1, count) };
}

/** True where the probe's numbers are what the simulator knows as true relatedness: cosines between scenarios. */
function hasTruth(spec: ProbeSpec, data: HeatValues, relatedness: Float32Array | null): boolean {
  const [row, column] = [spec.axes.at(-2)?.name, spec.axes.at(-1)?.name];
  return (
    relatedness !== null &&
    relatedness.length === data.values.length &&
    spec.quantity === 'cosine' &&
    row === 'scenario' &&
    column === 'otherScenario'
  );
}

/** How a matrix can be drawn; its values first. */
export function modesOf(
  spec: ProbeSpec,
  data: HeatValues,
  relatedness: Float32Array | null,
): readonly MatrixMode[] {
  const modes: MatrixMode[] = ['value'];
  if (spec.scale === 'share' && data.columns > 1) modes.push('uniform');
  if (spec.scale === 'value' || spec.scale === 'probability') modes.push('mean');
  if (hasTruth(spec, data, relatedness)) modes.push('truth');
  return modes;
}

/** The mode that shows something: a difference where the values are one colour on their own scale. */
export function telling(modes: readonly MatrixMode[], data: HeatValues, scale: HeatScale): MatrixMode {
  const { min, max } = rangeOf(data);
  const other = modes.find((mode) => mode === 'uniform' || mode === 'mean');
  const flat = max > min && max - min < FLAT * (scale.max - scale.min);
  return flat && other ? other : 'value';
}

/** The numbers and the scale of a mode. */
export function drawnIn(
  mode: MatrixMode,
  data: HeatValues,
  scale: HeatScale,
  relatedness: Float32Array | null,
): { readonly data: HeatValues; readonly scale: HeatScale } {
  if (mode === 'value') return { data, scale };
  const { mean } = rangeOf(data);
  const base = (k: number): number =>
    mode === 'uniform' ? 1 / data.columns : mode === 'mean' ? mean : (relatedness?.[k] ?? 0);
  const drawn = { ...data, values: data.values.map((value, k) => value - base(k)) };
  const { min, max } = rangeOf(drawn);
  const reach = Math.max(Math.abs(min), Math.abs(max));
  const known = Number.isFinite(reach) && reach > 0 ? reach : 1;
  return { data: drawn, scale: { kind: 'signed', min: -known, max: known } };
}

interface Drawing {
  readonly modes: readonly MatrixMode[];
  readonly mode: MatrixMode;
  readonly data: HeatValues;
  readonly scale: HeatScale;
}

/** How a matrix is drawn: as wanted where it can be, else as shows something. */
export function drawing(
  spec: ProbeSpec,
  matrix: HeatValues,
  scale: HeatScale,
  relatedness: Float32Array | null,
  wanted: MatrixMode | null,
): Drawing {
  const modes = modesOf(spec, matrix, relatedness);
  const mode = wanted && modes.includes(wanted) ? wanted : telling(modes, matrix, scale);
  return { modes, mode, ...drawnIn(mode, matrix, scale, relatedness) };
}
