// Forward product of `routed.as`. Weights are read line by line, as they lie in memory; sums stay in y, which is in the first cache. One value of
// each cache line of the next four lines is read while these are multiplied: processors do not fetch ahead past a page.

// y += x[0..3] times four lines of weights, columns up to `fours`, lines in their order.
function forwardOne(x: usize, w: usize, row: usize, y: usize, fours: i32, ahead: usize): i32 {
  const a0 = v128.load32_splat(x), a1 = v128.load32_splat(x, 4), a2 = v128.load32_splat(x, 8), a3 = v128.load32_splat(x, 12);
  let early = w + ahead;
  const step: usize = ahead ? 64 : 0;
  let read = 0;
  const to = w + (<usize>fours << 2);
  for (; w < to; w += 16) {
    read |= load<i32>(early);
    early += step;
    let p = fused(a0, v128.load(w), v128.load(y));
    p = fused(a1, v128.load(w + row), p);
    p = fused(a2, v128.load(w + 2 * row), p);
    v128.store(y, fused(a3, v128.load(w + 3 * row), p));
    y += 16;
  }
  return read;
}

// The same of two rows.
function forwardTwo(x0: usize, x1: usize, w: usize, row: usize, y0: usize, y1: usize, fours: i32, ahead: usize): i32 {
  const a0 = v128.load32_splat(x0), a1 = v128.load32_splat(x0, 4), a2 = v128.load32_splat(x0, 8), a3 = v128.load32_splat(x0, 12);
  const b0 = v128.load32_splat(x1), b1 = v128.load32_splat(x1, 4), b2 = v128.load32_splat(x1, 8), b3 = v128.load32_splat(x1, 12);
  let early = w + ahead;
  const step: usize = ahead ? 64 : 0;
  let read = 0;
  const to = w + (<usize>fours << 2);
  for (; w < to; w += 16) {
    read |= load<i32>(early);
    early += step;
    const w0 = v128.load(w), w1 = v128.load(w + row);
    let p = fused(a0, w0, v128.load(y0));
    let q = fused(b0, w0, v128.load(y1));
    p = fused(a1, w1, p);
    q = fused(b1, w1, q);
    const w2 = v128.load(w + 2 * row), w3 = v128.load(w + 3 * row);
    p = fused(a2, w2, p);
    q = fused(b2, w2, q);
    v128.store(y0, fused(a3, w3, p));
    v128.store(y1, fused(b3, w3, q));
    y0 += 16;
    y1 += 16;
  }
  return read;
}

// Four columns of R rows: a tile stays in registers while it goes down all lines of weights. Where fewer columns are left, it is the last lanes
// that are theirs, so that nothing past a matrix is read. `begins`: bias is what sums begin with, and not added last.
@inline
function forwardTile(
  R: i32, x0: usize, x1: usize, x2: usize, x3: usize, lines: i32, w: usize, row: usize, bias: usize, begins: bool,
  y0: usize, y1: usize, y2: usize, y3: usize, columns: i32,
): void {
  const zero = f32x4.splat(0);
  const given = bias ? v128.load(bias) : zero;
  let p0 = begins ? given : zero;
  let p1 = p0, p2 = p0, p3 = p0;
  for (const end = x0 + (<usize>lines << 2); x0 < end; x0 += 4) {
    const value = v128.load(w);
    w += row;
    p0 = fused(v128.load32_splat(x0), value, p0);
    if (R > 1) {
      p1 = fused(v128.load32_splat(x1), value, p1);
      x1 += 4;
    }
    if (R > 2) {
      p2 = fused(v128.load32_splat(x2), value, p2);
      x2 += 4;
    }
    if (R > 3) {
      p3 = fused(v128.load32_splat(x3), value, p3);
      x3 += 4;
    }
  }
  const last = begins ? zero : given;
  lastColumns(y0, f32x4.add(zero, f32x4.add(p0, last)), columns);
  if (R > 1) lastColumns(y1, f32x4.add(zero, f32x4.add(p1, last)), columns);
  if (R > 2) lastColumns(y2, f32x4.add(zero, f32x4.add(p2, last)), columns);
  if (R > 3) lastColumns(y3, f32x4.add(zero, f32x4.add(p3, last)), columns);
}

@inline
function lastColumns(to: usize, value: v128, columns: i32): void {
  if (columns == 4) {
    v128.store(to, value);
    return;
  }
  v128.store32_lane(to, value, 3, 12);
  if (columns > 1) v128.store32_lane(to, value, 2, 8);
  if (columns > 2) v128.store32_lane(to, value, 1, 4);
}

function forwardTileOne(x0: usize, lines: i32, w: usize, row: usize, bias: usize, begins: bool, y0: usize, columns: i32): void {
  forwardTile(1, x0, 0, 0, 0, lines, w, row, bias, begins, y0, 0, 0, 0, columns);
}

function forwardTileTwo(x0: usize, x1: usize, lines: i32, w: usize, row: usize, bias: usize, begins: bool, y0: usize, y1: usize, columns: i32): void {
  forwardTile(2, x0, x1, 0, 0, lines, w, row, bias, begins, y0, y1, 0, 0, columns);
}

function forwardTileThree(x0: usize, x1: usize, x2: usize, lines: i32, w: usize, row: usize, bias: usize, begins: bool, y0: usize, y1: usize, y2: usize, columns: i32): void {
  forwardTile(3, x0, x1, x2, 0, lines, w, row, bias, begins, y0, y1, y2, 0, columns);
}

function forwardTileFour(x0: usize, x1: usize, x2: usize, x3: usize, lines: i32, w: usize, row: usize, bias: usize, begins: bool, y0: usize, y1: usize, y2: usize, y3: usize, columns: i32): void {
  forwardTile(4, x0, x1, x2, x3, lines, w, row, bias, begins, y0, y1, y2, y3, columns);
}

// A group whose lines are narrow: four columns at a time.
function forwardNarrow(x: usize, order: usize, from: i32, rows: i32, own: usize, bias: usize, y: usize, input: i32, output: i32): void {
  const row = <usize>output << 2;
  const whole = output & ~7;
  for (let r = 0; r < rows; r += 4) {
    const some = rows - r;
    const r1 = from + min(r + 1, rows - 1), r2 = from + min(r + 2, rows - 1), r3 = from + min(r + 3, rows - 1);
    const x0 = rowAt(x, order, from + r, input), x1 = rowAt(x, order, r1, input);
    const x2 = rowAt(x, order, r2, input), x3 = rowAt(x, order, r3, input);
    const y0 = rowAt(y, order, from + r, output), y1 = rowAt(y, order, r1, output);
    const y2 = rowAt(y, order, r2, output), y3 = rowAt(y, order, r3, output);
    for (let o = 0; o < output; o += 4) {
      const columns = min(4, output - o);
      const c = <usize>(o + columns - 4) << 2;
      const w = own + c, b = bias ? bias + c : 0;
      const begins = some > 3 && o < whole;
      if (some == 1) forwardTileOne(x0, input, w, row, b, begins, y0 + c, columns);
      else if (some == 2) forwardTileTwo(x0, x1, input, w, row, b, begins, y0 + c, y1 + c, columns);
      else if (some == 3) forwardTileThree(x0, x1, x2, input, w, row, b, begins, y0 + c, y1 + c, y2 + c, columns);
      else forwardTileFour(x0, x1, x2, x3, input, w, row, b, begins, y0 + c, y1 + c, y2 + c, y3 + c, columns);
    }
  }
}

// y[row] = x[row] W[group] (+ bias[group]) for every row of the groups. `made`: room for four lines of weights.
export function routedForward(
  x: usize, order: usize, groups: usize, count: i32, weight: usize, shared: usize, mode: i32, bias: usize, y: usize, input: i32, output: i32, made: usize,
): void {
  const row = <usize>output << 2;
  const fours = output & ~3;
  // Columns that make no full panel of eight are edges to `gemm`, and so are rows that make no panel of four: they get their bias last.
  const whole = output & ~7;
  let read = 0;
  for (let g = 0; g < count; g++) {
    const group = groups + <usize>g * 12;
    const n = <usize>load<i32>(group);
    const from = load<i32>(group, 4);
    const rows = load<i32>(group, 8);
    const panels = rows & ~3;
    const own = weight + ((n * <usize>input * <usize>output) << 2);
    const ownBias = bias ? bias + n * row : 0;
    if (mode == 0 && output <= FEW_COLUMNS) {
      forwardNarrow(x, order, from, rows, own, ownBias, y, input, output);
      continue;
    }
    for (let r = 0; r < rows; r++) {
      const to = rowAt(y, order, from + r, output);
      const first = ownBias && r < panels ? whole : 0;
      for (let o = 0; o < first; o += 4) v128.store(to + (<usize>o << 2), v128.load(ownBias + (<usize>o << 2)));
      memory.fill(to + (<usize>first << 2), 0, <usize>(output - first) << 2);
    }
    let i = 0;
    for (; i + 4 <= input; i += 4) {
      const line = <usize>i * row;
      const at = <usize>i << 2;
      const w = linesAt(own + line, shared + line, mode, output << 2, made);
      let ahead = mode == 0 ? aheadOf(4, i, input, g + 1 == count, row) : 0;
      let r = 0;
      for (; r + 2 <= rows; r += 2) {
        const x0 = rowAt(x, order, from + r, input) + at, x1 = rowAt(x, order, from + r + 1, input) + at;
        const y0 = rowAt(y, order, from + r, output), y1 = rowAt(y, order, from + r + 1, output);
        read |= forwardTwo(x0, x1, w, row, y0, y1, fours, ahead);
        ahead = 0;
      }
      if (r < rows) {
        const x0 = rowAt(x, order, from + r, input) + at;
        read |= forwardOne(x0, w, row, rowAt(y, order, from + r, output), fours, ahead);
      }
    }
    for (let r = 0; r < rows; r++) {
      const from_ = rowAt(x, order, from + r, input);
      const to = rowAt(y, order, from + r, output);
      for (let k = i; k < input; k++) {
        const line = <usize>k * row;
        const a = v128.load32_splat(from_ + (<usize>k << 2));
        for (let o = 0; o < fours; o += 4) {
          const at = <usize>o << 2;
          v128.store(to + at, fused(a, combined(own + line + at, shared + line + at, mode), v128.load(to + at)));
        }
      }
      finish(to, ownBias, r < panels ? whole : 0, fours);
      for (let o = fours; o < output; o++) {
        const at = <usize>o << 2;
        let w = own + at;
        let s = shared + at;
        let sum: f32 = 0;
        for (let k = 0; k < input; k++) {
          sum = fusedOne(load<f32>(from_ + (<usize>k << 2)), combinedOne(w, s, mode), sum);
          w += row;
          s += row;
        }
        if (ownBias) sum += load<f32>(ownBias + at);
        store<f32>(to + at, <f32>0 + sum);
      }
    }
  }
  // Whatever was read early is stored, so that no compiler leaves it out.
  store<i32>(made, read);
}

// The bias from column `first` on, and no negative zeros, as rows that are scattered into zeros.
@inline
function finish(y: usize, bias: usize, first: i32, fours: i32): void {
  const zero = f32x4.splat(0);
  for (let o = 0; o < fours; o += 4) {
    const at = <usize>o << 2;
    let sum = v128.load(y + at);
    if (bias && o >= first) sum = f32x4.add(sum, v128.load(bias + at));
    v128.store(y + at, f32x4.add(zero, sum));
  }
}
