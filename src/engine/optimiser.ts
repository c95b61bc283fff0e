/** Adam over a model's variables and its table, in place, several variables a dispatch. */
import * as tf from '@tensorflow/tfjs-core';
import { deferredValue } from './backends/wasm/deferredValues';
import { beforeRead } from './backends/webgpu/demand';
import { ADAM_GROUP, adamUpdate, type AdamSlotRates } from './ops/adam';
import { createTouchedRows } from './ops/adamTable';
import { copyInto } from './ops/copy';
import { FLUSH_EVERY, flushDenormals } from './ops/flushDenormals';
import { segmentSum } from './ops/segmentSum';
import { declareInput } from './replay/inputs';
import { PLAN_INPUTS, type RowPlan } from './rowPlan';
import type { EmbeddingTable, Parameter } from './types';

export interface AdamOptions {
  readonly parameters: readonly Parameter[];
  readonly table: EmbeddingTable | null;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

export interface AdamUpdate {
  /** One gradient a parameter, in their order; null where none reached it (it counts as zero). */
  readonly gradients: readonly (tf.Tensor | null)[];
  /** Gradient of the gathered rows `[M, dim]`; null leaves the table alone. */
  readonly rowGradient: tf.Tensor2D | null;
  readonly plan: RowPlan | null;
  readonly learningRate: number;
  /** Strength λ of λ·Σ(w - centre)² over weights, and of λ/B·Σw² over the gathered rows. */
  readonly l2: number;
  /** Rows B that the table's L2 is divided by. */
  readonly batch: number;
}

export interface Adam {
  apply(update: AdamUpdate): void;
  /**
   * Counts a step of the variables that the last update moved and gives the numbers that differ from step to step, as the device
   * reads them (`adam.rates`): two a variable, the table's last. For steps whose update is replayed; `apply` does it itself.
   */
  advance(learningRate: number): Float64Array;
  /** Runs work whose updates are not computed (`compileAhead`), and takes back what they counted. */
  uncounted(work: () => void): void;
  /** Names that train now (`embedding` is the table); the others keep their values and moments. Null: all. */
  setTrainable(names: readonly string[] | null): void;
  isTrainable(name: string): boolean;
  /** Moments and step counts on the host, under `adam.moments.<name>` (`[2, n]`) and `adam.steps.<name>`. */
  snapshot(): Promise<Record<string, Float32Array>>;
  /** @throws RangeError naming a moment that is missing. */
  restore(snapshot: Readonly<Record<string, Float32Array>>): void;
  /** Zeroes moments and step counts. */
  reset(): void;
  dispose(): void;
}

/** Moments of a few variables, one tensor for all: a device program binds few. */
interface Moments {
  readonly tensor: tf.Tensor2D;
  readonly slots: readonly Slot[];
}

interface Slot {
  readonly name: string;
  readonly tensor: tf.Tensor;
  /** Where its moments begin among its group's. */
  readonly at: number;
  /** Where its two numbers stand among the rates. */
  readonly place: number;
  steps: number;
}

interface Pending {
  readonly slot: Slot;
  readonly gradient: tf.Tensor;
  readonly rates: AdamSlotRates;
}

/** Rates of a variable: step size and inverse root. */
const RATES = 2;

/** Moments of variables whose rates begin at `place`. */
function momentsOf(variables: readonly (Parameter | EmbeddingTable)[], place: number): Moments {
  let size = 0;
  const slots = variables.map(({ name, tensor }, index): Slot => {
    const at = size;
    size += tensor.size;
    return { name, tensor, at, place: place + RATES * index, steps: 0 };
  });
  return { tensor: tf.keep(tf.zeros<tf.Rank.R2>([2, size])), slots };
}

/** Most values of a group: its moments are one buffer of 64 MiB, half of what every device binds. */
const MOST_VALUES = 1 << 23;

/** Neighbouring parameters, as many as one program updates. */
function groupsOf(parameters: readonly Parameter[]): Moments[] {
  const groups: Parameter[][] = [];
  let size = 0;
  for (const parameter of parameters) {
    const last = groups.at(-1);
    size += parameter.tensor.size;
    if (last && last.length < ADAM_GROUP && size <= MOST_VALUES) last.push(parameter);
    else {
      groups.push([parameter]);
      size = parameter.tensor.size;
    }
  }
  let place = 0;
  return groups.map((group) => {
    const moments = momentsOf(group, place);
    place += RATES * group.length;
    return moments;
  });
}

/** Adam as torch.optim.Adam: bias corrections, epsilon outside the root, moments that decay for every row of the table. */
export function createAdam(options: AdamOptions): Adam {
  const { parameters, table, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  const groups = groupsOf(parameters);
  const slots = groups.flatMap((group) => group.slots);
  const tableMoments = table ? momentsOf([table], RATES * slots.length) : null;
  const tableSlot = tableMoments?.slots[0] ?? null;
  const allMoments = tableMoments ? [...groups, tableMoments] : groups;
  const touched = table && tableMoments ? createTouchedRows(table.tensor, tableMoments.tensor) : null;
  /** Zero outside a step; a step writes its rows and clears them. */
  const tableGradient =
    table && !touched ? tf.keep(tf.zeros<tf.Rank.R2>([table.vocabularySize, table.dim])) : null;
  const all = tableSlot ? [...slots, tableSlot] : slots;
  let trainable: ReadonlySet<string> | null = null;
  const rates = new Float64Array(RATES * all.length);
  /** Whether the last update moved the table. */
  let movesTable = false;

  const isTrainable = (name: string): boolean => trainable === null || trainable.has(name);

  function advance(learningRate: number): Float64Array {
    for (const slot of all) {
      if (!isTrainable(slot.name) || (slot === tableSlot && !movesTable)) continue;
      slot.steps++;
      rates[slot.place] = learningRate / (1 - beta1 ** slot.steps);
      rates[slot.place + 1] = 1 / Math.sqrt(1 - beta2 ** slot.steps);
    }
    return rates;
  }

  /** What one variable's update needs. */
  function prepare(slot: Slot, gradient: tf.Tensor, l2: number, centre: number): Pending {
    const { place } = slot;
    const [stepSize, inverseRoot] = [rates[place]!, rates[place + 1]!];
    return { slot, gradient, rates: { stepSize, inverseRoot, pull: 2 * l2, centre, place } };
  }

  function update({ tensor, slots: own }: Moments, pending: readonly Pending[], clear: boolean): void {
    const group = pending.filter(({ slot }) => own.includes(slot));
    adamUpdate(
      group.map(({ slot, gradient, rates }) => ({ weights: slot.tensor, at: slot.at, gradient, rates })),
      tensor,
      { beta1, beta2, epsilon },
      clear,
    );
  }

  function updateTable(rowGradient: tf.Tensor2D, plan: RowPlan, { l2, batch }: AdamUpdate): void {
    const slot = tableSlot!;
    if (touched) {
      const [stepSize, inverseRoot] = [rates[slot.place]!, rates[slot.place + 1]!];
      const pull = (2 * l2) / batch;
      touched.update(rowGradient, plan, { stepSize, inverseRoot, pull, beta1, beta2, epsilon });
      return;
    }
    tf.tidy(() => {
      const input = (name: keyof typeof PLAN_INPUTS): tf.Tensor1D =>
        declareInput(PLAN_INPUTS[name], tf.tensor1d(plan[name], 'int32'));
      const [rows, order, starts] = [input('rows'), input('order'), input('starts')];
      segmentSum(
        { target: tableGradient!, gradient: rowGradient, table: table!.tensor, rows, order, starts },
        { pull: (2 * l2) / batch, unique: plan.unique },
      );
      update(tableMoments!, [prepare(slot, tableGradient!, 0, 0)], true);
    });
  }

  /** On the host: moments of what the last update moved. */
  function flush(): void {
    for (const { tensor, slots: own } of allMoments)
      for (const slot of own) {
        const moved = isTrainable(slot.name) && (slot !== tableSlot || movesTable);
        if (moved && slot.steps % FLUSH_EVERY === 0)
          flushDenormals(tensor, { at: slot.at, count: slot.tensor.size });
      }
  }

  return {
    advance,
    uncounted(work) {
      const before = { counts: all.map(({ steps }) => steps), rates: rates.slice(), movesTable };
      try {
        work();
      } finally {
        all.forEach((slot, i) => (slot.steps = before.counts[i]!));
        rates.set(before.rates);
        ({ movesTable } = before);
      }
    },
    isTrainable,
    setTrainable(names) {
      if (names) {
        const known = new Set(all.map((slot) => slot.name));
        const unknown = names.find((name) => !known.has(name));
        if (unknown !== undefined)
          throw new RangeError(`No variable is named ${unknown}; check setTrainable.`);
      }
      trainable = names ? new Set(names) : null;
    },
    apply(given) {
      if (given.gradients.length !== slots.length) {
        throw new RangeError(
          `Adam holds ${slots.length} parameters but got ${given.gradients.length} gradients.`,
        );
      }
      movesTable = given.rowGradient !== null && given.plan !== null;
      advance(given.learningRate);
      tf.tidy(() => {
        const pending = slots.flatMap((slot, i) => {
          if (!isTrainable(slot.name)) return [];
          const parameter = parameters[i]!;
          const l2 = parameter.kind === 'weight' ? given.l2 : 0;
          const gradient = given.gradients[i] ?? tf.zeros(slot.tensor.shape);
          return [prepare(slot, gradient, l2, parameter.l2Centre)];
        });
        const wanted = pending.map(({ gradient }) => gradient);
        if (tf.getBackend() === 'webgpu')
          beforeRead(given.rowGradient ? [...wanted, given.rowGradient] : wanted);
        // A deferred gradient is made from other variables as they are now: it comes before these are updated.
        const deferred = pending.filter(({ gradient }) => deferredValue(gradient));
        const others = deferred.length > 0 ? pending.filter((each) => !deferred.includes(each)) : pending;
        for (const part of [deferred, others]) for (const group of groups) update(group, part, false);
      });
      if (tableSlot && given.rowGradient && given.plan && isTrainable(tableSlot.name)) {
        updateTable(given.rowGradient, given.plan, given);
      }
      if (tf.getBackend() !== 'webgpu') flush();
    },
    async snapshot() {
      const arrays: Record<string, Float32Array> = {};
      const reads = allMoments.map(async ({ tensor, slots: own }) => {
        const values = await tensor.data<'float32'>();
        for (const slot of own) {
          arrays[`adam.steps.${slot.name}`] = Float32Array.of(slot.steps);
          const moments = new Float32Array(2 * slot.tensor.size);
          for (const order of [0, 1]) {
            const from = (order * tensor.size) / 2 + slot.at;
            moments.set(values.subarray(from, from + slot.tensor.size), order * slot.tensor.size);
          }
          arrays[`adam.moments.${slot.name}`] = moments;
        }
      });
      await Promise.all(reads);
      return arrays;
    },
    restore(snapshot) {
      for (const slot of all) {
        const moments = snapshot[`adam.moments.${slot.name}`];
        if (moments?.length !== 2 * slot.tensor.size || !snapshot[`adam.steps.${slot.name}`]) {
          throw new RangeError(`The snapshot has no moments of ${slot.name}; it belongs to another model.`);
        }
      }
      for (const { tensor, slots: own } of allMoments) {
        const values = new Float32Array(tensor.size);
        for (const slot of own) {
          const moments = snapshot[`adam.moments.${slot.name}`]!;
          for (const order of [0, 1]) {
            const part = moments.subarray(order * slot.tensor.size, (order + 1) * slot.tensor.size);
            values.set(part, (order * tensor.size) / 2 + slot.at);
          }
          slot.steps = snapshot[`adam.steps.${slot.name}`]![0]!;
        }
        const source = tf.tensor(values, tensor.shape, 'float32');
        copyInto({ target: tensor, source });
        source.dispose();
      }
      touched?.recount();
    },
    reset() {
      for (const { tensor, slots: own } of allMoments) {
        const zero = tf.zeros(tensor.shape);
        copyInto({ target: tensor, source: zero });
        zero.dispose();
        for (const slot of own) slot.steps = 0;
      }
      touched?.recount();
    },
    dispose() {
      for (const { tensor } of allMoments) tensor.dispose();
      tableGradient?.dispose();
      touched?.dispose();
    },
  };
}
