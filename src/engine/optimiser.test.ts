import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  assignParameter,
  createAdam,
  createTable,
  createVariables,
  openBackend,
  planRows,
  readTensor,
  uniformArray,
  type Adam,
  type BackendName,
} from '.';

const IDS = Int32Array.of(1, 3, 0, 3);

/** Two parameters, a table, and a step with gradients that follow from its number. */
function setup() {
  const variables = createVariables(2);
  const a = variables.parameter('a', 'weight', [3, 2], variables.glorot('a', [3, 2], 3, 2));
  const b = variables.parameter('b', 'bias', [5], new Float32Array(5));
  const table = createTable(6, 2, 2);
  const optimiser = createAdam({ parameters: variables.parameters, table });
  const step = (number: number, withTable = true): void =>
    tf.tidy(() => {
      const draw = (name: string, shape: number[]): tf.Tensor =>
        tf.tensor(uniformArray(number, name, tf.util.sizeFromShape(shape), -1, 1), shape);
      optimiser.apply({
        gradients: [draw('a', [3, 2]), draw('b', [5])],
        rowGradient: withTable ? (draw('rows', [4, 2]) as tf.Tensor2D) : null,
        plan: withTable ? planRows(IDS, 6) : null,
        learningRate: 0.1,
        l2: 0.01,
        batch: 2,
      });
    });
  const read = async (): Promise<number[][]> =>
    (await Promise.all([a, b, table].map((variable) => readTensor(variable)))).map((values) => [...values]);
  return { a, b, table, optimiser, step, read };
}

const momentsOf = async (optimiser: Adam, name: string): Promise<number[]> => [
  ...(await optimiser.snapshot())[`adam.moments.${name}`]!,
];

describe.each<BackendName>(['cpu', 'wasm'])('Adam on %s', (backend) => {
  beforeAll(async () => {
    expect((await openBackend(backend)).name).toBe(backend);
  });

  it('goes on from a snapshot to the same bits', async () => {
    const whole = setup();
    for (let number = 1; number <= 6; number++) whole.step(number);
    const first = setup();
    for (let number = 1; number <= 3; number++) first.step(number);
    const snapshot = await first.optimiser.snapshot();
    const values = await first.read();
    const second = setup();
    second.optimiser.restore(snapshot);
    [second.a, second.b, second.table].forEach((variable, i) =>
      assignParameter(variable, Float32Array.from(values[i]!)),
    );
    for (let number = 4; number <= 6; number++) second.step(number);
    expect(await second.read()).toEqual(await whole.read());
  });

  it('keeps moments of what gets no gradient any more from becoming denormal numbers', async () => {
    const { optimiser, step, read } = setup();
    for (let number = 1; number <= 5; number++) step(number);
    const rest = (): void =>
      tf.tidy(() =>
        optimiser.apply({
          gradients: [tf.zeros([3, 2]), tf.zeros([5])],
          // Rows 1 and 3 come no more.
          rowGradient: tf.fill<tf.Rank.R2>([1, 2], 0.5),
          plan: planRows(Int32Array.of(2), 6),
          learningRate: 0.1,
          l2: 0,
          batch: 1,
        }),
      );
    for (let number = 6; number <= 700; number++) rest();
    const values = await read();
    // Without it these moments were denormal from step 800 or so on, and for ever.
    for (let number = 701; number <= 1100; number++) rest();
    const moments = await Promise.all(['a', 'b', 'embedding'].map((name) => momentsOf(optimiser, name)));
    expect(moments.flat().filter((value) => value !== 0 && Math.abs(value) < 2 ** -126)).toEqual([]);
    for (const own of moments.slice(0, 2))
      expect(own.slice(0, own.length / 2).every((m) => m === 0)).toBe(true);
    const row = (table: number[], id: number): number[] => table.slice(2 * id, 2 * id + 2);
    expect(row(moments[2]!, 3)).toEqual([0, 0]);
    expect(row(moments[2]!, 2).every((m) => m > 0.4)).toBe(true);
    const after = await read();
    expect(after.slice(0, 2)).toEqual(values.slice(0, 2));
    expect(row(after[2]!, 3)).toEqual(row(values[2]!, 3));
  });

  it('leaves what does not train: its values and its moments', async () => {
    const { optimiser, step, read } = setup();
    step(1);
    const before = await read();
    const moments = await momentsOf(optimiser, 'a');
    optimiser.setTrainable(['b']);
    step(2);
    const after = await read();
    expect(after[0]).toEqual(before[0]);
    expect(after[1]).not.toEqual(before[1]);
    expect(after[2]).toEqual(before[2]);
    expect(await momentsOf(optimiser, 'a')).toEqual(moments);
    optimiser.setTrainable(null);
    step(3);
    expect((await read())[0]).not.toEqual(before[0]);
    expect(() => optimiser.setTrainable(['c'])).toThrow('No variable is named c');
  });

  it('touches only rows that were met, then lets their moments decay', async () => {
    const { step, read, table } = setup();
    const start = [...(await readTensor(table))];
    step(1);
    const [, , once] = await read();
    for (const row of [0, 2, 4, 5]) {
      expect(once!.slice(2 * row, 2 * row + 2)).toEqual(start.slice(2 * row, 2 * row + 2));
    }
    for (const row of [1, 3]) expect(once![2 * row]).not.toBe(start[2 * row]);
  });

  it('starts anew after a reset', async () => {
    const { optimiser, step } = setup();
    step(1);
    optimiser.reset();
    const snapshot = await optimiser.snapshot();
    for (const [name, values] of Object.entries(snapshot)) {
      expect(
        values.every((value) => value === 0),
        name,
      ).toBe(true);
    }
  });

  it('names a moment that a snapshot lacks', () => {
    const { optimiser } = setup();
    expect(() => optimiser.restore({})).toThrow('no moments of a');
  });
});
