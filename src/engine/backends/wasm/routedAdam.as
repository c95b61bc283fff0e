// Adam of weights that rows reach by their group (`routed.as`), for groups of few rows: four values of the gradient are made in a register and
// used at once, while the divider is busy with those before, so that no gradient of all weights is written or read. To the bits of
// `routedWeight` and `adam`.
//
// own, m, v [total, input, output]; `made`: room for eight lines and 64 bytes. output is a multiple of four, as `adam` counts its vectors. Groups
// that are absent get a zero gradient. Modes and dShared (added to) as in `routedWeight`; `shared` must still be what the gradient is of. The
// gradient of a group of more than `most` rows stands ready in `ready [total, input, output]` (mode 0). Lines from `first` until `last` of every
// matrix are updated: parts of them may be different threads', and each line of dShared is still summed in the order of groups.

// Lines whose gradient by all rows but the last four is made before, in the first cache.
const ADAM_LINES: i32 = 4;

// Four weights by the gradient of R rows, added to what is begun.
@inline
function adamByRows<Place>(
  R: i32, a0: v128, a1: v128, a2: v128, a3: v128, d0: usize, d1: usize, d2: usize, d3: usize, begun: usize,
  w: usize, m: usize, v: usize, shared: usize, mode: i32, dShared: usize,
  b1: v128, r1: v128, b2: v128, r2: v128, step: v128, root: v128, eps: v128, force: v128, middle: v128,
): void {
  let g = fused(a0, v128.load(d0, offsetof<Place>()), v128.load(begun, offsetof<Place>()));
  if (R > 1) g = fused(a1, v128.load(d1, offsetof<Place>()), g);
  if (R > 2) g = fused(a2, v128.load(d2, offsetof<Place>()), g);
  if (R > 3) g = fused(a3, v128.load(d3, offsetof<Place>()), g);
  if (mode != 0) {
    let part = g;
    if (mode == 1) {
      part = f32x4.mul(g, v128.load(w, offsetof<Place>()));
      g = f32x4.mul(g, v128.load(shared, offsetof<Place>()));
    }
    v128.store(dShared, f32x4.add(v128.load(dShared, offsetof<Place>()), part), offsetof<Place>());
  }
  adamFour<Place>(g, w, m, v, b1, r1, b2, r2, step, root, eps, force, middle);
}

// `lines` lines of a group: their gradient by rows before stands at `begun`, `next` bytes from line to line; R rows follow.
// given: addresses of four rows, of which R count, at the first line's x; of as many of dy; then the seven rates.
@inline
function adamLines(
  R: i32, given: usize, begun: usize, next: usize, lines: i32, row: usize, w: usize, m: usize, v: usize, shared: usize, mode: i32, dShared: usize,
): void {
  let x0 = load<usize>(given), x1 = load<usize>(given, 4), x2 = load<usize>(given, 8), x3 = load<usize>(given, 12);
  const d0 = load<usize>(given, 16), d1 = load<usize>(given, 20), d2 = load<usize>(given, 24), d3 = load<usize>(given, 28);
  const one = f32x4.splat(1), b1 = v128.load32_splat(given, 32), b2 = v128.load32_splat(given, 36);
  const r1 = f32x4.sub(one, b1), r2 = f32x4.sub(one, b2);
  const step = v128.load32_splat(given, 40), root = v128.load32_splat(given, 44), eps = v128.load32_splat(given, 48);
  const force = v128.load32_splat(given, 52), middle = v128.load32_splat(given, 56);
  for (let i = 0; i < lines; i++) {
    const a0 = v128.load32_splat(x0), a1 = R > 1 ? v128.load32_splat(x1) : a0;
    const a2 = R > 2 ? v128.load32_splat(x2) : a0, a3 = R > 3 ? v128.load32_splat(x3) : a0;
    const end = w + row;
    let c: usize = 0;
    for (; w + 32 <= end; w += 32) {
      const e0 = d0 + c, e1 = d1 + c, e2 = d2 + c, e3 = d3 + c, b = begun + c, s = shared + c, t = dShared + c;
      adamByRows<First>(R, a0, a1, a2, a3, e0, e1, e2, e3, b, w, m, v, s, mode, t, b1, r1, b2, r2, step, root, eps, force, middle);
      adamByRows<Second>(R, a0, a1, a2, a3, e0, e1, e2, e3, b, w, m, v, s, mode, t, b1, r1, b2, r2, step, root, eps, force, middle);
      c += 32;
      m += 32;
      v += 32;
    }
    for (; w < end; w += 16) {
      const e0 = d0 + c, e1 = d1 + c, e2 = d2 + c, e3 = d3 + c, b = begun + c, s = shared + c, t = dShared + c;
      adamByRows<First>(R, a0, a1, a2, a3, e0, e1, e2, e3, b, w, m, v, s, mode, t, b1, r1, b2, r2, step, root, eps, force, middle);
      c += 16;
      m += 16;
      v += 16;
    }
    x0 += 4;
    x1 += 4;
    x2 += 4;
    x3 += 4;
    begun += next;
    shared += row;
    dShared += row;
  }
}

// Functions of their own, in which the number of rows and whether weights are shared are no questions: asked at every four values, they made it slower
// than a gradient that is written first.
function adamOneRow(given: usize, begun: usize, next: usize, lines: i32, row: usize, w: usize, m: usize, v: usize): void {
  adamLines(1, given, begun, next, lines, row, w, m, v, 0, 0, 0);
}

function adamTwoRows(given: usize, begun: usize, next: usize, lines: i32, row: usize, w: usize, m: usize, v: usize): void {
  adamLines(2, given, begun, next, lines, row, w, m, v, 0, 0, 0);
}

function adamThreeRows(given: usize, begun: usize, next: usize, lines: i32, row: usize, w: usize, m: usize, v: usize): void {
  adamLines(3, given, begun, next, lines, row, w, m, v, 0, 0, 0);
}

function adamFourRows(given: usize, begun: usize, next: usize, lines: i32, row: usize, w: usize, m: usize, v: usize): void {
  adamLines(4, given, begun, next, lines, row, w, m, v, 0, 0, 0);
}

function adamSharedOne(
  given: usize, begun: usize, next: usize, lines: i32, row: usize, w: usize, m: usize, v: usize, shared: usize, mode: i32, dShared: usize,
): void {
  adamLines(1, given, begun, next, lines, row, w, m, v, shared, mode, dShared);
}

function adamSharedTwo(
  given: usize, begun: usize, next: usize, lines: i32, row: usize, w: usize, m: usize, v: usize, shared: usize, mode: i32, dShared: usize,
): void {
  adamLines(2, given, begun, next, lines, row, w, m, v, shared, mode, dShared);
}

function adamSharedThree(
  given: usize, begun: usize, next: usize, lines: i32, row: usize, w: usize, m: usize, v: usize, shared: usize, mode: i32, dShared: usize,
): void {
  adamLines(3, given, begun, next, lines, row, w, m, v, shared, mode, dShared);
}

function adamSharedFour(
  given: usize, begun: usize, next: usize, lines: i32, row: usize, w: usize, m: usize, v: usize, shared: usize, mode: i32, dShared: usize,
): void {
  adamLines(4, given, begun, next, lines, row, w, m, v, shared, mode, dShared);
}

export function routedAdam(
  x: usize, dy: usize, order: usize, groups: usize, count: i32, total: i32, most: i32, ready: usize,
  own: usize, shared: usize, mode: i32, dShared: usize, input: i32, output: i32,
  first: i32, last: i32, made: usize, m: usize, v: usize,
  beta1: f32, beta2: f32, stepSize: f32, inverseRoot: f32, epsilon: f32, pull: f32, centre: f32,
): void {
  const row = <usize>output << 2;
  const given = made;
  store<f32>(given, beta1, 32);
  store<f32>(given, beta2, 36);
  store<f32>(given, stepSize, 40);
  store<f32>(given, inverseRoot, 44);
  store<f32>(given, epsilon, 48);
  store<f32>(given, pull, 52);
  store<f32>(given, centre, 56);
  made += 64;
  const nothing = made + <usize>ADAM_LINES * row;
  memory.fill(nothing, 0, <usize>ADAM_LINES * row);
  let read = 0;
  let g = 0;
  for (let n = 0; n < total; n++) {
    const group = groups + <usize>g * 12;
    const present = g < count && load<i32>(group) == n;
    const from = present ? load<i32>(group, 4) : 0;
    const rows = present ? load<i32>(group, 8) : 0;
    if (present) g++;
    const block = (<usize>n * <usize>input * <usize>output) << 2;
    if (rows > most) {
      const at = block + <usize>first * row;
      read |= adam(
        own + at, m + at, v + at, ready + at, (last - first) * output, beta1, beta2, stepSize, inverseRoot, epsilon, pull, centre,
      );
      continue;
    }
    const before = present ? (rows - 1) & ~3 : 0;
    const some = rows - before;
    const part = present && before == 0 ? last - first : ADAM_LINES;
    for (let i = first; i < last; i += part) {
      const lines = min(part, last - i);
      const line = <usize>i * row;
      const w = own + block + line, firsts = m + block + line, seconds = v + block + line;
      if (!present) {
        read |= adam(w, firsts, seconds, nothing, lines * output, beta1, beta2, stepSize, inverseRoot, epsilon, pull, centre);
        continue;
      }
      const column = x + (<usize>i << 2);
      for (let k = 0; before != 0 && k < lines; k++) {
        weightLine(column + (<usize>k << 2), dy, order, from, before, made + <usize>k * row, input, output);
      }
      for (let r = 0; r < 4; r++) {
        const place = from + before + min(r, some - 1);
        const to = given + (<usize>r << 2);
        store<usize>(to, rowAt(column, order, place, input));
        store<usize>(to, rowAt(dy, order, place, output), 16);
      }
      const begun = before ? made : nothing, next = before ? row : 0;
      if (mode == 0) {
        if (some == 1) adamOneRow(given, begun, next, lines, row, w, firsts, seconds);
        else if (some == 2) adamTwoRows(given, begun, next, lines, row, w, firsts, seconds);
        else if (some == 3) adamThreeRows(given, begun, next, lines, row, w, firsts, seconds);
        else adamFourRows(given, begun, next, lines, row, w, firsts, seconds);
      } else {
        const s = shared + line, t = dShared + line;
        if (some == 1) adamSharedOne(given, begun, next, lines, row, w, firsts, seconds, s, mode, t);
        else if (some == 2) adamSharedTwo(given, begun, next, lines, row, w, firsts, seconds, s, mode, t);
        else if (some == 3) adamSharedThree(given, begun, next, lines, row, w, firsts, seconds, s, mode, t);
        else adamSharedFour(given, begun, next, lines, row, w, firsts, seconds, s, mode, t);
      }
    }
  }
  store<i32>(made, read);
}
