// Gradients of `routed.as`, by inputs and by weights.

@inline
function four(d: usize, c0: v128, c1: v128, c2: v128, c3: v128, sum: v128): v128 {
  sum = fused(v128.load32_splat(d), c0, sum);
  sum = fused(v128.load32_splat(d, 4), c1, sum);
  sum = fused(v128.load32_splat(d, 8), c2, sum);
  return fused(v128.load32_splat(d, 12), c3, sum);
}

// One to four rows d times four lines of weights, transposed in registers, to four values t of each row; reads ahead as `routedForward`.
// Sums are stored after each row, too: V8 loads what follows a store after it, else all rows' values at once, and keeps sums on the stack.
function inputOne(d0: usize, w: usize, row: usize, output: i32, ahead: usize, t0: usize): i32 {
  const zero = f32x4.splat(0);
  let p0 = zero, read = 0;
  const step: usize = ahead ? 64 : 0;
  let early = w + ahead;
  const fours = <usize>(output & ~3) << 2;
  let o: usize = 0;
  for (; o < fours; o += 16) {
    read |= load<i32>(early);
    early += step;
    const at = w + o;
    const v0 = v128.load(at), v1 = v128.load(at + row), v2 = v128.load(at + 2 * row), v3 = v128.load(at + 3 * row);
    const h0 = v128.shuffle<i32>(v0, v1, 0, 4, 1, 5), h1 = v128.shuffle<i32>(v2, v3, 0, 4, 1, 5);
    const c0 = v128.shuffle<i64>(h0, h1, 0, 2), c1 = v128.shuffle<i64>(h0, h1, 1, 3);
    const h2 = v128.shuffle<i32>(v0, v1, 2, 6, 3, 7), h3 = v128.shuffle<i32>(v2, v3, 2, 6, 3, 7);
    const c2 = v128.shuffle<i64>(h2, h3, 0, 2), c3 = v128.shuffle<i64>(h2, h3, 1, 3);
    p0 = four(d0 + o, c0, c1, c2, c3, p0);
  }
  for (; o < <usize>output << 2; o += 4) {
    const at = w + o;
    const c = f32x4(load<f32>(at), load<f32>(at + row), load<f32>(at + 2 * row), load<f32>(at + 3 * row));
    p0 = fused(v128.load32_splat(d0 + o), c, p0);
  }
  v128.store(t0, f32x4.add(zero, p0));
  return read;
}

function inputTwo(d0: usize, d1: usize, w: usize, row: usize, output: i32, ahead: usize, t0: usize, t1: usize): i32 {
  const zero = f32x4.splat(0);
  let p0 = zero, p1 = zero, read = 0;
  const step: usize = ahead ? 64 : 0;
  let early = w + ahead;
  const fours = <usize>(output & ~3) << 2;
  let o: usize = 0;
  for (; o < fours; o += 16) {
    read |= load<i32>(early);
    early += step;
    const at = w + o;
    const v0 = v128.load(at), v1 = v128.load(at + row), v2 = v128.load(at + 2 * row), v3 = v128.load(at + 3 * row);
    const h0 = v128.shuffle<i32>(v0, v1, 0, 4, 1, 5), h1 = v128.shuffle<i32>(v2, v3, 0, 4, 1, 5);
    const c0 = v128.shuffle<i64>(h0, h1, 0, 2), c1 = v128.shuffle<i64>(h0, h1, 1, 3);
    const h2 = v128.shuffle<i32>(v0, v1, 2, 6, 3, 7), h3 = v128.shuffle<i32>(v2, v3, 2, 6, 3, 7);
    const c2 = v128.shuffle<i64>(h2, h3, 0, 2), c3 = v128.shuffle<i64>(h2, h3, 1, 3);
    p0 = four(d0 + o, c0, c1, c2, c3, p0);
    v128.store(t0, p0);
    p1 = four(d1 + o, c0, c1, c2, c3, p1);
    v128.store(t1, p1);
  }
  for (; o < <usize>output << 2; o += 4) {
    const at = w + o;
    const c = f32x4(load<f32>(at), load<f32>(at + row), load<f32>(at + 2 * row), load<f32>(at + 3 * row));
    p0 = fused(v128.load32_splat(d0 + o), c, p0);
    p1 = fused(v128.load32_splat(d1 + o), c, p1);
  }
  v128.store(t0, f32x4.add(zero, p0));
  v128.store(t1, f32x4.add(zero, p1));
  return read;
}

function inputThree(d0: usize, d1: usize, d2: usize, w: usize, row: usize, output: i32, ahead: usize, t0: usize, t1: usize, t2: usize): i32 {
  const zero = f32x4.splat(0);
  let p0 = zero, p1 = zero, p2 = zero, read = 0;
  const step: usize = ahead ? 64 : 0;
  let early = w + ahead;
  const fours = <usize>(output & ~3) << 2;
  let o: usize = 0;
  for (; o < fours; o += 16) {
    read |= load<i32>(early);
    early += step;
    const at = w + o;
    const v0 = v128.load(at), v1 = v128.load(at + row), v2 = v128.load(at + 2 * row), v3 = v128.load(at + 3 * row);
    const h0 = v128.shuffle<i32>(v0, v1, 0, 4, 1, 5), h1 = v128.shuffle<i32>(v2, v3, 0, 4, 1, 5);
    const c0 = v128.shuffle<i64>(h0, h1, 0, 2), c1 = v128.shuffle<i64>(h0, h1, 1, 3);
    const h2 = v128.shuffle<i32>(v0, v1, 2, 6, 3, 7), h3 = v128.shuffle<i32>(v2, v3, 2, 6, 3, 7);
    const c2 = v128.shuffle<i64>(h2, h3, 0, 2), c3 = v128.shuffle<i64>(h2, h3, 1, 3);
    p0 = four(d0 + o, c0, c1, c2, c3, p0);
    v128.store(t0, p0);
    p1 = four(d1 + o, c0, c1, c2, c3, p1);
    v128.store(t1, p1);
    p2 = four(d2 + o, c0, c1, c2, c3, p2);
    v128.store(t2, p2);
  }
  for (; o < <usize>output << 2; o += 4) {
    const at = w + o;
    const c = f32x4(load<f32>(at), load<f32>(at + row), load<f32>(at + 2 * row), load<f32>(at + 3 * row));
    p0 = fused(v128.load32_splat(d0 + o), c, p0);
    p1 = fused(v128.load32_splat(d1 + o), c, p1);
    p2 = fused(v128.load32_splat(d2 + o), c, p2);
  }
  v128.store(t0, f32x4.add(zero, p0));
  v128.store(t1, f32x4.add(zero, p1));
  v128.store(t2, f32x4.add(zero, p2));
  return read;
}

function inputFour(d0: usize, d1: usize, d2: usize, d3: usize, w: usize, row: usize, output: i32, ahead: usize, t0: usize, t1: usize, t2: usize, t3: usize): i32 {
  const zero = f32x4.splat(0);
  let p0 = zero, p1 = zero, p2 = zero, p3 = zero, read = 0;
  const step: usize = ahead ? 64 : 0;
  let early = w + ahead;
  const fours = <usize>(output & ~3) << 2;
  let o: usize = 0;
  for (; o < fours; o += 16) {
    read |= load<i32>(early);
    early += step;
    const at = w + o;
    const v0 = v128.load(at), v1 = v128.load(at + row), v2 = v128.load(at + 2 * row), v3 = v128.load(at + 3 * row);
    const h0 = v128.shuffle<i32>(v0, v1, 0, 4, 1, 5), h1 = v128.shuffle<i32>(v2, v3, 0, 4, 1, 5);
    const c0 = v128.shuffle<i64>(h0, h1, 0, 2), c1 = v128.shuffle<i64>(h0, h1, 1, 3);
    const h2 = v128.shuffle<i32>(v0, v1, 2, 6, 3, 7), h3 = v128.shuffle<i32>(v2, v3, 2, 6, 3, 7);
    const c2 = v128.shuffle<i64>(h2, h3, 0, 2), c3 = v128.shuffle<i64>(h2, h3, 1, 3);
    p0 = four(d0 + o, c0, c1, c2, c3, p0);
    v128.store(t0, p0);
    p1 = four(d1 + o, c0, c1, c2, c3, p1);
    v128.store(t1, p1);
    p2 = four(d2 + o, c0, c1, c2, c3, p2);
    v128.store(t2, p2);
    p3 = four(d3 + o, c0, c1, c2, c3, p3);
    v128.store(t3, p3);
  }
  for (; o < <usize>output << 2; o += 4) {
    const at = w + o;
    const c = f32x4(load<f32>(at), load<f32>(at + row), load<f32>(at + 2 * row), load<f32>(at + 3 * row));
    p0 = fused(v128.load32_splat(d0 + o), c, p0);
    p1 = fused(v128.load32_splat(d1 + o), c, p1);
    p2 = fused(v128.load32_splat(d2 + o), c, p2);
    p3 = fused(v128.load32_splat(d3 + o), c, p3);
  }
  v128.store(t0, f32x4.add(zero, p0));
  v128.store(t1, f32x4.add(zero, p1));
  v128.store(t2, f32x4.add(zero, p2));
  v128.store(t3, f32x4.add(zero, p3));
  return read;
}

// dx[row] = dy[row] W[group]^T for every row of the groups. `made`: room for four lines of weights.
export function routedInput(
  dy: usize, order: usize, groups: usize, count: i32, weight: usize, shared: usize, mode: i32, dx: usize, input: i32, output: i32, made: usize,
): void {
  const row = <usize>output << 2;
  let read = 0;
  for (let g = 0; g < count; g++) {
    const group = groups + <usize>g * 12;
    const n = <usize>load<i32>(group);
    const from = load<i32>(group, 4);
    const rows = load<i32>(group, 8);
    const own = weight + ((n * <usize>input * <usize>output) << 2);
    let i = 0;
    for (; i + 4 <= input; i += 4) {
      const line = <usize>i * row;
      const w = linesAt(own + line, shared + line, mode, output << 2, made);
      let ahead = mode == 0 ? aheadOf(4, i, input, g + 1 == count, row) : 0;
      const at = <usize>i << 2;
      for (let r = 0; r < rows; r += 4) {
        const some = rows - r;
        const r1 = from + min(r + 1, rows - 1), r2 = from + min(r + 2, rows - 1), r3 = from + min(r + 3, rows - 1);
        const d0 = rowAt(dy, order, from + r, output), d1 = rowAt(dy, order, r1, output);
        const d2 = rowAt(dy, order, r2, output), d3 = rowAt(dy, order, r3, output);
        const t0 = rowAt(dx, order, from + r, input) + at, t1 = rowAt(dx, order, r1, input) + at;
        const t2 = rowAt(dx, order, r2, input) + at, t3 = rowAt(dx, order, r3, input) + at;
        if (some == 1) read |= inputOne(d0, w, row, output, ahead, t0);
        else if (some == 2) read |= inputTwo(d0, d1, w, row, output, ahead, t0, t1);
        else if (some == 3) read |= inputThree(d0, d1, d2, w, row, output, ahead, t0, t1, t2);
        else read |= inputFour(d0, d1, d2, d3, w, row, output, ahead, t0, t1, t2, t3);
        ahead = 0;
      }
    }
    for (; i < input; i++) {
      const w = own + <usize>i * row;
      const s = shared + <usize>i * row;
      for (let r = 0; r < rows; r++) {
        const d = rowAt(dy, order, from + r, output);
        let sum: f32 = 0;
        for (let o = 0; o < output; o++) {
          const to = <usize>o << 2;
          sum = fusedOne(load<f32>(d + to), combinedOne(w + to, s + to, mode), sum);
        }
        store<f32>(rowAt(dx, order, from + r, input) + (<usize>i << 2), <f32>0 + sum);
      }
    }
  }
  store<i32>(made, read);
}

// One line of a group's gradient by weights, from x of that line and dy of its rows; `add`: to what earlier rows made.
function weightOne(x0: usize, d0: usize, to: usize, output: i32, add: bool): void {
  const a0 = v128.load32_splat(x0);
  let c: usize = 0;
  if (add) {
    for (const fours = <usize>(output & ~3) << 2; c < fours; c += 16) {
      let sum = v128.load(to + c);
      sum = fused(a0, v128.load(d0 + c), sum);
      v128.store(to + c, sum);
    }
  } else {
    for (const fours = <usize>(output & ~3) << 2; c < fours; c += 16) {
      let sum = f32x4.splat(0);
      sum = fused(a0, v128.load(d0 + c), sum);
      v128.store(to + c, sum);
    }
  }
  for (; c < <usize>output << 2; c += 4) {
    let sum = add ? load<f32>(to + c) : <f32>0;
    sum = fusedOne(load<f32>(x0), load<f32>(d0 + c), sum);
    store<f32>(to + c, sum);
  }
}

function weightTwo(x0: usize, x1: usize, d0: usize, d1: usize, to: usize, output: i32, add: bool): void {
  const a0 = v128.load32_splat(x0), a1 = v128.load32_splat(x1);
  let c: usize = 0;
  if (add) {
    for (const fours = <usize>(output & ~3) << 2; c < fours; c += 16) {
      let sum = v128.load(to + c);
      sum = fused(a0, v128.load(d0 + c), sum);
      sum = fused(a1, v128.load(d1 + c), sum);
      v128.store(to + c, sum);
    }
  } else {
    for (const fours = <usize>(output & ~3) << 2; c < fours; c += 16) {
      let sum = f32x4.splat(0);
      sum = fused(a0, v128.load(d0 + c), sum);
      sum = fused(a1, v128.load(d1 + c), sum);
      v128.store(to + c, sum);
    }
  }
  for (; c < <usize>output << 2; c += 4) {
    let sum = add ? load<f32>(to + c) : <f32>0;
    sum = fusedOne(load<f32>(x0), load<f32>(d0 + c), sum);
    sum = fusedOne(load<f32>(x1), load<f32>(d1 + c), sum);
    store<f32>(to + c, sum);
  }
}

function weightThree(x0: usize, x1: usize, x2: usize, d0: usize, d1: usize, d2: usize, to: usize, output: i32, add: bool): void {
  const a0 = v128.load32_splat(x0), a1 = v128.load32_splat(x1), a2 = v128.load32_splat(x2);
  let c: usize = 0;
  if (add) {
    for (const fours = <usize>(output & ~3) << 2; c < fours; c += 16) {
      let sum = v128.load(to + c);
      sum = fused(a0, v128.load(d0 + c), sum);
      sum = fused(a1, v128.load(d1 + c), sum);
      sum = fused(a2, v128.load(d2 + c), sum);
      v128.store(to + c, sum);
    }
  } else {
    for (const fours = <usize>(output & ~3) << 2; c < fours; c += 16) {
      let sum = f32x4.splat(0);
      sum = fused(a0, v128.load(d0 + c), sum);
      sum = fused(a1, v128.load(d1 + c), sum);
      sum = fused(a2, v128.load(d2 + c), sum);
      v128.store(to + c, sum);
    }
  }
  for (; c < <usize>output << 2; c += 4) {
    let sum = add ? load<f32>(to + c) : <f32>0;
    sum = fusedOne(load<f32>(x0), load<f32>(d0 + c), sum);
    sum = fusedOne(load<f32>(x1), load<f32>(d1 + c), sum);
    sum = fusedOne(load<f32>(x2), load<f32>(d2 + c), sum);
    store<f32>(to + c, sum);
  }
}

function weightFour(x0: usize, x1: usize, x2: usize, x3: usize, d0: usize, d1: usize, d2: usize, d3: usize, to: usize, output: i32, add: bool): void {
  const a0 = v128.load32_splat(x0), a1 = v128.load32_splat(x1), a2 = v128.load32_splat(x2), a3 = v128.load32_splat(x3);
  let c: usize = 0;
  if (add) {
    for (const fours = <usize>(output & ~3) << 2; c < fours; c += 16) {
      let sum = v128.load(to + c);
      sum = fused(a0, v128.load(d0 + c), sum);
      sum = fused(a1, v128.load(d1 + c), sum);
      sum = fused(a2, v128.load(d2 + c), sum);
      sum = fused(a3, v128.load(d3 + c), sum);
      v128.store(to + c, sum);
    }
  } else {
    for (const fours = <usize>(output & ~3) << 2; c < fours; c += 16) {
      let sum = f32x4.splat(0);
      sum = fused(a0, v128.load(d0 + c), sum);
      sum = fused(a1, v128.load(d1 + c), sum);
      sum = fused(a2, v128.load(d2 + c), sum);
      sum = fused(a3, v128.load(d3 + c), sum);
      v128.store(to + c, sum);
    }
  }
  for (; c < <usize>output << 2; c += 4) {
    let sum = add ? load<f32>(to + c) : <f32>0;
    sum = fusedOne(load<f32>(x0), load<f32>(d0 + c), sum);
    sum = fusedOne(load<f32>(x1), load<f32>(d1 + c), sum);
    sum = fusedOne(load<f32>(x2), load<f32>(d2 + c), sum);
    sum = fusedOne(load<f32>(x3), load<f32>(d3 + c), sum);
    store<f32>(to + c, sum);
  }
}

// A few columns of a row of at least as many values.
@inline
function columnsAt(from: usize, columns: i32): v128 {
  if (columns == 4) return v128.load(from);
  let value = v128.load32_zero(from);
  if (columns > 1) value = v128.load32_lane(from, value, 1, 4);
  if (columns > 2) value = v128.load32_lane(from, value, 2, 8);
  return value;
}

// One to four columns of all lines of a group's gradient, by R rows; `add`: to what earlier rows made.
@inline
function weightTile(
  R: i32, x0: usize, x1: usize, x2: usize, x3: usize, d0: usize, d1: usize, d2: usize, d3: usize, to: usize, row: usize, lines: i32, columns: i32, add: bool,
): void {
  const none = f32x4.splat(0);
  const p0 = columnsAt(d0, columns), p1 = R > 1 ? columnsAt(d1, columns) : none;
  const p2 = R > 2 ? columnsAt(d2, columns) : none, p3 = R > 3 ? columnsAt(d3, columns) : none;
  for (const end = x0 + (<usize>lines << 2); x0 < end; x0 += 4) {
    let sum = add ? columnsAt(to, columns) : none;
    sum = fused(v128.load32_splat(x0), p0, sum);
    if (R > 1) {
      sum = fused(v128.load32_splat(x1), p1, sum);
      x1 += 4;
    }
    if (R > 2) {
      sum = fused(v128.load32_splat(x2), p2, sum);
      x2 += 4;
    }
    if (R > 3) {
      sum = fused(v128.load32_splat(x3), p3, sum);
      x3 += 4;
    }
    if (columns == 4) {
      v128.store(to, sum);
    } else {
      v128.store32_lane(to, sum, 0);
      if (columns > 1) v128.store32_lane(to, sum, 1, 4);
      if (columns > 2) v128.store32_lane(to, sum, 2, 8);
    }
    to += row;
  }
}

function weightTileOne(x0: usize, d0: usize, to: usize, row: usize, lines: i32, columns: i32, add: bool): void {
  weightTile(1, x0, 0, 0, 0, d0, 0, 0, 0, to, row, lines, columns, add);
}

function weightTileTwo(x0: usize, x1: usize, d0: usize, d1: usize, to: usize, row: usize, lines: i32, columns: i32, add: bool): void {
  weightTile(2, x0, x1, 0, 0, d0, d1, 0, 0, to, row, lines, columns, add);
}

function weightTileThree(x0: usize, x1: usize, x2: usize, d0: usize, d1: usize, d2: usize, to: usize, row: usize, lines: i32, columns: i32, add: bool): void {
  weightTile(3, x0, x1, x2, 0, d0, d1, d2, 0, to, row, lines, columns, add);
}

function weightTileFour(x0: usize, x1: usize, x2: usize, x3: usize, d0: usize, d1: usize, d2: usize, d3: usize, to: usize, row: usize, lines: i32, columns: i32, add: bool): void {
  weightTile(4, x0, x1, x2, x3, d0, d1, d2, d3, to, row, lines, columns, add);
}

// The gradient of a group whose lines are narrow: four columns at a time.
function weightNarrow(x: usize, dy: usize, order: usize, from: i32, rows: i32, to: usize, input: i32, output: i32): void {
  const row = <usize>output << 2;
  for (let r = 0; r < rows; r += 4) {
    const some = rows - r;
    const r1 = from + min(r + 1, rows - 1), r2 = from + min(r + 2, rows - 1), r3 = from + min(r + 3, rows - 1);
    const x0 = rowAt(x, order, from + r, input), x1 = rowAt(x, order, r1, input);
    const x2 = rowAt(x, order, r2, input), x3 = rowAt(x, order, r3, input);
    const d0 = rowAt(dy, order, from + r, output), d1 = rowAt(dy, order, r1, output);
    const d2 = rowAt(dy, order, r2, output), d3 = rowAt(dy, order, r3, output);
    for (let o = 0; o < output; o += 4) {
      const c = <usize>o << 2;
      const columns = min(4, output - o);
      if (some == 1) weightTileOne(x0, d0 + c, to + c, row, input, columns, r > 0);
      else if (some == 2) weightTileTwo(x0, x1, d0 + c, d1 + c, to + c, row, input, columns, r > 0);
      else if (some == 3) weightTileThree(x0, x1, x2, d0 + c, d1 + c, d2 + c, to + c, row, input, columns, r > 0);
      else weightTileFour(x0, x1, x2, x3, d0 + c, d1 + c, d2 + c, d3 + c, to + c, row, input, columns, r > 0);
    }
  }
}

// Columns up to which a tile stays in registers while it goes down the lines.
const FEW_COLUMNS: i32 = 16;

// Gradient by the weights of each group, G = sum over its rows of x[row]^T dy[row]: dOwn[group] = G, in mode 1 G times shared; in
// modes 1 and 2 dShared gets G times own, or G, added to it.
export function routedWeight(
  x: usize, dy: usize, order: usize, groups: usize, count: i32, own: usize, shared: usize, mode: i32, dOwn: usize, dShared: usize, input: i32, output: i32,
): void {
  const row = <usize>output << 2;
  for (let g = 0; g < count; g++) {
    const group = groups + <usize>g * 12;
    const n = <usize>load<i32>(group);
    const from = load<i32>(group, 4);
    const rows = load<i32>(group, 8);
    const block = (n * <usize>input * <usize>output) << 2;
    if (mode == 0 && output <= FEW_COLUMNS) {
      weightNarrow(x, dy, order, from, rows, dOwn + block, input, output);
      continue;
    }
    for (let i = 0; i < input; i++) {
      const line = <usize>i * row;
      const to = dOwn + block + line;
      weightLine(x + (<usize>i << 2), dy, order, from, rows, to, input, output);
      if (mode != 0) shareLine(to, own + block + line, shared + line, mode, dShared + line, output);
    }
  }
}

// A line of all rows: x is at that column.
@inline
function weightLine(x: usize, dy: usize, order: usize, from: i32, rows: i32, to: usize, input: i32, output: i32): void {
  for (let r = 0; r < rows; r += 4) {
    const some = rows - r;
    const r1 = from + min(r + 1, rows - 1), r2 = from + min(r + 2, rows - 1), r3 = from + min(r + 3, rows - 1);
    const x0 = rowAt(x, order, from + r, input), x1 = rowAt(x, order, r1, input);
    const x2 = rowAt(x, order, r2, input), x3 = rowAt(x, order, r3, input);
    const d0 = rowAt(dy, order, from + r, output), d1 = rowAt(dy, order, r1, output);
    const d2 = rowAt(dy, order, r2, output), d3 = rowAt(dy, order, r3, output);
    if (some == 1) weightOne(x0, d0, to, output, r > 0);
    else if (some == 2) weightTwo(x0, x1, d0, d1, to, output, r > 0);
    else if (some == 3) weightThree(x0, x1, x2, d0, d1, d2, to, output, r > 0);
    else weightFour(x0, x1, x2, x3, d0, d1, d2, d3, to, output, r > 0);
  }
}
