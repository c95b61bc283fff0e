/**
 * Which elements of a kernel's outputs are made from which elements of its inputs. Kernels that move, combine element by
 * element, reduce or multiply matrices are followed element by element; every output of any other is made from all its inputs.
 */
import type { OriginSets } from './origins';
import { NOTHING } from './origins';

/** One label for all elements, or one each, row-major. */
export type Labels = number | Int32Array;

interface Given {
  readonly shape: readonly number[];
  readonly labels: Labels;
}

interface Call {
  readonly inputs: Readonly<Record<string, Given>>;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Shapes of the outputs. */
  readonly outputs: readonly (readonly number[])[];
}

type Rule = (call: Call, sets: OriginSets) => readonly Labels[];

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

function stridesOf(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
}

/** Coordinates of every element in row-major order; one array, changed in place. */
function eachPlace(shape: readonly number[], visit: (at: readonly number[], flat: number) => void): void {
  const at = shape.map(() => 0);
  const size = sizeOf(shape);
  for (let flat = 0; flat < size; flat++) {
    visit(at, flat);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (++at[axis]! < shape[axis]!) break;
      at[axis] = 0;
    }
  }
}

const labelAt = (labels: Labels, flat: number): number =>
  typeof labels === 'number' ? labels : labels[flat]!;

/** One number where all are the same. */
function shortened(labels: Labels): Labels {
  if (typeof labels === 'number') return labels;
  const first = labels[0] ?? NOTHING;
  return labels.every((label) => label === first) ? first : labels;
}

const firstInput = (inputs: Call['inputs']): Given => Object.values(inputs)[0]!;

/** Elements of one input elsewhere: `from` says where the element at a place of output k was, or null where it was nowhere. */
const moved =
  (from: (at: readonly number[], call: Call, output: number) => readonly number[] | null): Rule =>
  (call) => {
    const { labels, shape } = firstInput(call.inputs);
    const strides = stridesOf(shape);
    return call.outputs.map((to, k) => {
      if (typeof labels === 'number') return labels;
      const made = new Int32Array(sizeOf(to));
      eachPlace(to, (at, flat) => {
        const place = from(at, call, k);
        if (place) made[flat] = labels[place.reduce((sum, n, axis) => sum + n * strides[axis]!, 0)]!;
      });
      return made;
    });
  };

/** Constants of a shape. */
const constant: Rule = ({ outputs }) => outputs.map(() => NOTHING);

const kept: Rule = ({ inputs, outputs }) => outputs.map(() => firstInput(inputs).labels);

/** Where output k of a cut along an axis begins. */
const begins = (outputs: Call['outputs'], axis: number, k: number): number =>
  outputs.slice(0, k).reduce((sum, shape) => sum + shape[axis]!, 0);

const cut = moved((at, { attributes, outputs }, k) => {
  const axis = Number(attributes.axis);
  const along = axis < 0 ? axis + at.length : axis;
  return at.map((n, d) => (d === along ? n + begins(outputs, along, k) : n));
});

/** Inputs side by side along an axis, a new one where `stacked`. */
const joined =
  (stacked: boolean): Rule =>
  ({ inputs, attributes, outputs }) => {
    const given = Object.values(inputs);
    const [to] = outputs;
    const axis = Number(attributes.axis);
    const along = axis < 0 ? axis + to!.length : axis;
    const lengths = given.map(({ shape }) => (stacked ? 1 : shape[along]!));
    const owner = lengths.flatMap((length, k) => Array.from({ length }, (_, n) => [k, n] as const));
    const strides = given.map(({ shape }) => stridesOf(shape));
    const made = new Int32Array(sizeOf(to!));
    eachPlace(to!, (at, flat) => {
      const [k, n] = owner[at[along]!]!;
      const place = stacked
        ? at.filter((_, axis) => axis !== along)
        : at.map((c, d) => (d === along ? n : c));
      made[flat] = labelAt(
        given[k]!.labels,
        place.reduce((sum, c, d) => sum + c * strides[k]![d]!, 0),
      );
    });
    return [made];
  };

/** Element by element, with inputs broadcast to the output. */
const elementwise: Rule = ({ inputs, outputs }, sets) => {
  const [to] = outputs;
  const given = Object.values(inputs);
  if (given.every(({ labels }) => typeof labels === 'number'))
    return [given.reduce((label, { labels }) => sets.union(label, labels as number), NOTHING)];
  const strides = given.map(({ shape }) => {
    const own = stridesOf(shape);
    return [
      ...to!.slice(shape.length).map(() => 0),
      ...own.map((stride, d) => (shape[d] === 1 ? 0 : stride)),
    ];
  });
  const made = new Int32Array(sizeOf(to!));
  eachPlace(to!, (at, flat) => {
    let label = NOTHING;
    given.forEach(({ labels }, k) => {
      const place = at.reduce((sum, c, d) => sum + c * strides[k]![d]!, 0);
      label = sets.union(label, labelAt(labels, place));
    });
    made[flat] = label;
  });
  return [made];
};

/** Union over some axes of the first input. */
const reduced: Rule = ({ inputs, attributes, outputs }, sets) => {
  const { shape, labels } = firstInput(inputs);
  if (typeof labels === 'number') return outputs.map(() => labels);
  const named = attributes.axis ?? attributes.reductionIndices;
  const all = shape.map((_, axis) => axis);
  const axes =
    named === undefined || named === null
      ? all
      : [named].flat().map((axis) => (Number(axis) < 0 ? Number(axis) + shape.length : Number(axis)));
  const strides = stridesOf(shape.map((length, axis) => (axes.includes(axis) ? 1 : length)));
  const made = new Int32Array(sizeOf(outputs[0]!));
  eachPlace(shape, (at, flat) => {
    const place = at.reduce((sum, c, axis) => sum + (axes.includes(axis) ? 0 : c * strides[axis]!), 0);
    made[place] = sets.union(made[place]!, labels[flat]!);
  });
  return [made];
};

/** `[…, m, k] × […, k, n]`: an element is made from a row of one and a column of the other. */
const multiplied =
  (turn: { readonly transposeA?: boolean; readonly transposeB?: boolean } = {}): Rule =>
  ({ inputs, attributes: given, outputs }, sets) => {
    const attributes = { ...given, ...turn };
    const { a, b } = inputs as { readonly a: Given; readonly b: Given };
    const [to] = outputs;
    const rank = to!.length;
    /** Union over the contracted axis, at length 1. */
    const united = ({ shape, labels }: Given, last: boolean): Given => {
      const axis = shape.length - (last ? 1 : 2);
      const outputs = [shape.map((length, d) => (d === axis ? 1 : length))];
      const inputs = { x: { shape, labels } };
      const [made] = reduced({ inputs, attributes: { axis }, outputs }, sets);
      return { shape: outputs[0]!, labels: made! };
    };
    const rows = united(a, attributes.transposeA !== true);
    const columns = united(b, attributes.transposeB === true);
    const turned = ({ shape, labels }: Given, turn: boolean): Given => ({
      shape: turn ? [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!] : shape,
      labels,
    });
    // Of a vector, turning renames its axes and moves nothing.
    const both = {
      a: turned(rows, attributes.transposeA === true),
      b: turned(columns, attributes.transposeB === true),
    };
    return rank === 0 ? [NOTHING] : elementwise({ inputs: both, attributes: {}, outputs: [to!] }, sets);
  };

/** Any other kernel: all from all. */
const blended: Rule = ({ inputs, outputs }, sets) => {
  let label = NOTHING;
  for (const { labels } of Object.values(inputs)) {
    if (typeof labels === 'number') label = sets.union(label, labels);
    else for (const each of new Set(labels)) label = sets.union(label, each);
  }
  return outputs.map(() => label);
};

const rules = new Map<string, Rule>([
  ...['Reshape', 'Identity', 'ExpandDims', 'Cast', 'StopGradient', 'EngineStopGradient'].map(
    (kernel) => [kernel, kept] as const,
  ),
  ['Slice', moved((at, { attributes }) => at.map((n, d) => n + Number((attributes.begin as number[])[d])))],
  ['SplitV', cut],
  ['EngineSplit', cut],
  ['Concat', joined(false)],
  ['Pack', joined(true)],
  [
    'Unpack',
    moved((at, { attributes, inputs }, k) => {
      const axis = Number(attributes.axis);
      const along = axis < 0 ? axis + firstInput(inputs).shape.length : axis;
      return [...at.slice(0, along), k, ...at.slice(along)];
    }),
  ],
  [
    'Transpose',
    moved((at, { attributes }) => {
      const from = at.map(() => 0);
      (attributes.perm as number[]).forEach((axis, d) => (from[axis] = at[d]!));
      return from;
    }),
  ],
  ['Tile', moved((at, { inputs }) => at.map((n, d) => n % firstInput(inputs).shape[d]!))],
  [
    'Reverse',
    moved((at, { attributes, inputs }) => {
      const { shape } = firstInput(inputs);
      const dims = (attributes.dims as number[]).map((d) => (d < 0 ? d + shape.length : d));
      return at.map((n, d) => (dims.includes(d) ? shape[d]! - 1 - n : n));
    }),
  ],
  [
    'PadV2',
    moved((at, { attributes, inputs }) => {
      const { shape } = firstInput(inputs);
      const from = at.map((n, d) => n - (attributes.paddings as (readonly [number, number])[])[d]![0]);
      return from.every((n, d) => n >= 0 && n < shape[d]!) ? from : null;
    }),
  ],
  ...[
    ...['Add', 'AddN', 'Sub', 'Multiply', 'RealDiv', 'Maximum', 'Minimum', 'Pow', 'SquaredDifference'],
    ...['Select', 'Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual', 'LogicalAnd'],
    ...['LogicalOr', 'LogicalNot', 'Abs', 'Square', 'Log', 'Log1p', 'Exp', 'Expm1', 'Softplus', 'Sqrt'],
    ...['Rsqrt', 'Reciprocal', 'Sigmoid', 'Tanh', 'Relu', 'LeakyRelu', 'Prelu', 'Neg', 'Sign', 'Step'],
    ...['Sin', 'Cos', 'ClipByValue', 'Floor', 'Round', 'EngineLeakyRelu', 'EngineLogOdds'],
  ].map((kernel) => [kernel, elementwise] as const),
  ...['Sum', 'Mean', 'Max', 'Min', 'Prod'].map((kernel) => [kernel, reduced] as const),
  ...['BatchMatMul', 'EngineMatMul', 'EngineBatchMatMul'].map((kernel) => [kernel, multiplied()] as const),
  ...['EngineMatMulTransposed', 'EngineBatchMatMulTransposed'].map(
    (kernel) => [kernel, multiplied({ transposeB: true })] as const,
  ),
  ['EngineTransposedMatMul', multiplied({ transposeA: true })],
  ['OnesLike', constant],
  ['ZerosLike', constant],
]);

/** Labels of a kernel's outputs. */
export function labelsOf(kernel: string, call: Call, sets: OriginSets): readonly Labels[] {
  const rule = rules.get(kernel) ?? blended;
  return rule(call, sets).map(shortened);
}

/** Kernels that only move elements, so that nothing is computed. */
const MOVES = new Set([
  ...['Reshape', 'Identity', 'ExpandDims', 'Cast', 'StopGradient', 'EngineStopGradient', 'Slice', 'SplitV'],
  ...['EngineSplit', 'Concat', 'Pack', 'Unpack', 'Transpose', 'Tile', 'Reverse', 'PadV2', 'GatherV2'],
]);

export const isMove = (kernel: string): boolean => MOVES.has(kernel);
