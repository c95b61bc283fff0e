/**
 * WGSL of a program that makes several deferred values: workgroups are shared out among its members. A formula that a member reads
 * becomes a function, so chains of element-wise work, transposes and slices cost no program and no memory of their own.
 */
import type * as tf from '@tensorflow/tfjs-core';
import type { Binding } from '../device';
import { float, type Uniform } from '../program';
import { deferring, deferredFor, type Fold, type Formula, type Product, type Value } from './values';

/** One value of a program, and perhaps a formula of it that is made on the way. */
export interface Member {
  readonly value: Value;
  /** Reads `value` at its own index only, and has its size. */
  readonly epilogue: Formula | null;
  /** Whether `value` itself is wanted in memory. */
  readonly store: boolean;
}

export const THREADS = 256;
/** Threads of a product's tile are 16 by 16; each makes `REACH` by `REACH` numbers. */
const SIDE = 16;
/** Depth of a product's tile. */
const DEPTH = 16;
/** Products are cut into the largest tiles that still give this many workgroups. */
const ENOUGH = 64;
/** Folds up to this long are a loop of one thread. */
const SHORT = 32;

interface Generated {
  readonly body: string;
  readonly declarations: string;
  readonly bindings: readonly Binding[];
  readonly uniforms: Readonly<Record<string, Uniform>>;
  readonly groups: number;
}

function reachOf({ batch, m, n }: Product): number {
  const tiles = (side: number): number => batch * Math.ceil(m / side) * Math.ceil(n / side);
  return [4, 2].find((reach) => tiles(reach * SIDE) >= ENOUGH) ?? 1;
}

/** Workgroups of a member. */
function groupsOf(value: Value): number {
  switch (value.kind) {
    case 'formula':
      return Math.ceil(value.size / THREADS);
    case 'fold':
      return groupsOfFold(value);
    case 'product': {
      const side = reachOf(value) * SIDE;
      return value.batch * Math.ceil(value.m / side) * Math.ceil(value.n / side);
    }
  }
}

interface FoldPlan {
  /** Results of one workgroup: neighbours along the last axis, or one after the other where that is what is folded. */
  readonly columns: number;
  /** Threads that share one result. */
  readonly lanes: number;
}

/** Numbers that a lane should add up at least. */
const LANE = 4;

const powerFrom = (least: number, most: number): number => {
  let power = 1;
  while (power < least && power < most) power *= 2;
  return power;
};

function planFold({ inner, count }: Fold): FoldPlan {
  if (inner > 1) {
    const columns = powerFrom(inner, SIDE);
    return { columns, lanes: THREADS / columns };
  }
  const lanes = powerFrom(Math.ceil(count / LANE), THREADS);
  return { columns: THREADS / lanes, lanes };
}

function groupsOfFold(value: Fold): number {
  if (value.fold === 'mean') return 1;
  if (value.count <= SHORT) return Math.ceil(value.size / THREADS);
  const { columns } = planFold(value);
  return value.inner > 1 ? value.outer * Math.ceil(value.inner / columns) : Math.ceil(value.outer / columns);
}

/** A scalar that still lies on the host goes along as a number. */
function hostScalar(dataId: tf.DataId): number | null {
  const { values, resource, shape, dtype } = deferring().tensorMap.get(dataId);
  return values && !resource && shape.length === 0 && dtype === 'float32' ? values[0]! : null;
}

/** What a program must read from memory to make `members`. */
export function leavesOf(members: readonly Member[]): Set<tf.DataId> {
  const leaves = new Set<tf.DataId>();
  const seen = new Set<tf.DataId>(
    members.filter(({ epilogue }) => epilogue).map(({ value }) => value.dataId),
  );
  const visit = (value: Value): void => {
    for (const { dataId } of value.args) {
      if (seen.has(dataId)) continue;
      seen.add(dataId);
      const below = deferredFor(dataId);
      if (below) visit(below);
      else if (hostScalar(dataId) === null) leaves.add(dataId);
    }
  };
  for (const { value, epilogue } of members) {
    visit(value);
    if (epilogue) visit(epilogue);
  }
  return leaves;
}

export function generate(members: readonly Member[]): Generated {
  const outputs: Binding[] = [];
  const inputs: Binding[] = [];
  const uniforms: Record<string, Uniform> = {};
  const functions: string[] = [];
  const names = new Map<tf.DataId, string>();
  const backend = deferring();

  const uniform = (given: Uniform): string => {
    const name = `u${Object.keys(uniforms).length}`;
    uniforms[name] = given;
    return `uniforms.${name}`;
  };

  function bind(list: Binding[], dataId: tf.DataId, write: boolean): string {
    const { dtype, shape } = backend.tensorMap.get(dataId);
    const name = `${write ? 'out' : 'in'}${list.length}`;
    list.push({ name, tensor: { dataId, shape: [...shape], dtype }, write });
    return name;
  }

  /** Name of a function of `index` that gives a tensor's number there. */
  function reader(dataId: tf.DataId): string {
    const known = names.get(dataId);
    if (known) return known;
    const value = deferredFor(dataId);
    if (value?.kind === 'formula') return formula(value);
    if (value) throw new Error(`${value.name} is read before it is made.`);
    const scalar = hostScalar(dataId);
    const name = `read${names.size}`;
    names.set(dataId, name);
    if (scalar !== null) {
      functions.push(`fn ${name}(index : i32) -> f32 { return ${uniform(float(scalar))}; }`);
      return name;
    }
    const { dtype } = backend.tensorMap.get(dataId);
    const place = `${bind(inputs, dataId, false)}[index]`;
    const number = dtype === 'float32' ? place : `f32(${place})`;
    functions.push(`fn ${name}(index : i32) -> f32 { return ${number}; }`);
    return name;
  }

  function formula(value: Formula): string {
    const calls = new Map(value.args.map(({ name, dataId }) => [name, reader(dataId)]));
    const numbers = new Map(
      Object.entries(value.uniforms).map(([name, given]) => [name, uniform(given)] as const),
    );
    const name = `make${names.size}`;
    names.set(value.dataId, name);
    const code = value.code
      .replace(/@(\w+)\(/g, (_, read: string) => `${calls.get(read)!}(`)
      .replace(/\buniforms\.(\w+)/g, (whole, read: string) => numbers.get(read) ?? whole);
    functions.push(`fn ${name}(index : i32) -> f32 { ${code} }`);
    return name;
  }

  /** WGSL that takes `number`, the member's value at `at`, to where it is wanted. */
  function finish({ value, epilogue, store }: Member, member: number): string {
    const lines: string[] = [];
    const keep = (made: Value, number: string): void => {
      const out = bind(outputs, made.dataId, true);
      lines.push(`${out}[at] = ${made.dtype === 'float32' ? number : `i32(${number})`};`);
    };
    if (store) keep(value, 'number');
    if (epilogue) {
      functions.push(`var<private> whole${member} : f32;`);
      functions.push(`fn own${member}(index : i32) -> f32 { return whole${member}; }`);
      names.set(value.dataId, `own${member}`);
      lines.push(`whole${member} = number;`);
      keep(epilogue, `${formula(epilogue)}(at)`);
    }
    functions.push(`fn finish${member}(at : i32, number : f32) { ${lines.join(' ')} }`);
    return `finish${member}(at, number);`;
  }

  /** The function that a member's loop reads; the member itself is not yet known as made. */
  const argumentOf = (value: Value, name: string): string =>
    reader(value.args.find((arg) => arg.name === name)!.dataId);

  function loop(member: Member, at: number): string {
    const { value } = member;
    switch (value.kind) {
      case 'formula': {
        const make = formula(value);
        return `
          let at = first * ${THREADS} + local;
          if (at < ${value.size}) { let number = ${make}(at); ${finish(member, at)} }`;
      }
      case 'fold':
        return value.fold === 'mean'
          ? mean(value, argumentOf(value, 'x'), argumentOf(value, 'weight'), finish(member, at))
          : fold(value, argumentOf(value, 'x'), finish(member, at));
      case 'product':
        return product(value, argumentOf(value, 'a'), argumentOf(value, 'b'), finish(member, at));
    }
  }

  let groups = 0;
  const branches = members.map((member, at) => {
    const own = groupsOf(member.value);
    const code = loop(member, at);
    const branch = `if (group >= ${groups} && group < ${groups + own}) { let first = group - ${groups}; ${code} }`;
    groups += own;
    return branch;
  });
  const memory = members.some(({ value }) => value.kind !== 'formula');
  return {
    body: branches.join('\nelse '),
    declarations: [
      memory ? `var<workgroup> tileA : array<f32, ${tileSize(members)}>;` : '',
      memory ? `var<workgroup> tileB : array<f32, ${tileSize(members)}>;` : '',
      ...functions,
    ].join('\n'),
    bindings: [...outputs, ...inputs],
    uniforms,
    groups,
  };
}

/** Numbers of a tile in workgroup memory, rows one apart against bank conflicts. */
function tileSize(members: readonly Member[]): number {
  const sizes = members.map(({ value }) =>
    value.kind === 'product' ? DEPTH * (reachOf(value) * SIDE + 1) : THREADS,
  );
  return Math.max(...sizes);
}

function fold(value: Fold, read: string, finish: string): string {
  const { outer, count, inner, size } = value;
  const join = (a: string, b: string): string => (value.fold === 'sum' ? `${a} + ${b}` : `max(${a}, ${b})`);
  const start = value.fold === 'sum' ? '0.0' : '-3.4028e38';
  if (count <= SHORT) {
    return `
      let at = first * ${THREADS} + local;
      if (at < ${size}) {
        let base = at / ${inner} * ${count * inner} + at % ${inner};
        var number = ${start};
        for (var r = 0; r < ${count}; r = r + 1) { number = ${join('number', `${read}(base + r * ${inner})`)}; }
        ${finish}
      }`;
  }
  const { columns, lanes } = planFold(value);
  const across = inner > 1;
  const tiles = Math.ceil(inner / columns);
  return `
    let place = ${across ? `local % ${columns}` : `local / ${lanes}`};
    let lane = ${across ? `local / ${columns}` : `local % ${lanes}`};
    let column = ${across ? `first % ${tiles} * ${columns} + place` : '0'};
    let outer = ${across ? `first / ${tiles}` : `first * ${columns} + place`};
    let inside = column < ${inner} && outer < ${outer};
    var own = ${start};
    if (inside) {
      let base = outer * ${count * inner} + column;
      for (var r = lane; r < ${count}; r = r + ${lanes}) { own = ${join('own', `${read}(base + r * ${inner})`)}; }
    }
    tileA[local] = own;
    workgroupBarrier();
    for (var step = ${Math.floor(lanes / 2)}; step > 0; step = step / 2) {
      if (lane < step) { tileA[local] = ${join('tileA[local]', `tileA[local + step * ${across ? columns : 1}]`)}; }
      workgroupBarrier();
    }
    if (lane == 0 && inside) {
      let at = outer * ${inner} + column;
      let number = tileA[local];
      ${finish}
    }`;
}

function mean({ count }: Fold, read: string, readWeight: string, finish: string): string {
  return `
    var own = 0.0;
    var weights = 0.0;
    for (var r = local; r < ${count}; r = r + ${THREADS}) {
      let weight = ${readWeight}(r);
      own = own + ${read}(r) * weight;
      weights = weights + weight;
    }
    tileA[local] = own;
    tileB[local] = weights;
    workgroupBarrier();
    for (var step = ${THREADS / 2}; step > 0; step = step / 2) {
      if (local < step) {
        tileA[local] = tileA[local] + tileA[local + step];
        tileB[local] = tileB[local] + tileB[local + step];
      }
      workgroupBarrier();
    }
    if (local == 0) {
      let at = 0;
      let number = tileA[0] / max(tileB[0], 1.0);
      ${finish}
    }`;
}

function product(value: Product, readA: string, readB: string, finish: string): string {
  const { m, n, k, transposeA, transposeB, sharedA, sharedB } = value;
  const reach = reachOf(value);
  const side = reach * SIDE;
  const [across, down] = [Math.ceil(n / side), Math.ceil(m / side)];
  const stride = side + 1;
  const each = Array.from({ length: reach }, (_, i) => i);
  // Neighbouring threads read neighbouring numbers: along k where it is the last axis, along rows or columns where not.
  const alongK = `let line = e / ${DEPTH}; let depth = e % ${DEPTH};`;
  const acrossK = `let line = e % ${side}; let depth = e / ${side};`;
  const placeA = transposeA ? `(k0 + depth) * ${m} + row` : `row * ${k} + k0 + depth`;
  const placeB = transposeB ? `column * ${k} + k0 + depth` : `(k0 + depth) * ${n} + column`;
  const sums = each.flatMap((i) => each.map((j) => `var sum${i}_${j} = 0.0;`));
  const steps = each.flatMap((i) => each.map((j) => `sum${i}_${j} = sum${i}_${j} + a${i} * b${j};`));
  const stores = each.flatMap((i) =>
    each.map(
      (j) => `{
        let row = row0 + ty + ${i * SIDE};
        let column = column0 + tx + ${j * SIDE};
        if (row < ${m} && column < ${n}) {
          let at = (slice * ${m} + row) * ${n} + column;
          let number = sum${i}_${j};
          ${finish}
        }
      }`,
    ),
  );
  return `
    let slice = first / ${across * down};
    let row0 = first % ${across * down} / ${across} * ${side};
    let column0 = first % ${across} * ${side};
    let ty = local / ${SIDE};
    let tx = local % ${SIDE};
    let baseA = ${sharedA ? '0' : `slice * ${m * k}`};
    let baseB = ${sharedB ? '0' : `slice * ${k * n}`};
    ${sums.join(' ')}
    for (var k0 = 0; k0 < ${k}; k0 = k0 + ${DEPTH}) {
      for (var e = local; e < ${side * DEPTH}; e = e + ${THREADS}) {
        ${transposeA ? acrossK : alongK}
        let row = row0 + line;
        var number = 0.0;
        if (row < ${m} && k0 + depth < ${k}) { number = ${readA}(baseA + ${placeA}); }
        tileA[depth * ${stride} + line] = number;
      }
      for (var e = local; e < ${side * DEPTH}; e = e + ${THREADS}) {
        ${transposeB ? alongK : acrossK}
        let column = column0 + line;
        var number = 0.0;
        if (column < ${n} && k0 + depth < ${k}) { number = ${readB}(baseB + ${placeB}); }
        tileB[depth * ${stride} + line] = number;
      }
      workgroupBarrier();
      for (var depth = 0; depth < ${DEPTH}; depth = depth + 1) {
        ${each.map((i) => `let a${i} = tileA[depth * ${stride} + ty + ${i * SIDE}];`).join(' ')}
        ${each.map((j) => `let b${j} = tileB[depth * ${stride} + tx + ${j * SIDE}];`).join(' ')}
        ${steps.join(' ')}
      }
      workgroupBarrier();
    }
    ${stores.join('\n')}`;
}
