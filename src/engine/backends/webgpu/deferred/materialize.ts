/**
 * Makes deferred values. What is asked for is made with everything that it alone needs: formulas are read through, a formula of a
 * product is finished where the product is, and products and sums whose operands are there join the same program.
 */
import * as tf from '@tensorflow/tfjs-core';
import { runDevice } from '../device';
import { THREADS } from './loops';
import { generate, leavesOf, type Member } from './source';
import {
  allDeferred,
  deferring,
  forget,
  deferredFor,
  readersOf,
  supposeMade,
  type Formula,
  type Heavy,
  type Value,
} from './values';

/** Buffers of a program that every device grants. */
const BUFFERS = 8;
/** Arithmetic for one element of a formula, all that it reads through included, */
const MOST_COST = 400;
/** or for all elements: about what a card does while it starts one program more. */
const MOST_WORK = 8e6;

/** Arithmetic for one element of what a product may read through, e.g. a normalisation, its activation and dropout: every tile does it again. */
const CHEAP = 40;
/** Pieces of code of one formula: a compiler takes seconds for thousands. */
const MOST_PIECES = 200;

const making = new Set<tf.DataId>();

export const isMaking = (dataId: tf.DataId): boolean => making.has(dataId);

/** Work for one element, read through to what lies in memory. */
function costOf(value: Value, known = new Map<Value, number>()): number {
  const found = known.get(value);
  if (found !== undefined) return found;
  let cost = value.kind === 'formula' ? value.cost : 1;
  for (const { dataId, reads } of value.args) {
    const next = deferredFor(dataId);
    cost += reads * (next?.kind === 'formula' ? costOf(next, known) : 1);
  }
  known.set(value, cost);
  return cost;
}

/** Work for all elements of the formulas that are read through, each made once. */
function workOnce(value: Value, seen = new Set<Value>()): number {
  if (value.kind !== 'formula' || seen.has(value)) return 0;
  seen.add(value);
  let work = value.cost * value.size;
  for (const { dataId } of value.args) {
    const next = deferredFor(dataId);
    if (next) work += workOnce(next, seen);
  }
  return work;
}

/** Pieces of code that a value is made of once every function is written out where it is called, as compilers do. */
function piecesOf(value: Value, known = new Map<Value, number>()): number {
  const found = known.get(value);
  if (found !== undefined) return found;
  let pieces = 1;
  for (const { dataId, places } of value.args) {
    const next = deferredFor(dataId);
    pieces += places * (next?.kind === 'formula' ? piecesOf(next, known) : 1);
  }
  known.set(value, pieces);
  return pieces;
}

/** Whether reading this deep would do so much again, or write out so much code, that another program costs less. */
function isDeep(value: Value): boolean {
  if (piecesOf(value) > MOST_PIECES) return true;
  const cost = costOf(value);
  return cost > MOST_COST && cost * value.size - workOnce(value) > MOST_WORK;
}

/** What a program leaves in memory. */
const madeBy = ({ value, epilogue, store, keeps, into }: Member): Value[] => [
  ...(store && (epilogue || !into) ? [value] : []),
  ...(epilogue && !into ? [epilogue] : []),
  ...(keeps ? [keeps] : []),
];

const buffersOf = (members: readonly Member[]): number =>
  members.reduce((sum, member) => sum + madeBy(member).length + Number(member.into !== undefined), 0) +
  leavesOf(members).size;

/** Whether what a loop reads is there, or can be read through without making anything. */
function isReadable(dataId: tf.DataId, layoutOnly: boolean): boolean {
  const value = deferredFor(dataId);
  if (!value) return true;
  if (value.kind !== 'formula' || (layoutOnly && !value.layout && costOf(value) > CHEAP) || isDeep(value))
    return false;
  return value.args.every((arg) => isReadable(arg.dataId, layoutOnly));
}

const isReady = (value: Heavy): boolean =>
  value.args.every(({ dataId }) => isReadable(dataId, value.kind === 'product'));

/** Makes what stands in the way of reading a tensor. */
function makeReadable(dataId: tf.DataId, layoutOnly: boolean, seen = new Set<tf.DataId>()): void {
  const value = deferredFor(dataId);
  if (!value || seen.has(dataId)) return;
  seen.add(dataId);
  if (value.kind !== 'formula' || (layoutOnly && !value.layout && costOf(value) > CHEAP)) {
    materialize(dataId);
    return;
  }
  for (const arg of value.args) makeReadable(arg.dataId, layoutOnly, seen);
  if (isDeep(value)) materialize(dataId);
}

function prepare(value: Heavy): Member {
  for (const { dataId } of value.args) makeReadable(dataId, value.kind === 'product');
  const member: Member = { value, epilogue: null, store: true };
  for (const { dataId } of value.args) {
    // Made on the way to what it reads, it has let go of that: there is nothing left to prepare.
    if (isStale(member)) break;
    if (buffersOf([member]) > BUFFERS) materialize(dataId);
  }
  return isStale(member) ? member : withKept(member);
}

/** Stores what a product reads through, where others want it too and there is a buffer for it. */
function withKept(member: Member): Member {
  const { value } = member;
  if (value.kind !== 'product' || value.sharedA) return member;
  const { dataId } = value.args[0]!;
  const keeps = deferredFor(dataId);
  if (keeps?.kind !== 'formula' || keeps.layout || keeps.dtype !== 'float32') return member;
  const own = value.args.filter((arg) => arg.dataId === dataId).length;
  const held = deferring().refCount(dataId) > own;
  const wanted = readersOf(dataId).length > 1 || (held && tf.engine().state.gradientDepth > 0);
  const kept: Member = { ...member, keeps };
  return wanted && buffersOf([kept]) <= BUFFERS ? kept : member;
}

interface Below {
  /** Formulas that are read through, the root aside. */
  readonly formulas: Set<Formula>;
  readonly heavy: Set<Heavy>;
  /** Of the heavy ones, those that are read somewhere else than at the root's own index. */
  readonly scattered: Set<Heavy>;
}

function below(root: Formula): Below {
  const found: Below = { formulas: new Set(), heavy: new Set(), scattered: new Set() };
  const scattered = new Set<Formula>();
  const visit = (value: Formula, same: boolean): void => {
    for (const arg of value.args) {
      const next = deferredFor(arg.dataId);
      if (!next) continue;
      const here = same && arg.same;
      if (next.kind === 'formula') {
        if (here ? found.formulas.has(next) : scattered.has(next)) continue;
        found.formulas.add(next);
        if (!here) scattered.add(next);
        visit(next, here);
      } else {
        found.heavy.add(next);
        if (!here || next.size !== root.size) found.scattered.add(next);
      }
    }
  };
  visit(root, true);
  return found;
}

/** Whether anyone but `root` still needs the numbers of `host`. */
function isWanted(host: Heavy, root: Formula): boolean {
  const backend = deferring();
  const released = new Map<tf.DataId, number>();
  const gone = new Set<Value>([root]);
  const release = (value: Value): void => {
    for (const { dataId } of value.args) {
      const count = (released.get(dataId) ?? 0) + 1;
      released.set(dataId, count);
      const next = deferredFor(dataId);
      if (next?.kind === 'formula' && count === backend.refCount(dataId)) {
        gone.add(next);
        release(next);
      }
    }
  };
  release(root);
  if (backend.refCount(host.dataId) === released.get(host.dataId)) return false;
  if (readersOf(host.dataId).some((reader) => !gone.has(reader))) return true;
  // Held by a tensor only: a forward pass keeps it for its gradient; elsewhere it waits to be freed.
  return tf.engine().state.gradientDepth > 0;
}

/** The program's part that makes a value; what it needs is made on the way. */
function plan(value: Value): Member {
  if (value.kind !== 'formula') return prepare(value);
  for (;;) {
    const { formulas, heavy, scattered } = below(value);
    const host = [...heavy].reverse().find((each) => !scattered.has(each)) ?? null;
    const others = [...heavy].filter((each) => each !== host);
    if (others.length > 0) {
      materializeAll(others.map(({ dataId }) => dataId));
      continue;
    }
    const deep = formulas.size > 0 && isDeep(value);
    if (host && !deep) {
      const prepared = prepare(host);
      if (!deferredFor(host.dataId)) continue;
      const { keeps } = prepared;
      const member: Member = { value: host, epilogue: value, store: isWanted(host, value) };
      const kept: Member = { ...member, keeps };
      if (buffersOf([kept]) <= BUFFERS) return kept;
      if (buffersOf([member]) <= BUFFERS) return member;
      materialize(host.dataId);
      continue;
    }
    const member: Member = { value, epilogue: null, store: true };
    if (!deep && buffersOf([member]) <= BUFFERS) return member;
    materializeAll(cutsOf(value));
  }
}

/**
 * What to make first, together: the cuts that would be made one after another until one program holds the rest, as far as none reads
 * another.
 */
function cutsOf(value: Formula): tf.DataId[] {
  const cuts = new Set<tf.DataId>();
  /** Whether another one is to be taken, which then is. */
  const more = (): boolean =>
    supposeMade(cuts, () => {
      const { formulas, heavy } = below(value);
      const deep = formulas.size > 0 && isDeep(value);
      const fits = heavy.size > 0 || buffersOf([{ value, epilogue: null, store: true }]) <= BUFFERS;
      if (!deep && fits) return false;
      const cut = cutOf(formulas, deep);
      if (readsAny(cut, cuts)) return false;
      cuts.add(cut.dataId);
      return true;
    });
  while (more());
  return [...cuts];
}

/** Whether a formula reads one of these, itself or by what it reads through. */
function readsAny({ args }: Formula, dataIds: ReadonlySet<tf.DataId>, seen = new Set<tf.DataId>()): boolean {
  return args.some(({ dataId }) => {
    if (dataIds.has(dataId)) return true;
    if (seen.has(dataId)) return false;
    seen.add(dataId);
    const next = deferredFor(dataId);
    return next?.kind === 'formula' && readsAny(next, dataIds, seen);
  });
}

/** What to make first where one program cannot hold all: the largest part that one can, by its reads or by its work. */
function cutOf(formulas: ReadonlySet<Formula>, byWork: boolean): Formula {
  const parts = [...formulas].map((value) => {
    const buffers = buffersOf([{ value, epilogue: null, store: true }]);
    return { value, buffers, cost: costOf(value), fits: buffers <= BUFFERS && !isDeep(value) };
  });
  const fitting = parts.filter(({ fits }) => fits);
  const weight = ({ buffers, cost }: (typeof parts)[number]): number =>
    byWork ? cost : buffers + cost / (cost + 1);
  const heaviest = (list: typeof parts): Formula =>
    list.reduce((most, each) => (weight(each) > weight(most) ? each : most)).value;
  const lightest = (list: typeof parts): Formula =>
    list.reduce((least, each) => (weight(each) < weight(least) ? each : least)).value;
  return fitting.length > 0 ? heaviest(fitting) : lightest(parts);
}

/** Makes what is deferred for a tensor; nothing where its numbers are there. */
export function materialize(dataId: tf.DataId): void {
  const value = deferredFor(dataId);
  if (!value || making.has(dataId)) return;
  const member = plan(value);
  // On the way to it, it may have joined another program.
  if (!isStale(member)) run([member]);
}

const isStale = ({ value, epilogue }: Member): boolean =>
  deferredFor(value.dataId) !== value || (epilogue !== null && deferredFor(epilogue.dataId) !== epilogue);

/** Whether a program's members and another one write different tensors. */
function areApart(members: readonly Member[], member: Member): boolean {
  const mine = new Set([member.value, ...madeBy(member)]);
  return members.every((each) => ![each.value, ...madeBy(each)].some((value) => mine.has(value)));
}

/** Makes several, in few programs: each joins the first in which there are buffers for it. */
export function materializeAll(dataIds: readonly tf.DataId[]): void {
  let programs: Member[][] = [];
  for (const dataId of new Set(dataIds)) {
    const value = deferredFor(dataId);
    if (!value || making.has(dataId)) continue;
    const member = plan(value);
    programs = programs.map((members) => members.filter((each) => !isStale(each)));
    if (isStale(member)) continue;
    const joined = programs.find(
      (members) => areApart(members, member) && buffersOf([...members, member]) <= BUFFERS,
    );
    if (joined) joined.push(member);
    else programs.push([member]);
  }
  const planned = new Set(programs.flat().map(({ value }) => value));
  for (const program of programs) {
    const members = program.filter((each) => !isStale(each));
    // What was made on the way to others may have left them with more to read.
    if (buffersOf(members) <= BUFFERS) run(members, planned);
  }
  // A plan may have been overtaken: what it needed was made on the way to another.
  for (const dataId of dataIds) materialize(dataId);
}

/** @param planned values that another program will make: they do not join this one */
function run(asked: readonly Member[], planned: ReadonlySet<Value> = new Set()): void {
  if (asked.length === 0) return;
  const members = asked.map((member) =>
    member.keeps && deferredFor(member.keeps.dataId) !== member.keeps
      ? { ...member, keeps: undefined }
      : member,
  );
  let buffers = buffersOf(members);
  for (const value of allDeferred()) {
    if (buffers >= BUFFERS) break;
    if (value.kind === 'formula' || making.has(value.dataId) || planned.has(value)) continue;
    if (members.some((member) => member.value === value) || !isReady(value)) continue;
    const more = [...members, { value, epilogue: null, store: true }];
    const needed = buffersOf(more);
    if (needed > BUFFERS) continue;
    members.push(more.at(-1)!);
    buffers = needed;
  }
  const made = members.flatMap(madeBy);
  for (const { dataId } of made) making.add(dataId);
  try {
    const { groups, ...program } = generate(members);
    const makes = makesOf(members);
    const name = `${makes} #${numberOf(`${program.declarations}\n${program.body}`)}`;
    runDevice({ ...program, name, makes, threads: groups * THREADS, workgroup: THREADS });
  } finally {
    for (const { dataId } of made) making.delete(dataId);
  }
  for (const value of made) forget(value);
}

/** What a program makes, as `product>Add+sum`. */
const makesOf = (members: readonly Member[]): string =>
  members.map(({ value, epilogue }) => (epilogue ? `${value.name}>${epilogue.name}` : value.name)).join('+');

/** Numbers of programs by their source. */
const programs = new Map<string, number>();

function numberOf(source: string): number {
  const known = programs.get(source);
  if (known !== undefined) return known;
  programs.set(source, programs.size);
  return programs.size - 1;
}

/**
 * Adds a deferred value to a tensor where it is made, without memory of its own.
 *
 * @returns false where that cannot be: nothing was added
 */
export function addDeferred(target: tf.TensorInfo, source: tf.TensorInfo, scale: number): boolean {
  materializeReaders(target.dataId);
  const value = deferredFor(source.dataId);
  // Of a loop the numbers could be wanted by others: they are made as ever.
  if (value?.kind !== 'formula') return false;
  const member = plan(value);
  if (isStale(member) || member.value !== value) return false;
  run([{ ...member, into: { dataId: target.dataId, scale } }]);
  return true;
}

/** Before a tensor's memory is written: makes what is to be made of its old numbers. */
export function materializeReaders(dataId: tf.DataId): void {
  if (!making.has(dataId)) materializeAll(readersOf(dataId).map((value) => value.dataId));
}
