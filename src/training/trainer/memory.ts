/** Memory is asked for before it is taken: a run that cannot fit is refused in one sentence, with the numbers. */
import {
  createMode,
  memoryLimits,
  peakBytes,
  runStep,
  type Adam,
  type MemoryLimits,
  type VariableFactory,
} from '../../engine';
import { collect } from '../../models/collect';
import { assembleInputs, disposeBatch, uploadBatch } from '../../models/inputs';
import type { HostBatch } from '../../data/batches';
import type { AnyModel, ConfiguredModel, DataShape } from '../../models/definition';
import { formatCount } from '../../data/count';

const FLOAT = 4;
/** Copies of every trained number: itself, two moments of Adam, its gradient, and the best weights so far. */
const COPIES = 5;
/** Moments of a variable are one tensor of twice its size. */
const MOMENTS = 2;

const sizeOf = (shape: readonly number[]): number => shape.reduce((all, length) => all * length, 1);

const inWords = (bytes: number): string =>
  bytes >= 2 ** 30 ? `${(bytes / 2 ** 30).toFixed(1)} GB` : `${Math.ceil(bytes / 2 ** 20)} MB`;

const ADVICE = 'Choose narrower layers or embeddings, a smaller batch, or data with fewer scenarios.';

/**
 * The same factory, which counts what it is asked for before anything is made.
 *
 * @throws RangeError from the call that goes beyond the limits
 */
function withinLimits(factory: VariableFactory, limits: MemoryLimits): VariableFactory {
  let taken = 0;
  function ask(name: string, numbers: number): void {
    const own = FLOAT * MOMENTS * numbers;
    if (own > limits.largest) {
      throw new RangeError(
        `"${name}" has ${formatCount(numbers)} numbers: Adam's moments of it take ${inWords(own)}, and this backend holds at most ${inWords(limits.largest)} in one piece. ${ADVICE}`,
      );
    }
    taken += FLOAT * COPIES * numbers;
    if (taken > limits.total) {
      throw new RangeError(
        `This model needs more than ${inWords(taken)} for parameters, gradients and Adam's moments, and this backend holds at most ${inWords(limits.total)}. ${ADVICE}`,
      );
    }
  }
  return {
    ...factory,
    table(vocabularySize, dim, padding) {
      ask('embedding', vocabularySize * dim);
      return factory.table(vocabularySize, dim, padding);
    },
    // Initial values are made before the variable is: they are asked for here too, and counted there.
    glorot(name, shape, fanIn, fanOut) {
      if (FLOAT * MOMENTS * sizeOf(shape) > limits.largest) ask(name, sizeOf(shape));
      return factory.glorot(name, shape, fanIn, fanOut);
    },
    normal(name, shape, mean, deviation) {
      if (FLOAT * MOMENTS * sizeOf(shape) > limits.largest) ask(name, sizeOf(shape));
      return factory.normal(name, shape, mean, deviation);
    },
    parameter(name, kind, shape, initial, l2Centre) {
      ask(name, sizeOf(shape));
      return factory.parameter(name, kind, shape, initial, l2Centre);
    },
  };
}

/** Runs smaller than this fit everywhere; nothing is measured for them. */
const SMALL_RUN = 128 * 2 ** 20;
/** A step's work grows with the scenarios only where there are many. */
const FEW_SCENARIOS = 32;
/** Rows of the two steps from which a step of a whole batch is estimated. */
const ROWS = [2, 10] as const;

/** An optimiser that changes nothing. */
const idle: Adam = {
  apply: () => undefined,
  advance: () => new Float64Array(0),
  uncounted: (work) => work(),
  setTrainable: () => undefined,
  isTrainable: () => true,
  snapshot: async () => ({}),
  restore: () => undefined,
  reset: () => undefined,
  dispose: () => undefined,
};

/** The most that tensors hold within a step on `batch`, gradients included, of which nothing remains. */
function stepBytes(model: AnyModel, scenarios: number, batch: HostBatch): number {
  const mode = { ...createMode('train', 0, 0), recordState: () => undefined };
  const tensors = uploadBatch(batch);
  const bytes = peakBytes(() =>
    runStep({
      table: model.table,
      parameters: model.parameters,
      optimiser: idle,
      ids: batch.ids,
      batch: batch.layout.batch,
      learningRate: 0,
      l2: 0,
      mode,
      build: (rows, training) =>
        model.forward(assembleInputs(rows, tensors, batch.layout, scenarios), training).losses(),
    }),
  );
  disposeBatch(tensors);
  return bytes;
}

interface Demand {
  readonly configured: ConfiguredModel;
  readonly shape: DataShape;
  readonly factory: VariableFactory;
  /** A batch of so many rows. */
  readonly read: (rows: number) => HostBatch;
  /** Those of the open backend unless said. */
  readonly limits?: MemoryLimits;
}

/**
 * Builds the model if training it fits. What a step holds is estimated from steps of 2 and 10 rows, as it differs from model to
 * model and switch to switch; runs that are small by any account are not measured.
 *
 * @throws RangeError with the numbers
 */
export function buildWithinLimits({
  configured,
  shape,
  factory,
  read,
  limits = memoryLimits(),
}: Demand): AnyModel {
  const made = collect(withinLimits(factory, limits));
  let model: AnyModel | null = null;
  try {
    model = configured.build(shape, made);
    const scenarios = configured.needs.clusters ?? shape.scenarios;
    demandStep(model, { ...shape, scenarios }, read, limits);
    return model;
  } catch (error) {
    // A model frees what it keeps besides; what was made before it was there is known here alone.
    model?.dispose();
    made.dispose();
    throw error;
  }
}

/** @throws RangeError where a step of a whole batch goes beyond the limits */
function demandStep(
  model: AnyModel,
  { scenarios, batch }: DataShape,
  read: Demand['read'],
  { total }: MemoryLimits,
): void {
  const numbers = [model.table, ...model.parameters].reduce((sum, { tensor }) => sum + tensor.size, 0);
  const held = FLOAT * (COPIES - 2) * numbers;
  if (total === Infinity || (held < SMALL_RUN && scenarios <= FEW_SCENARIOS)) return;
  const [few, more] = ROWS.map((rows) => stepBytes(model, scenarios, read(rows))) as [number, number];
  const eachRow = Math.max(0, more - few) / (ROWS[1] - ROWS[0]);
  const step = few + eachRow * (batch - ROWS[0]);
  if (held + step <= total) return;
  throw new RangeError(
    `A step of ${batch} rows with ${scenarios} scenarios needs about ${inWords(step)}, Adam's moments and the best weights ${inWords(held)} more, and this backend holds at most ${inWords(total)}. ${ADVICE}`,
  );
}
