/**
 * Follows where numbers come from through a piece of work: which variable's result enters which variable's operation.
 *
 * The work runs as always, on any backend; nothing is read back. An operation that brings a weight and values together is
 * the weight's: the values enter it, and what it makes is a value of that weight alone. An operation without a weight passes on
 * what it is given. A parameter that is used as a value (a learned token beside fields) is one.
 */
import * as tf from '@tensorflow/tfjs-core';
import { createOriginSets, NOTHING, type Origin } from './origins';
import { isMove, labelsOf, type Labels } from './rules';

/** `from` enters an operation of `to`; `gate`: only ever as the share by which something else is weighed. */
export interface Entry {
  readonly from: number;
  readonly to: number;
  readonly gate: boolean;
}

export interface Follower {
  /** Says what a tensor's elements are: one origin for all, or one each. */
  mark(tensor: tf.Tensor, origins: Origin | ((flat: number) => Origin)): void;
  /** Follows the kernels of `work`; called again, it goes on with the tensors marked so far. */
  follow<T>(work: () => T): T;
  /** Values that a tensor is made from enter `to`, as into an operation. */
  enter(tensor: tf.Tensor, to: number): void;
  /** What has entered what so far. */
  readonly entries: readonly Entry[];
  /** Pairs of weights of one operation, made into one before they meet a value, or applied together. */
  readonly joint: readonly (readonly [number, number])[];
  /** `gate` weighs what `of` made. */
  readonly weighed: readonly { readonly gate: number; readonly of: number }[];
}

/** Kernels whose first input is what weights of the second are applied to. */
const PRODUCTS =
  /^(BatchMatMul|Engine(Multi|Stacked|Routed)?Dense|EngineMatMul|EngineBatchVecMat|EngineBatchMatVec)/;
/** Shares of a whole; a sigmoid's are weaker: between the two, the former weigh the latter. */
const SHARES = /^(Softmax|EngineMaskedSoftmax|EngineMaskedNormalize)/;
const WEAK_SHARES = /^Sigmoid/;
/** Kernels through which a share stays one, where no other value takes part. */
const PASSES = /^(Multiply|Sum|BatchMatMul|Engine(Batch)?MatMul|EngineTransposedMatMul)/;
const SUMS = /^(Add|AddN|Sub|Concat|Pack|Maximum|Minimum|Select|SquaredDifference)$/;
const JOINS = new Set(['Concat', 'Pack']);

export function createFollower(): Follower {
  const sets = createOriginSets();
  const labels = new WeakMap<object, Labels>();
  /** How much a tensor is a share: 2 of a whole, 1 by a sigmoid. */
  const shares = new WeakMap<object, number>();
  const entries = new Map<string, Entry>();
  const joint = new Map<string, readonly [number, number]>();
  const weighed = new Map<string, { readonly gate: number; readonly of: number }>();

  const labelsAt = ({ dataId }: tf.Tensor): Labels => labels.get(dataId) ?? NOTHING;
  const unique = (given: Labels): number[] => (typeof given === 'number' ? [given] : [...new Set(given)]);
  const mapped = (given: Labels, change: (label: number) => number): Labels => {
    if (typeof given === 'number') return change(given);
    const changed = new Map(unique(given).map((label) => [label, change(label)]));
    return given.map((label) => changed.get(label)!);
  };
  const has = (given: Labels, ...roles: readonly Origin['role'][]): boolean =>
    unique(given).some((label) => sets.origins(label).some(({ role }) => roles.includes(role)));

  function entered(from: number, to: number, gate: boolean): void {
    const key = `${from} ${to}`;
    const before = entries.get(key);
    entries.set(key, { from, to, gate: gate && (before?.gate ?? true) });
  }

  /** What weights make of what enters them. */
  function applied(origins: readonly Origin[]): number {
    const weights = origins.filter(({ role }) => role === 'weight');
    for (const { id: to } of weights) {
      for (const { id, role } of origins) if (role !== 'weight') entered(id, to, role === 'gate');
      const first = weights[0]!.id;
      if (first !== to) joint.set(`${first} ${to}`, [first, to]);
    }
    return sets.of(weights.map(({ id }) => ({ id, role: 'value' })));
  }

  /** Weights that meet values are applied. */
  const settled = (label: number): number => {
    const origins = sets.origins(label);
    const meet =
      origins.some(({ role }) => role === 'weight') &&
      origins.some(({ role }) => role === 'value' || role === 'gate');
    return meet ? applied(origins) : label;
  };

  /** Weights that are used as values. */
  const asValue = (label: number): number => {
    const origins = sets.origins(label);
    if (!origins.some(({ role }) => role === 'weight')) return label;
    return applied(origins);
  };

  const asGate = (label: number): number =>
    sets.of(sets.origins(label).map((one) => (one.role === 'value' ? { ...one, role: 'gate' } : one)));

  const idsOf = (given: Labels, role: Origin['role']): number[] => [
    ...new Set(
      unique(given).flatMap((label) =>
        sets.origins(label).flatMap((one) => (one.role === role ? [one.id] : [])),
      ),
    ),
  ];

  function weigh(gates: Labels, others: readonly Labels[]): void {
    for (const gate of idsOf(gates, 'value'))
      for (const of of others.flatMap((one) => idsOf(one, 'value')))
        if (gate !== of) weighed.set(`${gate} ${of}`, { gate, of });
  }

  function after(
    kernel: string,
    inputs: tf.NamedTensorMap,
    attributes: Readonly<Record<string, unknown>>,
    outputs: readonly tf.Tensor[],
  ): void {
    const names = Object.keys(inputs).filter((name) => inputs[name]);
    const tensors = names.map((name) => inputs[name]!);
    const given = tensors.map(labelsAt);
    if (given.every((one) => one === NOTHING)) return;
    if (JOINS.has(kernel) && given.some((one) => has(one, 'value', 'gate')))
      given.forEach((one, k) => (given[k] = mapped(one, asValue)));
    // A product of two parameters: the first is what the second is applied to.
    if (PRODUCTS.test(kernel) && given.length > 1 && given.every((one) => !has(one, 'value', 'gate')))
      if (has(given[0]!, 'weight') && has(given[1]!, 'weight')) given[0] = mapped(given[0]!, asValue);
    const strengths = tensors.flatMap(({ dataId }, k) =>
      has(given[k]!, 'value') ? [shares.get(dataId) ?? 0] : [],
    );
    const weakest = strengths.length > 0 ? Math.min(...strengths) : 0;
    if (!SUMS.test(kernel) && !isMove(kernel)) {
      const strength = tensors.map(({ dataId }) => shares.get(dataId) ?? 0);
      const others = given.filter((one, k) => strength[k] === weakest && has(one, 'value'));
      given.forEach((one, k) => {
        if (strength[k]! <= weakest || !has(one, 'value')) return;
        weigh(one, others);
        given[k] = mapped(one, asGate);
      });
    }
    const made = labelsOf(
      kernel,
      {
        inputs: Object.fromEntries(
          names.map((name, k) => [name, { shape: tensors[k]!.shape, labels: given[k]! }]),
        ),
        attributes,
        outputs: outputs.map(({ shape }) => shape),
      },
      sets,
    );
    const own = SHARES.test(kernel) ? 2 : WEAK_SHARES.test(kernel) ? 1 : 0;
    const share = own || (isMove(kernel) || PASSES.test(kernel) ? weakest : 0);
    outputs.forEach(({ dataId }, k) => {
      labels.set(dataId, mapped(made[k]!, settled));
      if (share > 0) shares.set(dataId, share);
    });
  }

  return {
    mark(tensor, origins) {
      labels.set(
        tensor.dataId,
        typeof origins === 'function'
          ? Int32Array.from({ length: tensor.size }, (_, flat) => sets.of([origins(flat)]))
          : sets.of([origins]),
      );
    },
    follow(work) {
      const engine = tf.engine();
      const run = engine.runKernel.bind(engine);
      let depth = 0;
      const followed: typeof engine.runKernel = <T extends tf.Tensor | tf.Tensor[]>(
        kernel: string,
        inputs: tf.NamedTensorMap,
        attributes?: tf.NamedAttrMap,
      ): T => {
        depth++;
        let result: T;
        try {
          result = run<T>(kernel, inputs, attributes);
        } finally {
          depth--;
        }
        // What an operation is made of differs between backends; its name does not.
        if (depth === 0) after(kernel, inputs, { ...attributes }, ([] as tf.Tensor[]).concat(result));
        return result;
      };
      engine.runKernel = followed;
      try {
        return work();
      } finally {
        engine.runKernel = run;
      }
    },
    enter(tensor, to) {
      for (const label of unique(mapped(labelsAt(tensor), asValue)))
        for (const { id, role } of sets.origins(label)) entered(id, to, role === 'gate');
    },
    get entries() {
      return [...entries.values()];
    },
    get joint() {
      return [...joint.values()];
    },
    get weighed() {
      return [...weighed.values()];
    },
  };
}
