// Linear layers that rows reach by their group (scenario), for groups of few rows: weights are read where they lie, once, and
// nothing is packed. The order of additions is that of `gemm`, so both give the same bits. At most KC values are summed.
//
// groups [count, 3]: which weights, first place in `order`, rows (at least one). order: row numbers, group after group.
// mode 0: the group's own weights; 1: own times shared; 2: own plus shared (shared [input, output]).

@inline
function combined(own: usize, shared: usize, mode: i32): v128 {
  const value = v128.load(own);
  if (mode == 1) return f32x4.mul(value, v128.load(shared));
  if (mode == 2) return f32x4.add(value, v128.load(shared));
  return value;
}

@inline
function combinedOne(own: usize, shared: usize, mode: i32): f32 {
  const value = load<f32>(own);
  if (mode == 1) return value * load<f32>(shared);
  if (mode == 2) return value + load<f32>(shared);
  return value;
}

@inline
function fusedOne(x: f32, y: f32, sum: f32): f32 {
  // A tile's lanes are fused where FUSED; a lone value must round as they do.
  return f32x4.extract_lane(fused(f32x4.splat(x), f32x4.splat(y), f32x4.splat(sum)), 0);
}

// One row times four columns; `full`: starts from the bias as a full tile of `gemm` does, else adds it at the end.
@inline
function rowTile4(x: usize, w: usize, s: usize, mode: i32, input: i32, row: usize, bias: usize, full: bool, y: usize): void {
  const zero = f32x4.splat(0);
  let sum = full && bias ? v128.load(bias) : zero;
  for (let i = 0; i < input; i++) {
    sum = fused(v128.load32_splat(x), combined(w, s, mode), sum);
    x += 4;
    w += row;
    s += row;
  }
  if (!full && bias) sum = f32x4.add(sum, v128.load(bias));
  v128.store(y, f32x4.add(zero, sum));
}

// Two rows times sixteen columns.
@inline
function pairTile16(
  x0: usize, x1: usize, w: usize, s: usize, mode: i32, input: i32, row: usize, bias: usize, full0: bool, full1: bool, y0: usize, y1: usize,
): void {
  const zero = f32x4.splat(0);
  let b0 = zero, b1 = zero, b2 = zero, b3 = zero;
  if (bias) {
    b0 = v128.load(bias);
    b1 = v128.load(bias, 16);
    b2 = v128.load(bias, 32);
    b3 = v128.load(bias, 48);
  }
  let p0 = full0 ? b0 : zero, p1 = full0 ? b1 : zero, p2 = full0 ? b2 : zero, p3 = full0 ? b3 : zero;
  let q0 = full1 ? b0 : zero, q1 = full1 ? b1 : zero, q2 = full1 ? b2 : zero, q3 = full1 ? b3 : zero;
  for (let i = 0; i < input; i++) {
    const w0 = combined(w, s, mode), w1 = combined(w + 16, s + 16, mode);
    const w2 = combined(w + 32, s + 32, mode), w3 = combined(w + 48, s + 48, mode);
    const p = v128.load32_splat(x0);
    p0 = fused(p, w0, p0);
    p1 = fused(p, w1, p1);
    p2 = fused(p, w2, p2);
    p3 = fused(p, w3, p3);
    const q = v128.load32_splat(x1);
    q0 = fused(q, w0, q0);
    q1 = fused(q, w1, q1);
    q2 = fused(q, w2, q2);
    q3 = fused(q, w3, q3);
    x0 += 4;
    x1 += 4;
    w += row;
    s += row;
  }
  if (!full0) {
    p0 = f32x4.add(p0, b0);
    p1 = f32x4.add(p1, b1);
    p2 = f32x4.add(p2, b2);
    p3 = f32x4.add(p3, b3);
  }
  if (!full1) {
    q0 = f32x4.add(q0, b0);
    q1 = f32x4.add(q1, b1);
    q2 = f32x4.add(q2, b2);
    q3 = f32x4.add(q3, b3);
  }
  v128.store(y0, f32x4.add(zero, p0));
  v128.store(y0, f32x4.add(zero, p1), 16);
  v128.store(y0, f32x4.add(zero, p2), 32);
  v128.store(y0, f32x4.add(zero, p3), 48);
  v128.store(y1, f32x4.add(zero, q0));
  v128.store(y1, f32x4.add(zero, q1), 16);
  v128.store(y1, f32x4.add(zero, q2), 32);
  v128.store(y1, f32x4.add(zero, q3), 48);
}

@inline
function rowAt(base: usize, order: usize, place: i32, width: i32): usize {
  return base + (<usize>load<i32>(order + (<usize>place << 2)) * <usize>width << 2);
}

// y[row] = x[row] W[group] (+ bias[group]) for every row of the groups.
export function routedForward(
  x: usize, order: usize, groups: usize, count: i32, weight: usize, shared: usize, mode: i32, bias: usize, y: usize, input: i32, output: i32,
): void {
  if (mode == 1) forwardGroups(x, order, groups, count, weight, shared, 1, bias, y, input, output);
  else if (mode == 2) forwardGroups(x, order, groups, count, weight, shared, 2, bias, y, input, output);
  else forwardGroups(x, order, groups, count, weight, shared, 0, bias, y, input, output);
}

@inline
function forwardGroups(
  x: usize, order: usize, groups: usize, count: i32, weight: usize, shared: usize, mode: i32, bias: usize, y: usize, input: i32, output: i32,
): void {
  const row = <usize>output << 2;
  for (let g = 0; g < count; g++) {
    const group = groups + <usize>g * 12;
    const n = <usize>load<i32>(group);
    const from = load<i32>(group, 4);
    const rows = load<i32>(group, 8);
    const panels = rows & ~3;
    const own = weight + ((n * <usize>input * <usize>output) << 2);
    const ownBias = bias ? bias + n * row : 0;
    let o = 0;
    for (; o + 16 <= output; o += 16) {
      const at = <usize>o << 2;
      const b = ownBias ? ownBias + at : 0;
      for (let r = 0; r < rows; r += 2) {
        const last = min(r + 1, rows - 1);
        pairTile16(
          rowAt(x, order, from + r, input), rowAt(x, order, from + last, input), own + at, shared + at, mode, input, row, b,
          r < panels, last < panels, rowAt(y, order, from + r, output) + at, rowAt(y, order, from + last, output) + at,
        );
      }
    }
    // Columns that make no full panel of eight are edges to `gemm`.
    const whole = output & ~7;
    for (; o + 4 <= output; o += 4) {
      const at = <usize>o << 2;
      for (let r = 0; r < rows; r++) {
        rowTile4(
          rowAt(x, order, from + r, input), own + at, shared + at, mode, input, row, ownBias ? ownBias + at : 0,
          r < panels && o < whole, rowAt(y, order, from + r, output) + at,
        );
      }
    }
    for (; o < output; o++) {
      const at = <usize>o << 2;
      for (let r = 0; r < rows; r++) {
        let from_ = rowAt(x, order, from + r, input);
        let w = own + at;
        let s = shared + at;
        let sum: f32 = 0;
        for (let i = 0; i < input; i++) {
          sum = fusedOne(load<f32>(from_), combinedOne(w, s, mode), sum);
          from_ += 4;
          w += row;
          s += row;
        }
        if (ownBias) sum += load<f32>(ownBias + at);
        store<f32>(rowAt(y, order, from + r, output) + at, <f32>0 + sum);
      }
    }
  }
}

// dx[row] = dy[row] W[group]^T for every row of the groups.
export function routedInput(
  dy: usize, order: usize, groups: usize, count: i32, weight: usize, shared: usize, mode: i32, dx: usize, input: i32, output: i32,
): void {
  if (mode == 1) inputGroups(dy, order, groups, count, weight, shared, 1, dx, input, output);
  else if (mode == 2) inputGroups(dy, order, groups, count, weight, shared, 2, dx, input, output);
  else inputGroups(dy, order, groups, count, weight, shared, 0, dx, input, output);
}

@inline
function inputGroups(
  dy: usize, order: usize, groups: usize, count: i32, weight: usize, shared: usize, mode: i32, dx: usize, input: i32, output: i32,
): void {
  const row = <usize>output << 2;
  const zero = f32x4.splat(0);
  const fours = output & ~3;
  for (let g = 0; g < count; g++) {
    const group = groups + <usize>g * 12;
    const n = <usize>load<i32>(group);
    const from = load<i32>(group, 4);
    const rows = load<i32>(group, 8);
    const own = weight + ((n * <usize>input * <usize>output) << 2);
    let i = 0;
    for (; i + 4 <= input; i += 4) {
      const w = own + <usize>i * row;
      const s = shared + <usize>i * row;
      const at = <usize>i << 2;
      for (let r = 0; r < rows; r += 4) {
        const r1 = min(r + 1, rows - 1), r2 = min(r + 2, rows - 1), r3 = min(r + 3, rows - 1);
        const d0 = rowAt(dy, order, from + r, output), d1 = rowAt(dy, order, from + r1, output);
        const d2 = rowAt(dy, order, from + r2, output), d3 = rowAt(dy, order, from + r3, output);
        let p0 = zero, p1 = zero, p2 = zero, p3 = zero;
        // Most groups end in fewer than four rows; those that are not there are neither computed nor written.
        const some = rows - r;
        for (let o = 0; o < fours; o += 4) {
          const to = <usize>o << 2;
          const v0 = combined(w + to, s + to, mode), v1 = combined(w + row + to, s + row + to, mode);
          const v2 = combined(w + 2 * row + to, s + 2 * row + to, mode), v3 = combined(w + 3 * row + to, s + 3 * row + to, mode);
          const t0 = v128.shuffle<i32>(v0, v1, 0, 4, 1, 5), t1 = v128.shuffle<i32>(v2, v3, 0, 4, 1, 5);
          const t2 = v128.shuffle<i32>(v0, v1, 2, 6, 3, 7), t3 = v128.shuffle<i32>(v2, v3, 2, 6, 3, 7);
          const c0 = v128.shuffle<i64>(t0, t1, 0, 2), c1 = v128.shuffle<i64>(t0, t1, 1, 3);
          const c2 = v128.shuffle<i64>(t2, t3, 0, 2), c3 = v128.shuffle<i64>(t2, t3, 1, 3);
          p0 = four(d0 + to, c0, c1, c2, c3, p0);
          if (some > 1) p1 = four(d1 + to, c0, c1, c2, c3, p1);
          if (some > 2) p2 = four(d2 + to, c0, c1, c2, c3, p2);
          if (some > 3) p3 = four(d3 + to, c0, c1, c2, c3, p3);
        }
        for (let o = fours; o < output; o++) {
          const to = <usize>o << 2;
          const c = f32x4(
            combinedOne(w + to, s + to, mode), combinedOne(w + row + to, s + row + to, mode),
            combinedOne(w + 2 * row + to, s + 2 * row + to, mode), combinedOne(w + 3 * row + to, s + 3 * row + to, mode),
          );
          p0 = fused(v128.load32_splat(d0 + to), c, p0);
          if (some > 1) p1 = fused(v128.load32_splat(d1 + to), c, p1);
          if (some > 2) p2 = fused(v128.load32_splat(d2 + to), c, p2);
          if (some > 3) p3 = fused(v128.load32_splat(d3 + to), c, p3);
        }
        if (some > 3) v128.store(rowAt(dx, order, from + r3, input) + at, f32x4.add(zero, p3));
        if (some > 2) v128.store(rowAt(dx, order, from + r2, input) + at, f32x4.add(zero, p2));
        if (some > 1) v128.store(rowAt(dx, order, from + r1, input) + at, f32x4.add(zero, p1));
        v128.store(rowAt(dx, order, from + r, input) + at, f32x4.add(zero, p0));
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
}

@inline
function four(d: usize, c0: v128, c1: v128, c2: v128, c3: v128, sum: v128): v128 {
  sum = fused(v128.load32_splat(d), c0, sum);
  sum = fused(v128.load32_splat(d, 4), c1, sum);
  sum = fused(v128.load32_splat(d, 8), c2, sum);
  return fused(v128.load32_splat(d, 12), c3, sum);
}

// Gradient by the weights of each group, G = sum over its rows of x[row]^T dy[row]: dOwn[group] = G, in mode 1 G times shared; in
// modes 1 and 2 dShared gets G times own, or G, added to it.
export function routedWeight(
  x: usize, dy: usize, order: usize, groups: usize, count: i32, own: usize, shared: usize, mode: i32, dOwn: usize, dShared: usize, input: i32, output: i32,
): void {
  const row = <usize>output << 2;
  const zero = f32x4.splat(0);
  const fours = output & ~3;
  for (let g = 0; g < count; g++) {
    const group = groups + <usize>g * 12;
    const n = <usize>load<i32>(group);
    const from = load<i32>(group, 4);
    const rows = load<i32>(group, 8);
    const block = (n * <usize>input * <usize>output) << 2;
    for (let i = 0; i < input; i++) {
      const line = <usize>i * row;
      const to = dOwn + block + line;
      for (let r = 0; r < rows; r += 4) {
        const r1 = min(r + 1, rows - 1), r2 = min(r + 2, rows - 1), r3 = min(r + 3, rows - 1);
        const at = <usize>i << 2;
        const some = rows - r;
        const x0 = v128.load32_splat(rowAt(x, order, from + r, input) + at);
        const x1 = v128.load32_splat(rowAt(x, order, from + r1, input) + at);
        const x2 = v128.load32_splat(rowAt(x, order, from + r2, input) + at);
        const x3 = v128.load32_splat(rowAt(x, order, from + r3, input) + at);
        const d0 = rowAt(dy, order, from + r, output), d1 = rowAt(dy, order, from + r1, output);
        const d2 = rowAt(dy, order, from + r2, output), d3 = rowAt(dy, order, from + r3, output);
        for (let o = 0; o < fours; o += 4) {
          const c = <usize>o << 2;
          let sum = r == 0 ? zero : v128.load(to + c);
          sum = fused(x0, v128.load(d0 + c), sum);
          if (some > 1) sum = fused(x1, v128.load(d1 + c), sum);
          if (some > 2) sum = fused(x2, v128.load(d2 + c), sum);
          if (some > 3) sum = fused(x3, v128.load(d3 + c), sum);
          v128.store(to + c, sum);
        }
        for (let o = fours; o < output; o++) {
          const c = <usize>o << 2;
          let sum = r == 0 ? <f32>0 : load<f32>(to + c);
          sum = fusedOne(f32x4.extract_lane(x0, 0), load<f32>(d0 + c), sum);
          if (some > 1) sum = fusedOne(f32x4.extract_lane(x1, 0), load<f32>(d1 + c), sum);
          if (some > 2) sum = fusedOne(f32x4.extract_lane(x2, 0), load<f32>(d2 + c), sum);
          if (some > 3) sum = fusedOne(f32x4.extract_lane(x3, 0), load<f32>(d3 + c), sum);
          store<f32>(to + c, sum);
        }
      }
      if (mode != 0) shareLine(to, own + block + line, shared + line, mode, dShared + line, output);
    }
  }
}

// G of a line of weights, as it stands in `g`: becomes the gradient by own weights, and is added to that by shared ones.
function shareLine(g: usize, own: usize, shared: usize, mode: i32, dShared: usize, output: i32): void {
  let o = 0;
  for (; o + 4 <= output; o += 4) {
    const at = <usize>o << 2;
    const value = v128.load(g + at);
    const part = mode == 1 ? f32x4.mul(value, v128.load(own + at)) : value;
    v128.store(dShared + at, f32x4.add(v128.load(dShared + at), part));
    if (mode == 1) v128.store(g + at, f32x4.mul(value, v128.load(shared + at)));
  }
  for (; o < output; o++) {
    const at = <usize>o << 2;
    const value = load<f32>(g + at);
    const part = mode == 1 ? value * load<f32>(own + at) : value;
    store<f32>(dShared + at, load<f32>(dShared + at) + part);
    if (mode == 1) store<f32>(g + at, value * load<f32>(shared + at));
  }
}

// The same of whole matrices: `lines` lines of G in place.
export function shareGradient(g: usize, own: usize, shared: usize, mode: i32, dShared: usize, lines: i32, output: i32): void {
  for (let i = 0; i < lines; i++) {
    const at = (<usize>i * <usize>output) << 2;
    shareLine(g + at, own + at, shared + at, mode, dShared + at, output);
  }
}

// out = own times shared (mode 1) or own plus shared (mode 2), `count` values.
export function combine(own: usize, shared: usize, mode: i32, out: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const at = <usize>i << 2;
    v128.store(out + at, combined(own + at, shared + at, mode));
  }
  for (; i < count; i++) {
    const at = <usize>i << 2;
    store<f32>(out + at, combinedOne(own + at, shared + at, mode));
  }
}

// out[group] = sum of x[row] over the group's rows, in their order.
export function routedSum(x: usize, order: usize, groups: usize, count: i32, out: usize, width: i32): void {
  for (let g = 0; g < count; g++) {
    const group = groups + <usize>g * 12;
    const to = out + (<usize>load<i32>(group) * <usize>width << 2);
    const from = load<i32>(group, 4);
    const rows = load<i32>(group, 8);
    let c = 0;
    for (; c + 4 <= width; c += 4) {
      const at = <usize>c << 2;
      let sum = f32x4.splat(0);
      for (let r = 0; r < rows; r++) sum = f32x4.add(sum, v128.load(rowAt(x, order, from + r, width) + at));
      v128.store(to + at, sum);
    }
    for (; c < width; c++) {
      const at = <usize>c << 2;
      let sum: f32 = 0;
      for (let r = 0; r < rows; r++) sum += load<f32>(rowAt(x, order, from + r, width) + at);
      store<f32>(to + at, sum);
    }
  }
}
