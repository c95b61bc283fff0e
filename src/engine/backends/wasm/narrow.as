// Products with fewer columns than a tile has: a last layer's, whose tile would be padding for the most part. Lanes are rows
// of the result, so nothing is padded; every number is summed in the order of `gemm`'s tiles at an edge (from zero in each block of
// KC, then on what is there, or on the bias).

// Four sums to where they belong, `row` bytes apart.
@inline
function putFour(sum: v128, c: usize, row: usize, add: bool, bias: usize): void {
  putOne(f32x4.extract_lane(sum, 0), c, add, bias);
  putOne(f32x4.extract_lane(sum, 1), c + row, add, bias);
  putOne(f32x4.extract_lane(sum, 2), c + 2 * row, add, bias);
  putOne(f32x4.extract_lane(sum, 3), c + 3 * row, add, bias);
}

@inline
function putOne(sum: f32, c: usize, add: bool, bias: usize): void {
  let value = sum;
  if (add) value += load<f32>(c);
  else if (bias) value += load<f32>(bias);
  store<f32>(c, value);
}

// c[m] (rows `row` bytes apart) (+)= a b over `kc` values, a transposed: its columns are rows of `line` bytes; b's values lie `step` bytes apart.
@inline
function narrowOfColumns(
  a: usize, line: usize, b: usize, step: usize, m: i32, kc: i32, c: usize, row: usize, add: bool, bias: usize,
): void {
  let i = 0;
  for (; i + 16 <= m; i += 16) {
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
    let at = a, by = b;
    for (let k = 0; k < kc; k++) {
      const factor = v128.load32_splat(by);
      s0 = fused(v128.load(at), factor, s0);
      s1 = fused(v128.load(at, 16), factor, s1);
      s2 = fused(v128.load(at, 32), factor, s2);
      s3 = fused(v128.load(at, 48), factor, s3);
      at += line;
      by += step;
    }
    putFour(s0, c, row, add, bias);
    putFour(s1, c + 4 * row, row, add, bias);
    putFour(s2, c + 8 * row, row, add, bias);
    putFour(s3, c + 12 * row, row, add, bias);
    a += 64;
    c += 16 * row;
  }
  for (; i < m; i++) {
    let s = f32x4.splat(0);
    let at = a, by = b;
    for (let k = 0; k < kc; k++) {
      s = fused(v128.load32_splat(at), v128.load32_splat(by), s);
      at += line;
      by += step;
    }
    putOne(f32x4.extract_lane(s, 0), c, add, bias);
    a += 4;
    c += row;
  }
}

// Adds four values of four rows of a, `line` bytes apart, times four of b to the rows' sums.
@inline
function fourOfRows(a: usize, line: usize, b0: v128, b1: v128, b2: v128, b3: v128, sum: v128): v128 {
  const r0 = v128.load(a), r1 = v128.load(a + line), r2 = v128.load(a + 2 * line), r3 = v128.load(a + 3 * line);
  const t0 = v128.shuffle<i32>(r0, r1, 0, 4, 1, 5), t1 = v128.shuffle<i32>(r2, r3, 0, 4, 1, 5);
  const t2 = v128.shuffle<i32>(r0, r1, 2, 6, 3, 7), t3 = v128.shuffle<i32>(r2, r3, 2, 6, 3, 7);
  sum = fused(v128.shuffle<i64>(t0, t1, 0, 2), b0, sum);
  sum = fused(v128.shuffle<i64>(t0, t1, 1, 3), b1, sum);
  sum = fused(v128.shuffle<i64>(t2, t3, 0, 2), b2, sum);
  return fused(v128.shuffle<i64>(t2, t3, 1, 3), b3, sum);
}

// The same, a as it is: rows of `line` bytes.
@inline
function narrowOfRows(
  a: usize, line: usize, b: usize, step: usize, m: i32, kc: i32, c: usize, row: usize, add: bool, bias: usize,
): void {
  const fours = kc & ~3;
  let i = 0;
  for (; i + 16 <= m; i += 16) {
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
    let at = a, by = b;
    const end = a + (<usize>fours << 2);
    for (; at < end; at += 16) {
      const b0 = v128.load32_splat(by), b1 = v128.load32_splat(by + step);
      const b2 = v128.load32_splat(by + 2 * step), b3 = v128.load32_splat(by + 3 * step);
      s0 = fourOfRows(at, line, b0, b1, b2, b3, s0);
      s1 = fourOfRows(at + 4 * line, line, b0, b1, b2, b3, s1);
      s2 = fourOfRows(at + 8 * line, line, b0, b1, b2, b3, s2);
      s3 = fourOfRows(at + 12 * line, line, b0, b1, b2, b3, s3);
      by += 4 * step;
    }
    for (let k = fours; k < kc; k++) {
      const factor = v128.load32_splat(by);
      s0 = fused(oneOfRows(at, line), factor, s0);
      s1 = fused(oneOfRows(at + 4 * line, line), factor, s1);
      s2 = fused(oneOfRows(at + 8 * line, line), factor, s2);
      s3 = fused(oneOfRows(at + 12 * line, line), factor, s3);
      at += 4;
      by += step;
    }
    putFour(s0, c, row, add, bias);
    putFour(s1, c + 4 * row, row, add, bias);
    putFour(s2, c + 8 * row, row, add, bias);
    putFour(s3, c + 12 * row, row, add, bias);
    a += 16 * line;
    c += 16 * row;
  }
  for (; i < m; i++) {
    let s = f32x4.splat(0);
    let at = a, by = b;
    for (let k = 0; k < kc; k++) {
      s = fused(v128.load32_splat(at), v128.load32_splat(by), s);
      at += 4;
      by += step;
    }
    putOne(f32x4.extract_lane(s, 0), c, add, bias);
    a += line;
    c += row;
  }
}

// One value of each of four rows.
@inline
function oneOfRows(a: usize, line: usize): v128 {
  const first = f32x4.splat(load<f32>(a));
  const second = f32x4.replace_lane(first, 1, load<f32>(a + line));
  return f32x4.replace_lane(f32x4.replace_lane(second, 2, load<f32>(a + 2 * line)), 3, load<f32>(a + 3 * line));
}

// Columns up to which this pays where rows of A have to be turned into lanes, for each column anew; where A is transposed it pays up
// to a tile's.
const NARROW: i32 = 4;

// As `gemm`, for n < NR.
function gemmNarrow(
  a: usize, b: usize, c: usize, bias: usize, m: i32, n: i32, k: i32, lda: i32, ldb: i32, ldc: i32, ta: bool, tb: bool, keep: bool,
): void {
  const line = <usize>lda << 2;
  const row = <usize>ldc << 2;
  const step: usize = tb ? 4 : <usize>ldb << 2;
  for (let k0 = 0; k0 < k; k0 += KC) {
    const kc = min(KC, k - k0);
    const add = keep || k0 > 0;
    const from = a + (ta ? <usize>k0 * line : <usize>k0 << 2);
    for (let j = 0; j < n; j++) {
      const column = b + (<usize>j * (tb ? <usize>ldb << 2 : 4)) + <usize>k0 * step;
      const to = c + (<usize>j << 2);
      const offset = bias && !add ? bias + (<usize>j << 2) : 0;
      if (ta) narrowOfColumns(from, line, column, step, m, kc, to, row, add, offset);
      else narrowOfRows(from, line, column, step, m, kc, to, row, add, offset);
    }
  }
}
