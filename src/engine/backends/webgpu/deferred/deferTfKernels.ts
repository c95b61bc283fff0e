/** The library's element-wise kernels, layouts, sums and products on WebGPU, deferred. What is not covered runs as before. */
import * as tf from '@tensorflow/tfjs-core';
import { float } from '../program';
import { broadcastPlace, placeOf, stridesOf, type Axis } from './layout';
import { isFloat, MOST_OPERANDS, moved, noteParts, sideBySide, sizeOf, slice, transposed } from './moves';
import { deferFold, deferFormula, deferProduct, dropInfo } from './values';

type Inputs = Readonly<Record<string, tf.TensorInfo>>;
type Attributes = Readonly<Record<string, unknown>>;
/** Null: not this call. */
type Deferred = (inputs: Inputs, attributes: Attributes) => tf.TensorInfo | null;

/** Folds up to this long may be part of a formula. */
const SHORT = 32;

const isLogical = (x: tf.TensorInfo): boolean => x.dtype === 'bool';

function replace(kernelName: string, deferred: Deferred): void {
  const theirs = tf.getKernel(kernelName, 'webgpu');
  if (!theirs) return;
  tf.unregisterKernel(kernelName, 'webgpu');
  tf.registerKernel({
    ...theirs,
    kernelFunc: (call) => {
      const inputs = call.inputs as unknown as Inputs;
      const empty = Object.values(inputs).some((input) => sizeOf(input.shape) === 0);
      return (empty ? null : deferred(inputs, call.attrs ?? {})) ?? theirs.kernelFunc(call);
    },
  });
}

/** Element by element over two broadcast operands `a` and `b`. */
function binary(name: string, code: string, dtype: 'float32' | 'bool' = 'float32'): void {
  replace(name, ({ a, b }) => {
    const [x, y] = [a!, b!];
    const logical = name.startsWith('Logical');
    if (!(logical ? isLogical(x) && isLogical(y) : isFloat(x) && isFloat(y))) return null;
    const shape = tf.backend_util.assertAndGetBroadcastShape(x.shape, y.shape);
    const reads = code
      .replaceAll('$a', `a[${broadcastPlace(x.shape, shape)}]`)
      .replaceAll('$b', `b[${broadcastPlace(y.shape, shape)}]`);
    return deferFormula({ name, shape, dtype, inputs: { a: x, b: y }, code: `return ${reads};`, cost: 2 });
  });
}

/** Element by element over one float operand; `value` is its number. */
function unary(name: string, code: string, numbers: readonly string[] = []): void {
  replace(name, ({ x }, attributes) => {
    if (!isFloat(x!)) return null;
    const uniforms = Object.fromEntries(
      numbers.map((number) => [number, float(attributes[number] as number)]),
    );
    const body = `let value = x[index]; return ${code};`;
    return deferFormula({ name, shape: x!.shape, inputs: { x: x! }, uniforms, code: body, cost: 4 });
  });
}

/** Kernels with a list of inputs get it as an object with numbers for names. */
const listOf = (inputs: Inputs): tf.TensorInfo[] => Object.values(inputs);

function filled(name: string, value: number): void {
  replace(name, ({ x }) => (isFloat(x!) ? constant(name, x!.shape, value) : null));
}

/** `[outer, count, inner]` of a reduction whose axes are neighbours. */
function foldLayout(dims: readonly number[], axes: readonly number[]): readonly [number, number, number] {
  const from = axes[0] ?? 0;
  const to = from + axes.length;
  return [sizeOf(dims.slice(0, from)), sizeOf(dims.slice(from, to)), sizeOf(dims.slice(to))];
}

function folded(name: 'Sum' | 'Mean' | 'Max'): void {
  replace(name, (inputs, { axis, reductionIndices, keepDims }) => {
    const x = inputs.x!;
    if (!isFloat(x)) return null;
    const asked = (axis ?? reductionIndices) as number | number[];
    const axes = tf.util.parseAxisParam(asked, x.shape).sort((a, b) => a - b);
    const shape = x.shape.flatMap((length, at) => (axes.includes(at) ? (keepDims ? [1] : []) : [length]));
    if (axes.every((each, i) => i === 0 || each === axes[i - 1]! + 1))
      return fold(name, x, shape, foldLayout(x.shape, axes));
    // What is folded comes last.
    const kept = x.shape.flatMap((_, at) => (axes.includes(at) ? [] : [at]));
    const last = transposed(x, [...kept, ...axes]);
    const whole = fold(name, last, shape, [sizeOf(shape), sizeOf(x.shape) / sizeOf(shape), 1]);
    dropInfo(last);
    return whole;
  });
}

function fold(
  name: 'Sum' | 'Mean' | 'Max',
  x: tf.TensorInfo,
  shape: readonly number[],
  layout: readonly [number, number, number],
): tf.TensorInfo {
  const [, count, inner] = layout;
  if (count === 1) return moved(name, x, shape, 'index');
  const scale = name === 'Mean' ? 1 / count : 1;
  if (count > SHORT) {
    const whole = deferFold(name === 'Max' ? 'max' : 'sum', x, shape, layout);
    if (name !== 'Mean') return whole;
    const mean = deferFormula({
      name,
      shape,
      inputs: { x: whole },
      uniforms: { scale: float(scale) },
      code: 'return x[index] * uniforms.scale;',
    });
    dropInfo(whole);
    return mean;
  }
  const next = `x[base + r * ${inner}]`;
  return deferFormula({
    name,
    shape,
    inputs: { x },
    uniforms: { scale: float(scale) },
    code: `
      let base = index / ${inner} * ${count * inner} + index % ${inner};
      var whole = ${name === 'Max' ? 'x[base]' : '0.0'};
      for (var r = 0; r < ${count}; r = r + 1) { whole = ${name === 'Max' ? `max(whole, ${next})` : `whole + ${next}`}; }
      return whole * uniforms.scale;`,
    reads: count,
    cost: 2 * count,
  });
}

/** Over the last axis: the shift by the largest and the sum of exponentials, then `code` of them. */
function softmax(name: string, code: string): void {
  replace(name, ({ logits }) => {
    const { shape } = logits!;
    const n = shape.at(-1) ?? 1;
    if (!isFloat(logits!) || n > SHORT) return null;
    return deferFormula({
      name,
      shape,
      inputs: { logits: logits! },
      code: `
        let base = index / ${n} * ${n};
        var top = logits[base];
        for (var c = 1; c < ${n}; c = c + 1) { top = max(top, logits[base + c]); }
        var whole = 0.0;
        for (var c = 0; c < ${n}; c = c + 1) { whole = whole + exp(logits[base + c] - top); }
        return ${code};`,
      reads: 2 * n + 1,
      cost: 6 * n,
    });
  });
}

/** A tensor that holds one number everywhere. */
function constant(name: string, shape: readonly number[], value: number): tf.TensorInfo {
  const uniforms = { value: float(value) };
  return deferFormula({ name, shape, inputs: {}, uniforms, code: 'return uniforms.value;', cost: 1 });
}

let replaced = false;

/** Puts them in their places; once is enough. The backend's own must be registered. */
export function deferLibraryKernels(): void {
  if (replaced) return;
  replaced = true;
  binary('Add', '$a + $b');
  binary('Sub', '$a - $b');
  binary('Multiply', '$a * $b');
  binary('RealDiv', '$a / $b');
  binary('Maximum', 'max($a, $b)');
  binary('Minimum', 'min($a, $b)');
  binary('SquaredDifference', '($a - $b) * ($a - $b)');
  binary('Greater', 'select(0.0, 1.0, $a > $b)', 'bool');
  binary('GreaterEqual', 'select(0.0, 1.0, $a >= $b)', 'bool');
  binary('Less', 'select(0.0, 1.0, $a < $b)', 'bool');
  binary('LessEqual', 'select(0.0, 1.0, $a <= $b)', 'bool');
  binary('Equal', 'select(0.0, 1.0, $a == $b)', 'bool');
  binary('NotEqual', 'select(0.0, 1.0, $a != $b)', 'bool');
  binary('LogicalAnd', '$a * $b', 'bool');
  unary('Neg', '-value');
  unary('Square', 'value * value');
  unary('Sqrt', 'sqrt(value)');
  unary('Rsqrt', 'inverseSqrt(value)');
  unary('Exp', 'exp(value)');
  unary('Log', 'log(value)');
  unary('Log1p', 'log(1.0 + value)');
  unary('Expm1', 'exp(value) - 1.0');
  unary('Sigmoid', '1.0 / (1.0 + exp(-value))');
  unary('Softplus', 'max(value, 0.0) + log(1.0 + exp(-abs(value)))');
  unary('Tanh', 'tanh(clamp(value, -15.0, 15.0))');
  unary('Relu', 'max(value, 0.0)');
  unary('Abs', 'abs(value)');
  unary('Sign', 'sign(value)');
  unary('Reciprocal', '1.0 / value');
  unary('Step', 'select(uniforms.alpha, 1.0, value > 0.0)', ['alpha']);
  unary('LeakyRelu', 'select(uniforms.alpha * value, value, value > 0.0)', ['alpha']);
  unary('ClipByValue', 'clamp(value, uniforms.clipValueMin, uniforms.clipValueMax)', [
    'clipValueMin',
    'clipValueMax',
  ]);
  replace('LogicalNot', ({ x }) => {
    const code = 'return 1.0 - x[index];';
    return deferFormula({ name: 'LogicalNot', shape: x!.shape, dtype: 'bool', inputs: { x: x! }, code });
  });
  /** Integers and truth values to floats. */
  replace('Cast', ({ x }, { dtype }) => {
    if (dtype !== 'float32' || isFloat(x!)) return null;
    if (x!.dtype !== 'int32' && !isLogical(x!)) return null;
    return deferFormula({
      name: 'Cast',
      shape: x!.shape,
      inputs: { x: x! },
      code: 'return x[index];',
      layout: true,
    });
  });
  replace('Select', ({ condition, t, e }) => {
    const same = [t!, e!].every(({ shape }) => tf.util.arraysEqual(shape, condition!.shape));
    if (!same || !isFloat(t!) || !isFloat(e!) || !isLogical(condition!)) return null;
    const inputs = { condition: condition!, t: t!, e: e! };
    const code = 'if (condition[index] != 0.0) { return t[index]; } return e[index];';
    return deferFormula({ name: 'Select', shape: t!.shape, inputs, code });
  });
  replace('AddN', (inputs) => {
    const list = listOf(inputs);
    if (list.length > MOST_OPERANDS || !list.every(isFloat)) return null;
    const named = Object.fromEntries(list.map((each, i) => [`part${i}`, each]));
    const code = `return ${list.map((_, i) => `part${i}[index]`).join(' + ')};`;
    return deferFormula({ name: 'AddN', shape: list[0]!.shape, inputs: named, code, cost: list.length });
  });
  replace('Fill', (_, { shape, value, dtype }) => {
    const known = dtype === 'float32' && sizeOf(shape as number[]) > 0;
    return known ? constant('Fill', shape as number[], value as number) : null;
  });
  replace('Transpose', ({ x }, { perm }) => (isFloat(x!) ? transposed(x!, perm as number[]) : null));
  replace('Tile', ({ x }, { reps }) => {
    if (!isFloat(x!)) return null;
    const times = reps as readonly number[];
    const strides = stridesOf(x!.shape);
    const axes = x!.shape.flatMap((length, axis): Axis[] => [
      { length: times[axis]!, stride: 0 },
      { length, stride: length === 1 ? 0 : strides[axis]! },
    ]);
    const shape = x!.shape.map((length, axis) => length * times[axis]!);
    return moved('Tile', x!, shape, placeOf(axes));
  });
  replace('Slice', ({ x }, { begin, size }) => {
    if (!isFloat(x!)) return null;
    const [from, lengths] = tf.slice_util.parseSliceParams(
      x as tf.Tensor,
      begin as number[],
      size as number[],
    ) as [number[], number[]];
    return sizeOf(lengths) === 0 ? null : slice(x!, from, lengths);
  });
  replace('PadV2', ({ x }, { paddings, constantValue }) => {
    if (!isFloat(x!)) return null;
    const pads = paddings as readonly (readonly [number, number])[];
    const shape = x!.shape.map((length, axis) => length + pads[axis]![0] + pads[axis]![1]);
    const [outer, inner] = [stridesOf(shape), stridesOf(x!.shape)];
    const places = x!.shape.map((length, axis) => {
      const [before] = pads[axis]!;
      const own = `index / ${outer[axis]!} % ${shape[axis]!} - ${before}`;
      const inside =
        shape[axis] === length
          ? ''
          : `if (c${axis} < 0 || c${axis} >= ${length}) { return uniforms.around; }`;
      return `let c${axis} = ${own}; ${inside}`;
    });
    const place = x!.shape.map((_, axis) => `c${axis} * ${inner[axis]!}`).join(' + ');
    return deferFormula({
      name: 'PadV2',
      shape,
      inputs: { x: x! },
      uniforms: { around: float(constantValue as number) },
      code: `${places.join(' ')} return x[${place}];`,
      layout: true,
      cost: 2,
    });
  });
  replace('Concat', (inputs, { axis }) => {
    const list = listOf(inputs);
    const along = tf.util.parseAxisParam(axis as number, list[0]!.shape)[0]!;
    const shape = tf.backend_util.computeOutShape(
      list.map((each) => each.shape),
      along,
    );
    const whole = sideBySide(
      'Concat',
      list,
      list.map((each) => sizeOf(each.shape.slice(along))),
      shape,
    );
    if (whole) noteParts(whole, along, list);
    return whole;
  });
  replace('Pack', (inputs, { axis }) => {
    const list = listOf(inputs);
    const first = list[0]!.shape;
    const along = axis as number;
    const shape = [...first.slice(0, along), list.length, ...first.slice(along)];
    return sideBySide(
      'Pack',
      list,
      list.map(() => sizeOf(first.slice(along))),
      shape,
    );
  });
  replace('OneHot', ({ indices }, { depth, onValue, offValue, dtype }) => {
    if (dtype !== 'float32' && dtype !== 'int32') return null;
    return deferFormula({
      name: 'OneHot',
      dtype,
      shape: [...indices!.shape, depth as number],
      inputs: { indices: indices! },
      uniforms: { on: float(onValue as number), off: float(offValue as number) },
      code: `return select(uniforms.off, uniforms.on, i32(indices[index / ${depth as number}]) == index % ${depth as number});`,
    });
  });
  filled('ZerosLike', 0);
  filled('OnesLike', 1);
  folded('Sum');
  folded('Mean');
  folded('Max');
  softmax('Softmax', 'exp(logits[index] - top) / whole');
  softmax('LogSoftmax', 'logits[index] - top - log(whole)');
  replace('BatchMatMul', ({ a, b }, { transposeA, transposeB }) => {
    const [x, y] = [a!, b!];
    if (!isFloat(x) || !isFloat(y)) return null;
    const [batchA, batchB] = [sizeOf(x.shape.slice(0, -2)), sizeOf(y.shape.slice(0, -2))];
    if (batchA !== batchB && batchA !== 1 && batchB !== 1) return null;
    const [rows, columns] = x.shape.slice(-2) as [number, number];
    const [m, k] = transposeA ? [columns, rows] : [rows, columns];
    const n = y.shape.at(transposeB ? -2 : -1)!;
    const outer = batchA >= batchB ? x.shape.slice(0, -2) : y.shape.slice(0, -2);
    return deferProduct({
      a: x,
      b: y,
      shape: [...outer, m, n],
      batch: Math.max(batchA, batchB),
      m,
      n,
      k,
      transposeA: transposeA === true,
      transposeB: transposeB === true,
      sharedA: batchA < batchB,
      sharedB: batchB < batchA,
    });
  });
}
