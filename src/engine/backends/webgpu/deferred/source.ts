/**
 * WGSL of a program that makes several deferred values: workgroups are shared out among its members. A formula that a member reads
 * becomes a function, so chains of element-wise work, transposes and slices cost no program and no memory of their own.
 */
import type * as tf from '@tensorflow/tfjs-core';
import type { Binding } from '../device';
import { float, type Uniform } from '../program';
import { fold, groupsOf, mean, product, THREADS, tileSize, usesTiles } from './loops';
import { deferring, deferredFor, type Formula, type Value } from './values';

/** One value of a program, and perhaps a formula of it that is made on the way. */
export interface Member {
  readonly value: Value;
  /** Reads `value` at its own index only, and has its size. */
  readonly epilogue: Formula | null;
  /** Whether `value` itself is wanted in memory. */
  readonly store: boolean;
  /** What a product reads through and others want too: it is stored where it is first read. */
  readonly keeps?: Formula | undefined;
  /** A tensor to which the last of the two is added, scaled, instead of lying in memory of its own. */
  readonly into?: { readonly dataId: tf.DataId; readonly scale: number };
}

interface Generated {
  readonly body: string;
  readonly declarations: string;
  readonly bindings: readonly Binding[];
  readonly uniforms: Readonly<Record<string, Uniform>>;
  readonly groups: number;
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
  function finish({ value, epilogue, store, into }: Member, member: number): string {
    const lines: string[] = [];
    const keep = (made: Value, number: string): void => {
      if (into && made === (epilogue ?? value)) {
        const sums = bind(outputs, into.dataId, true);
        lines.push(`${sums}[at] = ${sums}[at] + ${uniform(float(into.scale))} * ${number};`);
        return;
      }
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
        // Another member may read it too.
        const make = reader(value.dataId);
        return `
          let at = first * ${THREADS} + local;
          if (at < ${value.size}) { let number = ${make}(at); ${finish(member, at)} }`;
      }
      case 'fold':
        return value.fold === 'mean'
          ? mean(value, argumentOf(value, 'x'), argumentOf(value, 'weight'), finish(member, at))
          : fold(value, argumentOf(value, 'x'), finish(member, at));
      case 'product': {
        const read = { a: argumentOf(value, 'a'), b: argumentOf(value, 'b') };
        if (!member.keeps) return product(value, read, finish(member, at));
        const first = `first${at}`;
        const out = bind(outputs, member.keeps.dataId, true);
        functions.push(`var<private> ${first} : bool;`);
        functions.push(`fn load${at}(index : i32) -> f32 {
          let number = ${read.a}(index);
          if (${first}) { ${out}[index] = number; }
          return number;
        }`);
        return product(value, { ...read, a: `load${at}`, first }, finish(member, at));
      }
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
  const values = members.map(({ value }) => value);
  const memory = values.some(usesTiles);
  return {
    body: branches.join('\nelse '),
    declarations: [
      memory ? `var<workgroup> tileA : array<f32, ${tileSize(values)}>;` : '',
      memory ? `var<workgroup> tileB : array<f32, ${tileSize(values)}>;` : '',
      ...functions,
    ].join('\n'),
    bindings: [...outputs, ...inputs],
    uniforms,
    groups,
  };
}
