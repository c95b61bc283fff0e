// Normalisation of one column: all numbers of a layer have one mean and one variance. Rows stand side by side then, so what
// is computed number by number has the bits of the loops in rows.as; sums are added in eight parts.

// Sum of `count` values.
@inline
function sumOf(x: usize, count: i32): f32 {
  let s0 = f32x4.splat(0), s1 = s0;
  let r = 0;
  for (; r + 8 <= count; r += 8) {
    s0 = f32x4.add(s0, v128.load(x));
    s1 = f32x4.add(s1, v128.load(x, 16));
    x += 32;
  }
  let s = lanes(f32x4.add(s0, s1));
  for (; r < count; r++) {
    s += load<f32>(x);
    x += 4;
  }
  return s;
}

@inline
function lanesOfDouble(s0: v128, s1: v128, s2: v128, s3: v128): f64 {
  const s = f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3));
  return f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
}

// As `moments`, of one column; returns through mean[0] and variance[0].
function momentsOfColumn(x: usize, weight: usize, mean: usize, variance: usize, rows: i32, share: f32): void {
  const whole = rows & ~7;
  const end = x + (<usize>whole << 2), last = x + (<usize>rows << 2);
  let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
  let at = x, w = weight;
  for (; at < end; at += 32) {
    const p = f32x4.mul(v128.load(w), v128.load(at)), q = f32x4.mul(v128.load(w, 16), v128.load(at, 16));
    s0 = f64x2.add(s0, low(p));
    s1 = f64x2.add(s1, high(p));
    s2 = f64x2.add(s2, low(q));
    s3 = f64x2.add(s3, high(q));
    w += 32;
  }
  let s = lanesOfDouble(s0, s1, s2, s3);
  for (; at < last; at += 4) {
    s += <f64>(load<f32>(w) * load<f32>(at));
    w += 4;
  }
  const m = <f32>(s * <f64>share);
  const middle = f32x4.splat(m);
  s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
  at = x, w = weight;
  for (; at < end; at += 32) {
    const d = f32x4.sub(v128.load(at), middle), e = f32x4.sub(v128.load(at, 16), middle);
    const p = f32x4.mul(f32x4.mul(v128.load(w), d), d), q = f32x4.mul(f32x4.mul(v128.load(w, 16), e), e);
    s0 = f64x2.add(s0, low(p));
    s1 = f64x2.add(s1, high(p));
    s2 = f64x2.add(s2, low(q));
    s3 = f64x2.add(s3, high(q));
    w += 32;
  }
  let q = lanesOfDouble(s0, s1, s2, s3);
  for (; at < last; at += 4) {
    const d = load<f32>(at) - m;
    q += <f64>(load<f32>(w) * d * d);
    w += 4;
  }
  store<f32>(mean, m);
  store<f32>(variance, <f32>(q * <f64>share));
}

// As `normaliseSums`, of one column.
function normaliseSumsOfColumn(dy: usize, x: usize, mean: f32, sum0: usize, sum1: usize, rows: i32): void {
  const end = dy + (<usize>(rows & ~3) << 2), last = dy + (<usize>rows << 2);
  const middle = f32x4.splat(mean);
  let s0 = f64x2.splat(0), s1 = s0, q0 = s0, q1 = s0;
  for (; dy < end; dy += 16) {
    const d = v128.load(dy);
    const p = f32x4.mul(d, f32x4.sub(v128.load(x), middle));
    s0 = f64x2.add(s0, low(d));
    s1 = f64x2.add(s1, high(d));
    q0 = f64x2.add(q0, low(p));
    q1 = f64x2.add(q1, high(p));
    x += 16;
  }
  const zero = f64x2.splat(0);
  let s = lanesOfDouble(s0, s1, zero, zero);
  let q = lanesOfDouble(q0, q1, zero, zero);
  for (; dy < last; dy += 4) {
    const d = load<f32>(dy);
    s += <f64>d;
    q += <f64>(d * (load<f32>(x) - mean));
    x += 4;
  }
  store<f32>(sum0, <f32>s);
  store<f32>(sum1, <f32>q);
}

// As `affine`, of one column.
function affineOfColumn(x: usize, scale: f32, shift: f32, y: usize, rows: i32): void {
  const a = f32x4.splat(scale), b = f32x4.splat(shift);
  let r = 0;
  for (; r + 4 <= rows; r += 4) {
    v128.store(y, f32x4.add(f32x4.mul(v128.load(x), a), b));
    x += 16;
    y += 16;
  }
  for (; r < rows; r++) {
    store<f32>(y, load<f32>(x) * scale + shift);
    x += 4;
    y += 4;
  }
}

// As `batchNormInput`, of one column.
function batchNormInputOfColumn(
  dy: usize, x: usize, weight: usize, mean: f32, a: f32, s: f32, q: f32, dx: usize, rows: i32, share: f32,
): void {
  const middle = f32x4.splat(mean), a4 = f32x4.splat(a), s4 = f32x4.splat(s), q4 = f32x4.splat(q), share4 = f32x4.splat(share);
  let r = 0;
  for (; r + 4 <= rows; r += 4) {
    const k = f32x4.mul(v128.load(weight), share4);
    const pull = f32x4.add(s4, f32x4.mul(q4, f32x4.sub(v128.load(x), middle)));
    v128.store(dx, f32x4.mul(a4, f32x4.sub(v128.load(dy), f32x4.mul(k, pull))));
    dy += 16;
    x += 16;
    weight += 16;
    dx += 16;
  }
  for (; r < rows; r++) {
    const k = load<f32>(weight) * share;
    store<f32>(dx, a * (load<f32>(dy) - k * (s + q * (load<f32>(x) - mean))));
    dy += 4;
    x += 4;
    weight += 4;
    dx += 4;
  }
}
