/**
 * How far a model on the current backend is from its fixture. Knows no test runner and no file system, so the same
 * comparison runs under vitest and in a page.
 */
import * as tf from '@tensorflow/tfjs-core';
import { createAdam, gatherTable, readTensor, runStep } from '../../src/engine';
import type { AnyModel } from '../../src/models/definition';
import {
  buildFixtureModel,
  forwardRows,
  scriptedMode,
  type Fixture,
  type Named,
  type TensorValues,
} from './fixture';

export type Part = 'output' | 'loss' | 'gradient' | 'state' | 'adam';

/** Largest difference of one tensor, in units of its size. */
export interface Deviation {
  readonly part: Part;
  readonly what: string;
  readonly error: number;
}

/** Elements that may be left out after Adam because rounding decides their direction. */
const MOST_FRAGILE = 0.05;

const largest = (list: readonly number[]): number => list.reduce((m, v) => Math.max(m, Math.abs(v)), 0);

/** Largest absolute difference, in units of `scale`; infinite where something is no number. */
function difference(
  got: ArrayLike<number>,
  wanted: readonly number[],
  scale: number,
  skip?: ReadonlySet<number>,
): number {
  let worst = 0;
  wanted.forEach((value, i) => {
    if (skip?.has(i)) return;
    const found = Math.abs(got[i]! - value) / scale;
    worst = Number.isFinite(found) ? Math.max(worst, found) : Number.POSITIVE_INFINITY;
  });
  return worst;
}

function pick(record: Readonly<Record<string, tf.Tensor>>, name: string): tf.Tensor {
  const found = record[name];
  if (!found) throw new Error(`The model gives no ${name}; it gives ${Object.keys(record).join(', ')}.`);
  return found;
}

function demandNames(what: string, got: readonly string[], wanted: readonly string[]): void {
  if ([...got].sort().join() !== [...wanted].sort().join())
    throw new Error(`The model's ${what} are ${got.join(', ')}; the fixture's ${wanted.join(', ')}.`);
}

/** Difference in units of the tensor's size, or of 1 where it is smaller. @throws Error where shapes differ. */
async function compareTensor(
  part: Part,
  what: string,
  got: tf.Tensor,
  wanted: TensorValues,
  skip?: ReadonlySet<number>,
): Promise<Deviation> {
  if (got.shape.join() !== wanted.shape.join())
    throw new Error(
      `${what} has the shape [${got.shape.join()}]; the fixture's has [${wanted.shape.join()}].`,
    );
  const scale = Math.max(1, largest(wanted.values));
  return { part, what, error: difference(await readTensor(got), wanted.values, scale, skip) };
}

interface VariableNames {
  readonly parameters: Named<readonly number[]>;
  readonly states: Named<readonly number[]>;
  readonly kinds: Named<string>;
}

/** Variables by name with shape and kind, as the model and as the fixture have them. */
export function variablesOf(
  model: AnyModel,
  fixture: Fixture,
): { readonly got: VariableNames; readonly wanted: VariableNames } {
  const shapes = (record: Named) =>
    Object.fromEntries(Object.entries(record).map(([name, { shape }]) => [name, [...shape]]));
  const named = (list: readonly { name: string; tensor: tf.Tensor }[]) =>
    Object.fromEntries(list.map(({ name, tensor }) => [name, [...tensor.shape]]));
  return {
    got: {
      parameters: named(model.parameters),
      states: named(model.states),
      kinds: Object.fromEntries(model.parameters.map(({ name, kind }) => [name, kind])),
    },
    wanted: {
      parameters: shapes(fixture.parameters),
      states: shapes(fixture.states),
      kinds: Object.fromEntries(Object.entries(fixture.parameters).map(([name, { kind }]) => [name, kind])),
    },
  };
}

/** Outputs, loss terms, gradients and recorded states of one training pass; gradients beside the largest of all. */
export async function compareTraining(model: AnyModel, fixture: Fixture): Promise<Deviation[]> {
  const { train } = fixture;
  const found = tf.tidy(() => {
    const mode = scriptedMode(fixture, 'train');
    const rows = gatherTable(model.table, tf.tensor1d([...fixture.batch.ids], 'int32'));
    const kept: { outputs: Record<string, tf.Tensor>; terms: Record<string, tf.Tensor> } = {
      outputs: {},
      terms: {},
    };
    const keep = (record: Readonly<Record<string, tf.Tensor>>) =>
      Object.fromEntries(Object.entries(record).map(([name, t]) => [name, tf.keep(tf.clone(t))]));
    const { value, grads } = tf.engine().gradients(
      () => {
        const pass = forwardRows(model, fixture, rows, mode);
        const losses = pass.losses();
        kept.outputs = keep(pass.outputs());
        kept.terms = keep(losses.terms);
        return losses.total;
      },
      [rows, ...model.parameters.map(({ tensor }) => tensor)],
      undefined,
      true,
    );
    const [ofRows, ...rest] = grads as (tf.Tensor | null | undefined)[];
    const gradients: Record<string, tf.Tensor> = {};
    model.parameters.forEach(({ name }, i) => {
      const gradient = rest[i];
      if (gradient) gradients[name] = gradient;
    });
    const states = Object.fromEntries(
      mode
        .drainRecorded()
        .map(({ state, value: given, decay: kept, scale }) => [
          state.name,
          tf.add(tf.mul(state.tensor, kept), tf.mul(tf.reshape(given, state.tensor.shape), scale)),
        ]),
    );
    return { total: value, ...kept, gradients, states, rows: ofRows! };
  });
  demandNames('loss terms', Object.keys(found.terms), Object.keys(train.terms));
  demandNames('recorded states', Object.keys(found.states), Object.keys(train.states));

  const deviations: Deviation[] = [];
  const terms = { total: found.total, ...found.terms };
  for (const [name, wanted] of Object.entries({ total: train.total, ...train.terms })) {
    const scalar = { shape: pick(terms, name).shape, values: [wanted] };
    deviations.push(await compareTensor('loss', `loss ${name}`, pick(terms, name), scalar));
  }
  for (const [name, wanted] of Object.entries(train.outputs))
    deviations.push(await compareTensor('output', `output ${name}`, pick(found.outputs, name), wanted));
  for (const [name, wanted] of Object.entries(train.states))
    deviations.push(await compareTensor('state', `state ${name}`, pick(found.states, name), wanted));

  const all = [...Object.values(train.gradients), train.tableGradient];
  // A gradient that is nothing beside the others is compared against rounding, not against itself.
  const floor = 1e-3 * Math.max(...all.map((wanted) => largest(wanted.values)));
  const compareGradient = (what: string, got: ArrayLike<number>, { values }: TensorValues): void => {
    const error = difference(got, values, Math.max(largest(values), floor));
    deviations.push({ part: 'gradient', what, error });
  };
  for (const { name } of model.parameters) {
    const wanted = train.gradients[name]!;
    const got = found.gradients[name];
    compareGradient(`gradient of ${name}`, got ? await readTensor(got) : wanted.values.map(() => 0), wanted);
  }
  compareGradient(
    'gradient of the table',
    sumRows(fixture, await readTensor(found.rows)),
    train.tableGradient,
  );
  tf.dispose(found);
  return deviations;
}

/** Outputs, scores, columns and probes of one inference pass. */
export async function compareInference(model: AnyModel, fixture: Fixture): Promise<Deviation[]> {
  const { evaluate } = fixture;
  const found = tf.tidy(() => {
    const rows = gatherTable(model.table, tf.tensor1d([...fixture.batch.ids], 'int32'));
    const pass = forwardRows(model, fixture, rows, scriptedMode(fixture, 'evaluate'));
    const { score, probability, columns = {} } = pass.scores();
    const probes = pass.probes();
    const sums = Object.entries(probes).map(([name, { sum }]) => [name, sum] as const);
    const counts = Object.entries(probes).map(([name, { count }]) => [name, count] as const);
    return {
      outputs: { ...pass.outputs() },
      score,
      probability,
      columns: { ...columns },
      sums: Object.fromEntries(sums),
      counts: Object.fromEntries(counts),
    };
  });
  const wanted: [string, tf.Tensor, TensorValues][] = [
    ['score', found.score, evaluate.score],
    ['probability', found.probability, evaluate.probability],
  ];
  const add = (what: string, record: Readonly<Record<string, tf.Tensor>>, values: Named) => {
    for (const [name, value] of Object.entries(values))
      wanted.push([`${what} ${name}`, pick(record, name), value]);
  };
  add('output', found.outputs, evaluate.outputs);
  add('column', found.columns, evaluate.columns);
  for (const [name, { sum, count }] of Object.entries(evaluate.probes)) {
    wanted.push([`probe ${name}: sum`, pick(found.sums, name), sum]);
    wanted.push([`probe ${name}: count`, pick(found.counts, name), count]);
  }
  const deviations: Deviation[] = [];
  for (const [what, got, value] of wanted) deviations.push(await compareTensor('output', what, got, value));
  tf.dispose(found);
  return deviations;
}

/** Parameters, states and table after the fixture's steps of Adam. Moves the model. */
export async function compareAdam(model: AnyModel, fixture: Fixture): Promise<Deviation[]> {
  const { adam } = fixture;
  const optimiser = createAdam({ parameters: model.parameters, table: model.table });
  for (let step = 1; step <= adam.steps; step++) {
    runStep({
      table: model.table,
      parameters: model.parameters,
      optimiser,
      ids: Int32Array.from(fixture.batch.ids),
      batch: fixture.shape.batch,
      learningRate: adam.learningRate,
      l2: adam.l2,
      mode: scriptedMode(fixture, 'train', step),
      build: (rows, mode) => forwardRows(model, fixture, rows, mode).losses(),
    });
  }
  optimiser.dispose();
  const deviations: Deviation[] = [];
  let skipped = 0;
  let compared = 0;
  const compare = async (name: string, tensor: tf.Tensor, wanted: TensorValues) => {
    const skip = new Set(adam.fragile[name] ?? []);
    skipped += skip.size;
    compared += wanted.values.length;
    deviations.push(await compareTensor('adam', `${name} after Adam`, tensor, wanted, skip));
  };
  for (const { name, tensor } of model.parameters) await compare(name, tensor, adam.parameters[name]!);
  for (const { name, tensor } of model.states) await compare(name, tensor, adam.states[name]!);
  await compare('embedding', model.table.tensor, adam.table);
  if (skipped / compared >= MOST_FRAGILE)
    throw new Error(
      `${skipped} of ${compared} elements are ill-conditioned; the fixture compares too little.`,
    );
  return deviations;
}

/** Sums the gradient of gathered rows `[M, d]` into the table's `[V, d]`; padding stays 0. */
function sumRows(fixture: Fixture, rowGradient: ArrayLike<number>): number[] {
  const [vocabulary, dim] = fixture.table.shape as [number, number];
  const sum = new Array<number>(vocabulary * dim).fill(0);
  fixture.batch.ids.forEach((id, m) => {
    if (id === 0) return;
    for (let k = 0; k < dim; k++) sum[id * dim + k]! += rowGradient[m * dim + k]!;
  });
  return sum;
}

/** The whole comparison. @throws Error where variables, names or shapes differ. */
export async function compareFixture(fixture: Fixture): Promise<Deviation[]> {
  const model = buildFixtureModel(fixture);
  try {
    const { got, wanted } = variablesOf(model, fixture);
    const text = ({ parameters, states, kinds }: VariableNames): string =>
      JSON.stringify([parameters, states, kinds].map((record) => Object.entries(record).sort()));
    if (text(got) !== text(wanted)) throw new Error(`${fixture.model} has other variables than its fixture.`);
    return [
      ...(await compareTraining(model, fixture)),
      ...(await compareInference(model, fixture)),
      ...(await compareAdam(model, fixture)),
    ];
  } finally {
    model.dispose();
  }
}
