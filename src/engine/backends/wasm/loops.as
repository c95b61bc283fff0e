// Loops of operations (`operation/loop.ts`) over memory of f32 in the arithmetic of their host form: numbers are widened to f64, and
// rounded once when they are stored. So CPU and WASM, and runs of before, agree to the bit.

@inline
function low(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

@inline
function high(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 1));
}

@inline
function narrow(first: v128, second: v128): v128 {
  return v128.shuffle<i64>(f32x4.demote_f64x2_zero(first), f32x4.demote_f64x2_zero(second), 0, 2);
}

// out = dy y (1 - y).
export function sigmoidGradient(dy: usize, y: usize, out: usize, count: i32): void {
  const one = f64x2.splat(1);
  const end = out + (<usize>count << 2);
  for (; out + 16 <= end; out += 16) {
    const d = v128.load(dy), s = v128.load(y);
    const s0 = low(s), s1 = high(s);
    const first = f64x2.mul(f64x2.mul(low(d), s0), f64x2.sub(one, s0));
    v128.store(out, narrow(first, f64x2.mul(f64x2.mul(high(d), s1), f64x2.sub(one, s1))));
    dy += 16;
    y += 16;
  }
  for (; out < end; out += 4) {
    const s = <f64>load<f32>(y);
    store<f32>(out, <f32>(<f64>load<f32>(dy) * s * (<f64>1 - s)));
    dy += 4;
    y += 4;
  }
}

// out = y (dy - sum(dy y)) over rows of n.
export function softmaxGradient(dy: usize, y: usize, out: usize, rows: i32, n: i32): void {
  const row = <usize>n << 2;
  for (let r = 0; r < rows; r++) {
    let inner: f64 = 0;
    for (let c: usize = 0; c < row; c += 4) inner += <f64>load<f32>(dy + c) * <f64>load<f32>(y + c);
    const both = f64x2.splat(inner);
    let c: usize = 0;
    for (; c + 16 <= row; c += 16) {
      const d = v128.load(dy + c), s = v128.load(y + c);
      const first = f64x2.mul(low(s), f64x2.sub(low(d), both));
      v128.store(out + c, narrow(first, f64x2.mul(high(s), f64x2.sub(high(d), both))));
    }
    for (; c < row; c += 4) store<f32>(out + c, <f32>(<f64>load<f32>(y + c) * (<f64>load<f32>(dy + c) - inner)));
    dy += row;
    y += row;
    out += row;
  }
}

// out[b, pair] = sum over d of x[b, i, :] x[b, j, :], i < j row by row.
export function fieldPairProducts(x: usize, out: usize, rows: i32, fields: i32, d: i32): void {
  const width = <usize>d << 2;
  for (let b = 0; b < rows; b++) {
    const end = x + <usize>fields * width;
    for (; x < end; x += width) {
      for (let other = x + width; other < end; other += width) {
        let inner: f64 = 0;
        for (let c: usize = 0; c < width; c += 4) inner += <f64>load<f32>(x + c) * <f64>load<f32>(other + c);
        store<f32>(out, <f32>inner);
        out += 4;
      }
    }
  }
}

@inline
function addTimes(to: usize, by: f64, from: usize, width: usize): void {
  const both = f64x2.splat(by);
  let c: usize = 0;
  for (; c + 16 <= width; c += 16) {
    const sum = v128.load(to + c), x = v128.load(from + c);
    const first = f64x2.add(low(sum), f64x2.mul(both, low(x)));
    v128.store(to + c, narrow(first, f64x2.add(high(sum), f64x2.mul(both, high(x)))));
  }
  for (; c < width; c += 4) store<f32>(to + c, <f32>(<f64>load<f32>(to + c) + by * <f64>load<f32>(from + c)));
}

// dx[b, i, :] = sum over j of dy[b, {i, j}] x[b, j, :].
export function fieldPairProductsGradient(dy: usize, x: usize, dx: usize, rows: i32, fields: i32, d: i32): void {
  const width = <usize>d << 2;
  const row = <usize>fields * width;
  memory.fill(dx, 0, <usize>rows * row);
  for (let b = 0; b < rows; b++) {
    for (let i: usize = 0; i < row; i += width) {
      for (let j = i + width; j < row; j += width) {
        const by = <f64>load<f32>(dy);
        addTimes(dx + i, by, x + j, width);
        addTimes(dx + j, by, x + i, width);
        dy += 4;
      }
    }
    x += row;
    dx += row;
  }
}

// 1 where u > 0, `slope` elsewhere: of the first two, and of the last two.
@inline
function steepLow(u: v128, one: v128, slope: v128): v128 {
  return v128.bitselect(one, slope, f64x2.gt(low(u), f64x2.splat(0)));
}

@inline
function steepHigh(u: v128, one: v128, slope: v128): v128 {
  return v128.bitselect(one, slope, f64x2.gt(high(u), f64x2.splat(0)));
}

// out = delta mask A(u) gamma / sqrt(variance + floor) over [outer, rows, columns]; mask, and gamma with variance [outer, columns], may be 0.
// `made`: room for a scale a column.
export function normActivationBackward(
  delta: usize, u: usize, mask: usize, gamma: usize, variance: usize, out: usize, outer: i32, rows: i32, columns: i32, slope: f64, floor: f64, made: usize,
): void {
  const row = <usize>columns << 2;
  const wide = row & ~15;
  const steep = f64x2.splat(slope);
  for (let o = 0; o < outer; o++) {
    for (let c: usize = 0; c < row; c += 4) {
      store<f32>(made + c, gamma ? <f32>(<f64>load<f32>(gamma + c) / sqrt<f64>(<f64>load<f32>(variance + c) + floor)) : <f32>1);
    }
    for (let r = 0; r < rows; r++) {
      let c: usize = 0;
      for (; c < wide; c += 16) {
        const scale = v128.load(made + c), d = v128.load(delta + c), h = v128.load(u + c);
        const s0 = low(scale), s1 = high(scale);
        let d0 = low(d), d1 = high(d);
        if (mask) {
          const kept = v128.load(mask + c);
          d0 = f64x2.mul(d0, low(kept));
          d1 = f64x2.mul(d1, high(kept));
        }
        const first = f64x2.mul(d0, steepLow(h, s0, f64x2.mul(steep, s0)));
        v128.store(out + c, narrow(first, f64x2.mul(d1, steepHigh(h, s1, f64x2.mul(steep, s1)))));
      }
      for (; c < row; c += 4) {
        const scale = <f64>load<f32>(made + c);
        const kept: f64 = mask ? <f64>load<f32>(mask + c) : 1;
        store<f32>(out + c, <f32>(<f64>load<f32>(delta + c) * kept * (load<f32>(u + c) > 0 ? scale : slope * scale)));
      }
      delta += row;
      u += row;
      out += row;
      if (mask) mask += row;
    }
    if (gamma) {
      gamma += row;
      variance += row;
    }
  }
}

// out[outer, columns] = sum over rows of dy delta mask A(u), over sqrt(variance + floor); mask may be 0.
export function normActivationBackwardByGamma(
  dy: usize, delta: usize, u: usize, mask: usize, variance: usize, out: usize, outer: i32, rows: i32, columns: i32, slope: f64, floor: f64,
): void {
  const row = <usize>columns << 2;
  const wide = row & ~15;
  const one = f64x2.splat(1), steep = f64x2.splat(slope), flat = f64x2.splat(floor);
  for (let o = 0; o < outer; o++) {
    for (let c: usize = 0; c < row; c += c < wide ? 16 : 4) {
      const lane = c < wide;
      let s0 = f64x2.splat(0), s1 = s0;
      let at = c;
      for (let r = 0; r < rows; r++) {
        const y = lane ? v128.load(dy + at) : v128.load32_zero(dy + at);
        const d = lane ? v128.load(delta + at) : v128.load32_zero(delta + at);
        const h = lane ? v128.load(u + at) : v128.load32_zero(u + at);
        let p0 = f64x2.mul(low(y), low(d)), p1 = f64x2.mul(high(y), high(d));
        if (mask) {
          const kept = lane ? v128.load(mask + at) : v128.load32_zero(mask + at);
          p0 = f64x2.mul(p0, low(kept));
          p1 = f64x2.mul(p1, high(kept));
        }
        s0 = f64x2.add(s0, f64x2.mul(p0, steepLow(h, one, steep)));
        s1 = f64x2.add(s1, f64x2.mul(p1, steepHigh(h, one, steep)));
        at += row;
      }
      const v = lane ? v128.load(variance + c) : v128.load32_zero(variance + c);
      const first = f64x2.div(s0, f64x2.sqrt(f64x2.add(low(v), flat)));
      const value = narrow(first, f64x2.div(s1, f64x2.sqrt(f64x2.add(high(v), flat))));
      if (lane) v128.store(out + c, value);
      else store<f32>(out + c, f32x4.extract_lane(value, 0));
    }
    const slice = <usize>rows * row;
    dy += slice;
    delta += slice;
    u += slice;
    if (mask) mask += slice;
    variance += row;
    out += row;
  }
}

// out[b, j, k] = v[b, j] u[b, k]. A product of two f32 fits an f64, so both round to the same f32.
export function batchOuterProduct(v: usize, u: usize, out: usize, rows: i32, k: i32): void {
  const width = <usize>k << 2;
  for (let b = 0; b < rows; b++) {
    for (let j: usize = 0; j < width; j += 4) {
      const by = v128.load32_splat(v + j);
      let c: usize = 0;
      for (; c + 16 <= width; c += 16) v128.store(out + c, f32x4.mul(by, v128.load(u + c)));
      for (; c < width; c += 4) store<f32>(out + c, load<f32>(v + j) * load<f32>(u + c));
      out += width;
    }
    v += width;
    u += width;
  }
}

// out[b, c] = sum over j of v[b, j] t[b, j, c].
export function batchVecMat(v: usize, t: usize, out: usize, rows: i32, k: i32): void {
  const width = <usize>k << 2;
  for (let b = 0; b < rows; b++) {
    let c: usize = 0;
    for (; c + 16 <= width; c += 16) {
      let s0 = f64x2.splat(0), s1 = s0;
      let at = t + c;
      for (let j: usize = 0; j < width; j += 4) {
        const by = f64x2.splat(<f64>load<f32>(v + j));
        const x = v128.load(at);
        s0 = f64x2.add(s0, f64x2.mul(by, low(x)));
        s1 = f64x2.add(s1, f64x2.mul(by, high(x)));
        at += width;
      }
      v128.store(out + c, narrow(s0, s1));
    }
    for (; c < width; c += 4) {
      let sum: f64 = 0;
      for (let j: usize = 0; j < width; j += 4) sum += <f64>load<f32>(v + j) * <f64>load<f32>(t + j * <usize>k + c);
      store<f32>(out + c, <f32>sum);
    }
    v += width;
    t += <usize>k * width;
    out += width;
  }
}

// out[b, c] = sum over j of v[b, j] t[b, c, j].
export function batchMatVec(v: usize, t: usize, out: usize, rows: i32, k: i32): void {
  const width = <usize>k << 2;
  for (let b = 0; b < rows; b++) {
    for (let c: usize = 0; c < width; c += 4) {
      let sum: f64 = 0;
      for (let j: usize = 0; j < width; j += 4) sum += <f64>load<f32>(v + j) * <f64>load<f32>(t + j);
      store<f32>(out + c, <f32>sum);
      t += width;
    }
    v += width;
    out += width;
  }
}
