/** WGSL of the loops that make sums, maxima, means and products, and how many workgroups each takes. */
import type { Fold, Product, Value } from './values';

export const THREADS = 256;
/** Threads of a product's tile are 16 by 16; each makes `REACH` by `REACH` numbers. */
const SIDE = 16;
/** Depth of a product's tile. */
const DEPTH = 16;
/** Products are cut into the largest tiles that still give this many workgroups, */
const ENOUGH = 64;
/** and that reach beyond the matrix by this much more than the smallest would, at most: a thread beyond it works for nothing. */
const MOST_BEYOND = 1.5;
/** Where a tile is mostly beyond the matrix, sums up to this long are a loop of one thread an element. */
const SHORT_PRODUCT = 64;
/** Folds up to this long are a loop of one thread. */
const SHORT = 32;

/** Elements of the tiles that cover a matrix. */
const covered = ({ m, n }: Product, side: number): number =>
  Math.ceil(m / side) * Math.ceil(n / side) * side * side;

function reachOf(value: Product): number {
  const most = MOST_BEYOND * covered(value, SIDE);
  const fits = (side: number): boolean =>
    covered(value, side) <= most && (value.batch * covered(value, side)) / side ** 2 >= ENOUGH;
  return [4, 2].find((reach) => fits(reach * SIDE)) ?? 1;
}

/** Whether a product has a thread for each element and no tiles: of 12 × 12 matrices a tile is half beyond. */
const isSmall = (value: Product): boolean =>
  value.k <= SHORT_PRODUCT && covered(value, SIDE) > MOST_BEYOND * value.m * value.n;

/** Workgroups of a member. */
export function groupsOf(value: Value): number {
  switch (value.kind) {
    case 'formula':
      return Math.ceil(value.size / THREADS);
    case 'fold':
      return groupsOfFold(value);
    case 'product': {
      if (isSmall(value)) return Math.ceil(value.size / THREADS);
      const side = reachOf(value) * SIDE;
      return (value.batch * covered(value, side)) / side ** 2;
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

/** Whether several threads share a result. */
const isShared = ({ fold, count }: Fold): boolean => fold === 'mean' || count > SHORT;

function groupsOfFold(value: Fold): number {
  if (value.fold === 'mean') return 1;
  if (!isShared(value)) return Math.ceil(value.size / THREADS);
  const { columns } = planFold(value);
  return value.inner > 1 ? value.outer * Math.ceil(value.inner / columns) : Math.ceil(value.outer / columns);
}

/** Whether threads share numbers in workgroup memory. */
export const usesTiles = (value: Value): boolean =>
  value.kind === 'product' ? !isSmall(value) : value.kind === 'fold' && isShared(value);

const depthOf = ({ k }: Product): number => Math.min(DEPTH, k);

/** Numbers of a tile in workgroup memory, rows one apart against bank conflicts. */
export function tileSize(values: readonly Value[]): number {
  const sizes = values
    .filter(usesTiles)
    .map((value) => (value.kind === 'product' ? depthOf(value) * (reachOf(value) * SIDE + 1) : THREADS));
  return Math.max(...sizes);
}

export function fold(value: Fold, read: string, finish: string): string {
  const { outer, count, inner, size } = value;
  const join = (a: string, b: string): string => (value.fold === 'sum' ? `${a} + ${b}` : `max(${a}, ${b})`);
  const start = value.fold === 'sum' ? '0.0' : '-3.4028e38';
  if (!isShared(value)) {
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

export function mean({ count }: Fold, read: string, readWeight: string, finish: string): string {
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

/** Names of the functions that read a product's operands. */
interface Operands {
  readonly a: string;
  readonly b: string;
  /** A variable that is true where `a` is read for the first column: there each element is read once. */
  readonly first?: string;
}

/** A thread sums one element's products, of matrices that tiles would hardly fit. */
function smallProduct(value: Product, { a: readA, b: readB, first }: Operands, finish: string): string {
  const { m, n, k, transposeA, transposeB, sharedA, sharedB, size } = value;
  return `
    let at = first * ${THREADS} + local;
    if (at < ${size}) {
      let slice = at / ${m * n};
      let row = at / ${n} % ${m};
      let column = at % ${n};
      ${first ? `${first} = column == 0;` : ''}
      let baseA = ${sharedA ? '0' : `slice * ${m * k}`} + ${transposeA ? 'row' : `row * ${k}`};
      let baseB = ${sharedB ? '0' : `slice * ${k * n}`} + ${transposeB ? `column * ${k}` : 'column'};
      var number = 0.0;
      for (var d = 0; d < ${k}; d = d + 1) {
        number = number + ${readA}(baseA + ${transposeA ? `d * ${m}` : 'd'}) * ${readB}(baseB + ${transposeB ? 'd' : `d * ${n}`});
      }
      ${finish}
    }`;
}

function tiledProduct(value: Product, { a: readA, b: readB, first }: Operands, finish: string): string {
  const { m, n, k, transposeA, transposeB, sharedA, sharedB } = value;
  const reach = reachOf(value);
  const side = reach * SIDE;
  const depth = depthOf(value);
  const [across, down] = [Math.ceil(n / side), Math.ceil(m / side)];
  const stride = side + 1;
  const each = Array.from({ length: reach }, (_, i) => i);
  // Neighbouring threads read neighbouring numbers: along k where it is the last axis, along rows or columns where not.
  const alongK = `let line = e / ${depth}; let depth = e % ${depth};`;
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
    ${first ? `${first} = column0 == 0;` : ''}
    let ty = local / ${SIDE};
    let tx = local % ${SIDE};
    let baseA = ${sharedA ? '0' : `slice * ${m * k}`};
    let baseB = ${sharedB ? '0' : `slice * ${k * n}`};
    ${sums.join(' ')}
    for (var k0 = 0; k0 < ${k}; k0 = k0 + ${depth}) {
      for (var e = local; e < ${side * depth}; e = e + ${THREADS}) {
        ${transposeA ? acrossK : alongK}
        let row = row0 + line;
        var number = 0.0;
        if (row < ${m} && k0 + depth < ${k}) { number = ${readA}(baseA + ${placeA}); }
        tileA[depth * ${stride} + line] = number;
      }
      for (var e = local; e < ${side * depth}; e = e + ${THREADS}) {
        ${transposeB ? alongK : acrossK}
        let column = column0 + line;
        var number = 0.0;
        if (column < ${n} && k0 + depth < ${k}) { number = ${readB}(baseB + ${placeB}); }
        tileB[depth * ${stride} + line] = number;
      }
      workgroupBarrier();
      for (var depth = 0; depth < ${depth}; depth = depth + 1) {
        ${each.map((i) => `let a${i} = tileA[depth * ${stride} + ty + ${i * SIDE}];`).join(' ')}
        ${each.map((j) => `let b${j} = tileB[depth * ${stride} + tx + ${j * SIDE}];`).join(' ')}
        ${steps.join(' ')}
      }
      workgroupBarrier();
    }
    ${stores.join('\n')}`;
}

export function product(value: Product, operands: Operands, finish: string): string {
  return (isSmall(value) ? smallProduct : tiledProduct)(value, operands, finish);
}
