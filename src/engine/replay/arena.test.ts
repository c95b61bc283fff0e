import fc from 'fast-check';
import { expect, it } from 'vitest';
import { planArena } from './arena';
import type { RecordedBuffer, RecordedList, RecordedProgram } from './list';

const buffer = (size: number): RecordedBuffer => ({
  outer: null,
  size,
  input: null,
  values: null,
  overwritten: false,
  type: 'float32',
});
const pipeline: GPUComputePipeline = { label: '', __brand: 'GPUComputePipeline', getBindGroupLayout: fail };
function fail(): never {
  throw new Error('not asked for');
}
const program = (buffers: readonly number[]): RecordedProgram => ({
  operation: 'Add',
  shader: 'add',
  pipeline,
  dispatch: [1, 1, 1],
  buffers,
  uniforms: new Uint8Array(0),
  open: [],
});

const lists = fc
  .tuple(
    fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 12 }),
    fc.array(fc.array(fc.nat(11), { minLength: 1, maxLength: 4 }), { maxLength: 20 }),
  )
  .map(([sizes, uses]): RecordedList => ({
    buffers: sizes.map((size) => buffer(4 * size)),
    programs: uses.map((used) => program(used.filter((at) => at < sizes.length))),
  }));

it('never lets buffers share memory while both are in use, and has room for each', () => {
  fc.assert(
    fc.property(lists, (list) => {
      const { sizes, slots } = planArena(list);
      const uses = (at: number) =>
        list.programs.flatMap(({ buffers }, p) => (buffers.includes(at) ? [p] : []));
      list.buffers.forEach(({ size }, a) => {
        if (uses(a).length === 0) return;
        expect(sizes[slots[a]!]).toBeGreaterThanOrEqual(size);
        for (let b = 0; b < a; b++) {
          if (slots[b] !== slots[a] || uses(b).length === 0) continue;
          const [first, last] = [Math.min(...uses(a)), Math.max(...uses(a))];
          expect(Math.max(...uses(b)) < first || Math.min(...uses(b)) > last).toBe(true);
        }
      });
    }),
  );
});

it('needs the memory of two where each value is read by the next program alone', () => {
  const list: RecordedList = {
    buffers: [buffer(40), buffer(80), buffer(40), buffer(80)],
    programs: [program([0]), program([1, 0]), program([2, 1]), program([3, 2])],
  };
  expect(planArena(list).sizes).toEqual([80, 40]);
});

it('keeps values that a program writes over from the first program on', () => {
  const seeded: RecordedBuffer = { ...buffer(40), values: new Uint8Array(40), overwritten: true };
  const constant: RecordedBuffer = { ...buffer(40), values: new Uint8Array(40) };
  const list: RecordedList = {
    buffers: [buffer(40), seeded, constant],
    programs: [program([0, 2]), program([1, 2])],
  };
  expect(planArena(list).slots).toEqual([expect.any(Number), expect.any(Number), null]);
  expect(planArena(list).sizes).toEqual([40, 40]);
});
