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

@inline
function rowAt(base: usize, order: usize, place: i32, width: i32): usize {
  return base + (<usize>load<i32>(order + (<usize>place << 2)) * <usize>width << 2);
}

// `count` weights of a group as they are multiplied: where they lie, or combined with shared ones in `made`.
@inline
function linesAt(own: usize, shared: usize, mode: i32, count: i32, made: usize): usize {
  if (mode == 0) return own;
  combine(own, shared, mode, made, count);
  return made;
}

// Bytes from `lines` lines to the next, which are read early; none where no weights follow.
@inline
function aheadOf(lines: i32, line: i32, input: i32, last: bool, row: usize): usize {
  return last && line + 2 * lines > input ? 0 : <usize>lines * row;
}

// G of a line of weights, as it stands in `g`: becomes the gradient by own weights, and is added to that by shared ones.
function shareLine(g: usize, own: usize, shared: usize, mode: i32, dShared: usize, output: i32): void {
  let o: usize = 0;
  const fours = <usize>(output & ~3) << 2;
  if (mode == 1) {
    for (; o < fours; o += 16) {
      const value = v128.load(g + o);
      v128.store(dShared + o, f32x4.add(v128.load(dShared + o), f32x4.mul(value, v128.load(own + o))));
      v128.store(g + o, f32x4.mul(value, v128.load(shared + o)));
    }
  } else {
    for (; o < fours; o += 16) v128.store(dShared + o, f32x4.add(v128.load(dShared + o), v128.load(g + o)));
  }
  for (; o < <usize>output << 2; o += 4) {
    const value = load<f32>(g + o);
    const part = mode == 1 ? value * load<f32>(own + o) : value;
    store<f32>(dShared + o, load<f32>(dShared + o) + part);
    if (mode == 1) store<f32>(g + o, value * load<f32>(shared + o));
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
  let i: usize = 0;
  const fours = <usize>(count & ~3) << 2;
  if (mode == 1) for (; i < fours; i += 16) v128.store(out + i, f32x4.mul(v128.load(own + i), v128.load(shared + i)));
  else for (; i < fours; i += 16) v128.store(out + i, f32x4.add(v128.load(own + i), v128.load(shared + i)));
  for (; i < <usize>count << 2; i += 4) store<f32>(out + i, combinedOne(own + i, shared + i, mode));
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
