import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../backend';
import { bindInputs, checkOutputs, outputShape, parseContract } from './contract';
import { defineOperation } from './defineOperation';

/** A contract of a few inputs over the letters a to d, and numbers. */
const contracts = fc
  .array(
    fc.array(
      fc.oneof(
        fc.constantFrom('a', 'b', 'c', 'd'),
        fc.integer({ min: 1, max: 4 }).map(String),
        fc
          .tuple(fc.integer({ min: 2, max: 3 }), fc.constantFrom('a', 'b'))
          .map(([times, letter]) => `${times}${letter}`),
      ),
      { minLength: 1, maxLength: 4 },
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((inputs) => inputs.map((terms, i) => ({ name: `input${i}`, terms })));

const sizes = fc.record({
  a: fc.integer({ min: 1, max: 9 }),
  b: fc.integer({ min: 1, max: 9 }),
  c: fc.integer({ min: 1, max: 9 }),
  d: fc.integer({ min: 1, max: 9 }),
});

type Sizes = Readonly<Record<string, number>>;

const lengthOf = (term: string, bound: Sizes): number => {
  const [, factor, letter] = /^(\d*)([a-d]?)$/.exec(term)!;
  return (factor === '' ? 1 : Number(factor)) * (letter === '' ? 1 : bound[letter!]!);
};

type Terms = readonly { readonly name: string; readonly terms: readonly string[] }[];

const textOf = (inputs: Terms): string =>
  inputs.map(({ name, terms }) => `${name}: ${terms.join(',')}`).join('; ');
const shapesOf = (inputs: Terms, bound: Sizes): Record<string, { shape: number[] }> =>
  Object.fromEntries(
    inputs.map(({ name, terms }) => [name, { shape: terms.map((term) => lengthOf(term, bound)) }]),
  );

describe('a shape contract', () => {
  it('takes every consistent binding, and finds it', () => {
    fc.assert(
      fc.property(contracts, sizes, (inputs, bound) => {
        const contract = parseContract(`${textOf(inputs)} -> ${inputs[0]!.terms.join(',')}`);
        const given = shapesOf(inputs, bound);
        const binding = bindInputs('operation', contract, given);
        for (const [letter, size] of Object.entries(binding.sizes))
          expect(size).toBe((bound as Sizes)[letter]);
        const shape = inputs[0]!.terms.map((term) => lengthOf(term, bound));
        expect(outputShape(contract, 0, binding)).toEqual(shape);
        checkOutputs('operation', contract, [{ shape }], binding);
        const wrong = [...shape.slice(1), shape[0]! + 1];
        expect(() => checkOutputs('operation', contract, [{ shape: wrong }], binding)).toThrow(RangeError);
      }),
    );
  });

  it('refuses every single broken dimension that something else fixes, and names its input', () => {
    fc.assert(
      fc.property(contracts, sizes, fc.nat(), fc.integer({ min: 1, max: 3 }), (inputs, bound, pick, by) => {
        const places = inputs.flatMap(({ name, terms }) => terms.map((term, axis) => ({ name, term, axis })));
        const { name, term, axis } = places[pick % places.length]!;
        const letter = term.replace(/\d/g, '');
        const others = places.filter((place) => place.term.replace(/\d/g, '') === letter).length - 1;
        fc.pre(letter === '' || others > 0);
        const given = shapesOf(inputs, bound);
        given[name]!.shape[axis]! += by;
        const contract = parseContract(textOf(inputs));
        expect(() => bindInputs('operation', contract, given)).toThrow(RangeError);
        expect(() => bindInputs('operation', contract, given)).toThrow(
          new RegExp(
            `^operation needs .* but got .*${name} \\[${given[name]!.shape.join(', ')}\\].*: .*input\\d`,
          ),
        );
      }),
    );
  });

  it('refuses a missing dimension and one too many', () => {
    fc.assert(
      fc.property(contracts, sizes, fc.boolean(), (inputs, bound, more) => {
        const given = shapesOf(inputs, bound);
        const { name } = inputs[inputs.length - 1]!;
        const { shape } = given[name]!;
        if (more) shape.push(1);
        else shape.pop();
        expect(() => bindInputs('operation', parseContract(textOf(inputs)), given)).toThrow(
          `${name} has ${shape.length} dimensions`,
        );
      }),
    );
  });

  it('says in one sentence what was expected, what came, and which dimension is wrong', () => {
    const contract = parseContract('x: B,in; weight: in,out; bias?: out -> B,out');
    const given = { x: { shape: [9, 10] }, weight: { shape: [11, 3] } };
    expect(() => bindInputs('dense', contract, given)).toThrow(
      'dense needs x [B, in], weight [in, out] and bias [out] or none but got x [9, 10] and weight [11, 3]: ' +
        'in is 10, but dimension 0 of weight is 11.',
    );
    expect(() => bindInputs('dense', contract, { x: { shape: [9, 10] } })).toThrow('weight is missing');
    expect(
      bindInputs('dense', contract, { x: { shape: [9, 10] }, weight: { shape: [10, 3] } }).sizes,
    ).toEqual({
      B: 9,
      in: 10,
      out: 3,
    });
  });

  it('binds a run of dimensions wherever ... stands', () => {
    const contract = parseContract('x: N,B,...; weight: B,1; mean: N,1,... -> N,B,...');
    const given = { x: { shape: [3, 5, 7, 2] }, weight: { shape: [5, 1] }, mean: { shape: [3, 1, 7, 2] } };
    expect(outputShape(contract, 0, bindInputs('norm', contract, given))).toEqual([3, 5, 7, 2]);
    expect(() => bindInputs('norm', contract, { ...given, mean: { shape: [3, 1, 7] } })).toThrow(
      '... is [7, 2] elsewhere and [7] in mean',
    );
  });

  it('binds products once their other letters are known, in any order', () => {
    const contract = parseContract('weight: N,E*w; x: B,E,w');
    expect(
      bindInputs('heads', contract, { weight: { shape: [2, 12] }, x: { shape: [5, 3, 4] } }).sizes,
    ).toEqual({
      N: 2,
      B: 5,
      E: 3,
      w: 4,
    });
    expect(() =>
      bindInputs('heads', contract, { weight: { shape: [2, 13] }, x: { shape: [5, 3, 4] } }),
    ).toThrow('dimension 1 of weight should be E*w and is 13');
  });

  it('is refused itself where it is none', () => {
    expect(() => parseContract('x: B,?w')).toThrow('is no dimension');
    expect(() => parseContract('B,w -> B')).toThrow('has no name');
  });
});

describe('an operation', () => {
  beforeAll(async () => {
    await openBackend('cpu');
  });

  const scaled = defineOperation({
    name: 'testScaled',
    shapes: 'x: B,w; scale: w; mask?: B,w -> B,w | doubled: B,w',
    forward: ({ x, scale, mask }) => {
      const doubled = tf.mul(tf.mul(x, scale), 2);
      return { y: mask ? tf.mul(doubled, mask) : tf.clone(doubled), doubled };
    },
    save: ['x', 'scale', 'mask'],
    constants: ['mask'],
    gradient: ({ dy, x, scale, mask }) => {
      const d = tf.mul(mask ? tf.mul(dy, mask) : dy, 2);
      return { x: () => tf.mul(d, scale), scale: () => tf.sum(tf.mul(d, x), 0) };
    },
  });

  it('saves inputs by name, whether optional ones are there or not, and leaves nothing behind', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const x = tf.tensor2d([1, 2, 3, 4], [2, 2]);
      const scale = tf.tensor1d([5, 6]);
      const mask = tf.tensor2d([1, 0, 0, 1], [2, 2]);
      const of = (given: tf.Tensor2D | null) =>
        tf
          .grads((a: tf.Tensor, b: tf.Tensor) => {
            const y = scaled({ x: a as tf.Tensor2D, scale: b as tf.Tensor1D, mask: given });
            return tf.sum(y);
          })([x, scale])
          .map((gradient) => [...gradient.dataSync()]);
      expect(of(null)).toEqual([
        [10, 12, 10, 12],
        [8, 12],
      ]);
      expect(of(mask)).toEqual([
        [10, 0, 0, 12],
        [2, 8],
      ]);
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('passes no gradient through a constant, and refuses that by an input it names none for', () => {
    tf.tidy(() => {
      const x = tf.tensor2d([1, 2, 3, 4], [2, 2]);
      const scale = tf.tensor1d([5, 6]);
      const byMask = tf.grad((mask: tf.Tensor) =>
        tf.sum(tf.add(mask, scaled({ x, scale, mask: mask as tf.Tensor2D }))),
      );
      expect([...byMask(tf.ones([2, 2])).dataSync()]).toEqual([1, 1, 1, 1]);
      const half = defineOperation({
        name: 'testHalf',
        shapes: 'x: ...; route: ... -> ...',
        forward: ({ x: given, route }) => tf.mul(given, route),
        save: ['route'],
        gradient: ({ dy, route }) => ({ x: () => tf.mul(dy, route) }),
      });
      expect(() => tf.grad((route: tf.Tensor) => half({ x, route }))(x)).toThrow(
        'testHalf has no gradient by its route',
      );
    });
  });

  it('checks what its composed form makes', () => {
    const wrong = defineOperation({
      name: 'testWrong',
      shapes: 'x: B,w -> w,B',
      forward: ({ x }) => tf.clone(x),
    });
    expect(() => tf.tidy(() => wrong({ x: tf.zeros([2, 3]) }))).toThrow(
      'testWrong should make y [w, B] but made [2, 3]: w is 3, but dimension 0 of y is 2.',
    );
  });
});
