// A softmax's cross-entropy and its gradient's direction over hundreds of classes, row by row. A row stays in the first cache between its passes, and holds
// exponentials, then probabilities, where its results will be. `hot` are targets, as many as logits. Exponentials and sums are float32, four sums side by side.

@inline
function sumOfFour(x: v128): f32 {
  return f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3);
}

// The first lane alone, of a tail's value.
@inline
function firstOf(x: v128): v128 {
  return f32x4.replace_lane(f32x4.splat(0), 0, f32x4.extract_lane(x, 0));
}

// Sum of exp(z - largest) over a row; writes them where `out` is not 0.
function rowExponentials(z: usize, out: usize, n: i32, largest: f32): f32 {
  const top = f32x4.splat(largest);
  let sum = f32x4.splat(0);
  let c = 0;
  for (; c + 4 <= n; c += 4) {
    const value = exponential(f32x4.sub(v128.load(z + 4 * c), top));
    if (out) v128.store(out + 4 * c, value);
    sum = f32x4.add(sum, value);
  }
  for (; c < n; c++) {
    const value = exponential(f32x4.sub(v128.load32_splat(z + 4 * c), top));
    if (out) put(out + 4 * c, value, false);
    sum = f32x4.add(sum, firstOf(value));
  }
  return sumOfFour(sum);
}

// Of a row with NaN whichever: its sum of exponentials is NaN.
function rowLargest(z: usize, n: i32): f32 {
  let top = v128.load32_splat(z);
  let c = 0;
  for (; c + 4 <= n; c += 4) top = f32x4.pmax(top, v128.load(z + 4 * c));
  for (; c < n; c++) top = f32x4.pmax(top, v128.load32_splat(z + 4 * c));
  return max<f32>(
    max<f32>(f32x4.extract_lane(top, 0), f32x4.extract_lane(top, 1)),
    max<f32>(f32x4.extract_lane(top, 2), f32x4.extract_lane(top, 3)),
  );
}

// Natural logarithm of a normal number: of x = 2^k m, k ln 2 + 2 artanh((m - 1) / (m + 1)). The language's own keeps tables in memory that is the backend's.
function logarithm(x: f64): f64 {
  const bits = reinterpret<i64>(x);
  let k = <f64>((bits >> 52) - 1023);
  let m = reinterpret<f64>((bits & 0xfffffffffffff) | (<i64>1023 << 52));
  if (m > 1.4142135623730951) {
    m *= 0.5;
    k += 1;
  }
  const s = (m - 1) / (m + 1);
  const q = s * s;
  const series = 1 + q * (1 / 3.0 + q * (1 / 5.0 + q * (1 / 7.0 + q * (1 / 9.0 + q * (1 / 11.0 + q / 13.0)))));
  return x == x && x < Infinity ? k * 0.6931471805599453 + 2 * s * series : x;
}

// out[b] = sum_c hot (log sum_c exp(z) - z)
export function crossEntropyRows(z: usize, hot: usize, out: usize, rows: i32, n: i32): void {
  const line = <usize>(4 * n);
  for (let b = 0; b < rows; b++) {
    const largest = rowLargest(z, n);
    const normal = <f32>(<f64>largest + logarithm(<f64>rowExponentials(z, 0, n, largest)));
    let sum = f32x4.splat(0);
    let c = 0;
    for (; c + 4 <= n; c += 4) {
      sum = f32x4.add(sum, f32x4.mul(v128.load(hot + 4 * c), f32x4.sub(f32x4.splat(normal), v128.load(z + 4 * c))));
    }
    let rest: f32 = 0;
    for (; c < n; c++) rest += load<f32>(hot + 4 * c) * (normal - load<f32>(z + 4 * c));
    store<f32>(out, sumOfFour(sum) + rest);
    z += line;
    hot += line;
    out += 4;
  }
}

// out[b, c] = dy[b] (softmax(z) sum_c hot - hot)
export function crossEntropyGradientRows(dy: usize, z: usize, hot: usize, out: usize, rows: i32, n: i32): void {
  const line = <usize>(4 * n);
  for (let b = 0; b < rows; b++) {
    const slope = load<f32>(dy);
    const total = rowExponentials(z, out, n, rowLargest(z, n));
    let sum = f32x4.splat(0);
    let c = 0;
    for (; c + 4 <= n; c += 4) sum = f32x4.add(sum, v128.load(hot + 4 * c));
    let whole = sumOfFour(sum);
    for (; c < n; c++) whole += load<f32>(hot + 4 * c);
    const scale = f32x4.splat((slope * whole) / total), by = f32x4.splat(slope);
    for (c = 0; c + 4 <= n; c += 4) {
      const p = f32x4.mul(v128.load(out + 4 * c), scale);
      v128.store(out + 4 * c, f32x4.sub(p, f32x4.mul(by, v128.load(hot + 4 * c))));
    }
    for (; c < n; c++) {
      const p = f32x4.mul(v128.load32_splat(out + 4 * c), scale);
      put(out + 4 * c, f32x4.sub(p, f32x4.mul(by, v128.load32_splat(hot + 4 * c))), false);
    }
    dy += 4;
    z += line;
    hot += line;
    out += line;
  }
}

// e = softmax(z) - hot, divided by the root of floor + sum_c e e.
export function softmaxErrorRows(z: usize, hot: usize, out: usize, rows: i32, n: i32, floor: f32): void {
  const line = <usize>(4 * n);
  for (let b = 0; b < rows; b++) {
    const total = f32x4.splat(rowExponentials(z, out, n, rowLargest(z, n)));
    let squares = f32x4.splat(0);
    let c = 0;
    for (; c + 4 <= n; c += 4) {
      const e = f32x4.sub(f32x4.div(v128.load(out + 4 * c), total), v128.load(hot + 4 * c));
      v128.store(out + 4 * c, e);
      squares = f32x4.add(squares, f32x4.mul(e, e));
    }
    let sum = floor + sumOfFour(squares);
    for (; c < n; c++) {
      const e = load<f32>(out + 4 * c) / f32x4.extract_lane(total, 0) - load<f32>(hot + 4 * c);
      store<f32>(out + 4 * c, e);
      sum += e * e;
    }
    const inverse: f32 = 1 / sqrt<f32>(sum);
    for (c = 0; c + 4 <= n; c += 4) v128.store(out + 4 * c, f32x4.mul(v128.load(out + 4 * c), f32x4.splat(inverse)));
    for (; c < n; c++) store<f32>(out + 4 * c, load<f32>(out + 4 * c) * inverse);
    z += line;
    hot += line;
    out += line;
  }
}

// Gradient of `softmaxErrorRows` by z: p (g - sum_c p g), g = dy / l - e (sum_c e dy) / l^3, where l is the length that e was divided by.
export function softmaxErrorGradientRows(
  dy: usize, z: usize, hot: usize, out: usize, rows: i32, n: i32, floor: f32,
): void {
  const line = <usize>(4 * n);
  for (let b = 0; b < rows; b++) {
    const total = f32x4.splat(rowExponentials(z, out, n, rowLargest(z, n)));
    let squares = f32x4.splat(0), inner = squares;
    let c = 0;
    for (; c + 4 <= n; c += 4) {
      const p = f32x4.div(v128.load(out + 4 * c), total);
      const e = f32x4.sub(p, v128.load(hot + 4 * c));
      v128.store(out + 4 * c, p);
      squares = f32x4.add(squares, f32x4.mul(e, e));
      inner = f32x4.add(inner, f32x4.mul(e, v128.load(dy + 4 * c)));
    }
    for (; c < n; c++) {
      const p = f32x4.div(v128.load32_splat(out + 4 * c), total);
      const e = f32x4.sub(p, v128.load32_splat(hot + 4 * c));
      put(out + 4 * c, p, false);
      squares = f32x4.add(squares, firstOf(f32x4.mul(e, e)));
      inner = f32x4.add(inner, firstOf(f32x4.mul(e, v128.load32_splat(dy + 4 * c))));
    }
    const length: f32 = 1 / sqrt<f32>(floor + sumOfFour(squares));
    const inverse = f32x4.splat(length), across = f32x4.splat(sumOfFour(inner) * length * length * length);
    let sum = f32x4.splat(0);
    for (c = 0; c + 4 <= n; c += 4) {
      const p = v128.load(out + 4 * c);
      sum = f32x4.add(sum, f32x4.mul(p, byError(dy + 4 * c, hot + 4 * c, p, inverse, across, true)));
    }
    for (; c < n; c++) {
      const p = v128.load32_splat(out + 4 * c);
      sum = f32x4.add(sum, firstOf(f32x4.mul(p, byError(dy + 4 * c, hot + 4 * c, p, inverse, across, false))));
    }
    const mean = f32x4.splat(sumOfFour(sum));
    for (c = 0; c + 4 <= n; c += 4) {
      const p = v128.load(out + 4 * c);
      v128.store(out + 4 * c, f32x4.mul(p, f32x4.sub(byError(dy + 4 * c, hot + 4 * c, p, inverse, across, true), mean)));
    }
    for (; c < n; c++) {
      const p = v128.load32_splat(out + 4 * c);
      put(out + 4 * c, f32x4.mul(p, f32x4.sub(byError(dy + 4 * c, hot + 4 * c, p, inverse, across, false), mean)), false);
    }
    dy += line;
    z += line;
    hot += line;
    out += line;
  }
}

@inline
function byError(dy: usize, hot: usize, p: v128, inverse: v128, across: v128, whole: bool): v128 {
  return f32x4.sub(f32x4.mul(take(dy, whole), inverse), f32x4.mul(f32x4.sub(p, take(hot, whole)), across));
}
