/** A probe's numbers as matrices and curves, whatever its axes: so a picture can be drawn for a model never heard of. */
import type { ProbeAxis, ProbeSpec } from '../../../models/definition';
import type { ProbeValue } from '../../../training/events';
import type { HeatLabel } from '../../charts/HeatLabels';
import type { HeatScale, HeatValues } from '../../charts/heatDraw';
import type { FigureTable } from '../../figure/types';
import { probeAt } from '../../store/runView';
import { isScenarioCosine } from './modes';
import type { ProbeFrame } from '../../../training/reduceRun';
import type { RunView } from '../../store/runView';

const AXIS_NAMES: Record<ProbeAxis['name'], string> = {
  scenario: 'scenario',
  otherScenario: 'other scenario',
  cluster: 'cluster',
  expert: 'expert',
  field: 'field',
  layer: 'layer',
  part: 'part',
  head: 'head',
  position: 'behaviour',
  edge: 'edge',
  unit: 'unit',
  bin: 'bin',
  item: 'items',
  candidate: 'candidate',
  row: 'row',
};

export function axisName(axis: ProbeAxis | undefined): string {
  return axis ? AXIS_NAMES[axis.name] : '';
}

/** Labels of an axis: the scenarios', the fields', the model's own, or counted. */
export function axisLabels(
  axis: ProbeAxis | undefined,
  length: number,
  view: Pick<RunView, 'scenarios' | 'fields'>,
  colours: readonly string[],
): readonly HeatLabel[] {
  return Array.from({ length }, (_, k) => {
    if (axis?.name === 'scenario' || axis?.name === 'otherScenario') {
      const scenario = view.scenarios[k];
      if (scenario) return { label: scenario.name, scenario: scenario.id, colour: colours[k] };
    }
    const given = axis?.labels?.[k];
    if (given !== undefined) return { label: given };
    if (axis?.name === 'field' && view.fields[k] !== undefined) return { label: view.fields[k] };
    return { label: length === 1 ? axisName(axis) : String(k + 1) };
  });
}

/** How many leading axes have to be fixed before a matrix is left: 0 for one and two axes, 1 for three. */
export function leadingAxes(spec: ProbeSpec): number {
  return Math.max(0, spec.axes.length - 2);
}

/** The matrix of a frame at fixed leading indices; one axis gives one row, none gives one cell. */
export function matrixOf(value: ProbeValue, fixed: readonly number[]): HeatValues {
  const shape =
    value.shape.length === 0 ? [1, 1] : value.shape.length === 1 ? [1, value.shape[0]!] : value.shape;
  const [rows, columns] = [shape.at(-2)!, shape.at(-1)!];
  let offset = 0;
  for (let axis = 0; axis < shape.length - 2; axis++) offset = offset * shape[axis]! + (fixed[axis] ?? 0);
  const start = offset * rows * columns;
  return {
    rows,
    columns,
    values: value.values.subarray(start, start + rows * columns),
    defined: value.defined.subarray(start, start + rows * columns),
  };
}

interface Range {
  readonly min: number;
  readonly max: number;
}

const ranges = { all: new WeakMap<ProbeValue, Range>(), beside: new WeakMap<ProbeValue, Range>() };

/**
 * Smallest and largest defined number of a frame, infinities where there is none; a frame never changes, so once.
 *
 * @param part of a square matrix all cells, or those beside the diagonal
 */
function rangeOf(value: ProbeValue, part: keyof typeof ranges): Range {
  const columns = value.shape.at(-1) ?? 1;
  let range = ranges[part].get(value);
  if (!range) {
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < value.values.length; k++) {
      if (value.defined[k] !== 1) continue;
      // Rows and columns are as many, so a layer’s cells are their square.
      if (part === 'beside' && (k % (columns * columns)) % (columns + 1) === 0) continue;
      const number = value.values[k]!;
      if (number < min) min = number;
      if (number > max) max = number;
    }
    ranges[part].set(value, (range = { min, max }));
  }
  return range;
}

/** The scale of all frames together, so that colours mean the same at every step. */
export function scaleOf(spec: ProbeSpec, frames: readonly ProbeFrame[]): HeatScale {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const { value } of frames) {
    // A cosine of a scenario with itself is 1: on a scale made for that all others are pale.
    const range = rangeOf(value, isScenarioCosine(spec) ? 'beside' : 'all');
    min = Math.min(min, range.min);
    max = Math.max(max, range.max);
  }
  if (min > max) [min, max] = [0, 1];
  switch (spec.scale) {
    case 'signed': {
      const reach = Math.max(Math.abs(min), Math.abs(max)) || 1;
      return { kind: 'signed', min: -reach, max: reach };
    }
    case 'share':
      // An even mix is mid-scale, so that the first step is not drawn as if every share were large.
      return {
        kind: 'sequential',
        min: 0,
        max: Math.min(1, Math.max(max, 2 / (frames.at(-1)?.value.shape.at(-1) ?? 2))),
      };
    case 'probability':
      return { kind: 'sequential', min: 0, max: Math.max(max, 1e-6) };
    case 'value':
      return { kind: 'sequential', min: Math.min(0, min), max: max > min ? max : min + 1 };
    default:
      return spec.scale satisfies never;
  }
}

/** Rows of labels and a number: the figure's accessible table. */
export function probeTable(
  matrix: HeatValues,
  rows: readonly HeatLabel[],
  columns: readonly HeatLabel[],
  rowTitle: string,
): FigureTable {
  return {
    columns: [rowTitle, ...columns.map((column) => column.label)],
    rows: rows.map((row, r) => [
      row.label,
      ...columns.map((_, c) => {
        const index = r * matrix.columns + c;
        return matrix.defined !== null && matrix.defined[index] !== 1 ? null : matrix.values[index]!;
      }),
    ]),
  };
}

/** A probe of one axis over time, as a table of steps. */
export function overTime(
  frames: readonly ProbeFrame[],
  length: number,
): readonly (readonly (number | null)[])[] {
  return frames.map((frame) => [frame.step, ...Array.from({ length }, (_, k) => probeAt(frame.value, k))]);
}
