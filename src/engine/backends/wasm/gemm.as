// Dense products in 128-bit SIMD over the backend's own memory.
//
// C[m, n] (+)= op(A) op(B) + bias, op a transposition or nothing. Blocks of B (KC x NC) and of A (MC x KC) are packed into
// panels of NR columns and MR rows; a micro-kernel holds an MR x NR tile of C in registers. Panels are padded with zeros,
// so edges need no kernels of their own. The order of additions depends on the shapes alone.
//
// Fused multiply-add leaves registers for two more rows where the engine spends none on the side: panels of six if asked
// for, and one or two of four where rows are no multiple of six. Which rows are an edge (those past the last multiple of
// four), and so every sum, is the same either way.

const MR: i32 = 4;
const NR: i32 = 8;
const KC: i32 = 256;
// A multiple of four and of six.
const MC: i32 = 96;
const NC: i32 = 512;

// Bytes of scratch that `gemm` needs: both packed blocks, one tile and a row of zeros.
export function gemmScratch(): i32 {
  return (MC * KC + KC * NC + 7 * WIDE) * 4;
}

@inline
function packB(b: usize, ldb: i32, transposed: bool, wide: i32, kc: i32, nc: i32, out: usize): void {
  for (let j = 0; j < wide; j += WIDE) {
    packSixteen(b + ((transposed ? <usize>j * <usize>ldb : <usize>j) << 2), ldb, transposed, kc, out);
    out += <usize>kc * (WIDE * 4);
  }
  for (let j = wide; j < nc; j += NR) {
    const width = min(NR, nc - j);
    if (!transposed && width == NR) {
      let from = b + (<usize>j << 2);
      for (let k = 0; k < kc; k++) {
        v128.store(out, v128.load(from));
        v128.store(out, v128.load(from, 16), 16);
        from += <usize>ldb << 2;
        out += NR * 4;
      }
    } else if (transposed && width == NR) {
      // Eight rows of B become eight columns, four values at a time.
      const row = <usize>ldb << 2;
      const base = b + <usize>j * row;
      let k = 0;
      for (; k + 4 <= kc; k += 4) {
        const at = base + (<usize>k << 2);
        columnsOfFour(at, row, out, NR * 4);
        columnsOfFour(at + 4 * row, row, out + 16, NR * 4);
        out += 4 * NR * 4;
      }
      for (; k < kc; k++) {
        for (let c = 0; c < NR; c++) {
          store<f32>(out + (<usize>c << 2), load<f32>(base + <usize>c * row + (<usize>k << 2)));
        }
        out += NR * 4;
      }
    } else {
      for (let k = 0; k < kc; k++) {
        for (let c = 0; c < NR; c++) {
          let value: f32 = 0;
          if (c < width) {
            const column = <usize>(j + c);
            value = transposed
              ? load<f32>(b + ((column * <usize>ldb + <usize>k) << 2))
              : load<f32>(b + ((<usize>k * <usize>ldb + column) << 2));
          }
          store<f32>(out + (<usize>c << 2), value);
        }
        out += NR * 4;
      }
    }
  }
}

// Rows of a block of `mc` that lie in panels of six.
@inline
function rowsInSixes(mc: i32, asked: bool): i32 {
  if (!FUSED || !asked) return 0;
  const fours = mc & ~3;
  const rest = fours % 6;
  return rest == 0 ? fours : rest == 4 ? fours - 4 : fours - 8;
}

// Four values of each of four rows, `row` bytes apart, to four columns `step` bytes apart.
@inline
function columnsOfFour(from: usize, row: usize, out: usize, step: usize): void {
  const r0 = v128.load(from);
  const r1 = v128.load(from + row);
  const r2 = v128.load(from + 2 * row);
  const r3 = v128.load(from + 3 * row);
  const t0 = v128.shuffle<i32>(r0, r1, 0, 4, 1, 5);
  const t1 = v128.shuffle<i32>(r2, r3, 0, 4, 1, 5);
  const t2 = v128.shuffle<i32>(r0, r1, 2, 6, 3, 7);
  const t3 = v128.shuffle<i32>(r2, r3, 2, 6, 3, 7);
  v128.store(out, v128.shuffle<i64>(t0, t1, 0, 2));
  v128.store(out + step, v128.shuffle<i64>(t0, t1, 1, 3));
  v128.store(out + 2 * step, v128.shuffle<i64>(t2, t3, 0, 2));
  v128.store(out + 3 * step, v128.shuffle<i64>(t2, t3, 1, 3));
}

// Six rows of `kc` values to one panel.
@inline
function packSix(at: usize, row: usize, transposed: bool, kc: i32, out: usize): void {
  let k = 0;
  if (transposed) {
    for (; k < kc; k++) {
      v128.store(out, v128.load(at));
      store<u64>(out, load<u64>(at, 16), 16);
      at += row;
      out += 24;
    }
    return;
  }
  for (; k + 4 <= kc; k += 4) {
    columnsOfFour(at, row, out, 24);
    const r4 = v128.load(at + 4 * row);
    const r5 = v128.load(at + 5 * row);
    const low = v128.shuffle<i32>(r4, r5, 0, 4, 1, 5);
    const high = v128.shuffle<i32>(r4, r5, 2, 6, 3, 7);
    v128.store_lane<i64>(out, low, 0, 16);
    v128.store_lane<i64>(out, low, 1, 40);
    v128.store_lane<i64>(out, high, 0, 64);
    v128.store_lane<i64>(out, high, 1, 88);
    at += 16;
    out += 96;
  }
  for (; k < kc; k++) {
    for (let r = 0; r < 6; r++) store<f32>(out + (<usize>r << 2), load<f32>(at + <usize>r * row));
    at += 4;
    out += 24;
  }
}

@inline
function packA(a: usize, lda: i32, transposed: bool, mc: i32, sixes: i32, kc: i32, out: usize): void {
  const row = <usize>lda << 2;
  for (let i = 0; i < sixes; i += 6) {
    packSix(a + (transposed ? <usize>i << 2 : <usize>i * row), row, transposed, kc, out);
    out += <usize>kc * 24;
  }
  for (let i = sixes; i < mc; i += MR) {
    const height = min(MR, mc - i);
    if (transposed && height == MR) {
      let from = a + (<usize>i << 2);
      for (let k = 0; k < kc; k++) {
        v128.store(out, v128.load(from));
        from += row;
        out += MR * 4;
      }
    } else if (!transposed && height == MR) {
      const base = a + <usize>i * row;
      let k = 0;
      for (; k + 4 <= kc; k += 4) {
        columnsOfFour(base + (<usize>k << 2), row, out, 16);
        out += 64;
      }
      for (; k < kc; k++) {
        const at = base + (<usize>k << 2);
        store<f32>(out, load<f32>(at));
        store<f32>(out, load<f32>(at + row), 4);
        store<f32>(out, load<f32>(at + 2 * row), 8);
        store<f32>(out, load<f32>(at + 3 * row), 12);
        out += 16;
      }
    } else {
      for (let k = 0; k < kc; k++) {
        for (let r = 0; r < MR; r++) {
          let value: f32 = 0;
          if (r < height) {
            const line = <usize>(i + r);
            value = transposed
              ? load<f32>(a + ((<usize>k * <usize>lda + line) << 2))
              : load<f32>(a + ((line * <usize>lda + <usize>k) << 2));
          }
          store<f32>(out + (<usize>r << 2), value);
        }
        out += MR * 4;
      }
    }
  }
}

@inline
function fused(x: v128, y: v128, sum: v128): v128 {
  if (FUSED) return f32x4.relaxed_madd(x, y, sum);
  return f32x4.add(sum, f32x4.mul(x, y));
}

// One 4 x 8 tile: `c` with `row` bytes between its rows; adds to it where `add`, else starts from `bias` (or 0).
@inline
function tile(a: usize, b: usize, kc: i32, c: usize, row: usize, add: bool, bias: usize): void {
  let c00: v128, c01: v128, c10: v128, c11: v128, c20: v128, c21: v128, c30: v128, c31: v128;
  if (add) {
    c00 = v128.load(c);
    c01 = v128.load(c, 16);
    c10 = v128.load(c + row);
    c11 = v128.load(c + row, 16);
    c20 = v128.load(c + 2 * row);
    c21 = v128.load(c + 2 * row, 16);
    c30 = v128.load(c + 3 * row);
    c31 = v128.load(c + 3 * row, 16);
  } else {
    c00 = bias ? v128.load(bias) : f32x4.splat(0);
    c01 = bias ? v128.load(bias, 16) : f32x4.splat(0);
    c10 = c00;
    c20 = c00;
    c30 = c00;
    c11 = c01;
    c21 = c01;
    c31 = c01;
  }
  const end = a + (<usize>kc << 4);
  while (a < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const a0 = v128.load32_splat(a);
    c00 = fused(a0, b0, c00);
    c01 = fused(a0, b1, c01);
    const a1 = v128.load32_splat(a, 4);
    c10 = fused(a1, b0, c10);
    c11 = fused(a1, b1, c11);
    const a2 = v128.load32_splat(a, 8);
    c20 = fused(a2, b0, c20);
    c21 = fused(a2, b1, c21);
    const a3 = v128.load32_splat(a, 12);
    c30 = fused(a3, b0, c30);
    c31 = fused(a3, b1, c31);
    a += 16;
    b += 32;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c + row, c10);
  v128.store(c + row, c11, 16);
  v128.store(c + 2 * row, c20);
  v128.store(c + 2 * row, c21, 16);
  v128.store(c + 3 * row, c30);
  v128.store(c + 3 * row, c31, 16);
}

// One 6 x 8 tile of a panel of six rows.
@inline
function tileOfSix(a: usize, b: usize, kc: i32, c: usize, row: usize, add: bool, bias: usize): void {
  let c00: v128, c01: v128, c10: v128, c11: v128, c20: v128, c21: v128;
  let c30: v128, c31: v128, c40: v128, c41: v128, c50: v128, c51: v128;
  if (add) {
    c00 = v128.load(c);
    c01 = v128.load(c, 16);
    c10 = v128.load(c + row);
    c11 = v128.load(c + row, 16);
    c20 = v128.load(c + 2 * row);
    c21 = v128.load(c + 2 * row, 16);
    c30 = v128.load(c + 3 * row);
    c31 = v128.load(c + 3 * row, 16);
    c40 = v128.load(c + 4 * row);
    c41 = v128.load(c + 4 * row, 16);
    c50 = v128.load(c + 5 * row);
    c51 = v128.load(c + 5 * row, 16);
  } else {
    c00 = bias ? v128.load(bias) : f32x4.splat(0);
    c01 = bias ? v128.load(bias, 16) : f32x4.splat(0);
    c10 = c00;
    c20 = c00;
    c30 = c00;
    c40 = c00;
    c50 = c00;
    c11 = c01;
    c21 = c01;
    c31 = c01;
    c41 = c01;
    c51 = c01;
  }
  const end = a + <usize>kc * 24;
  while (a < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const a0 = v128.load32_splat(a);
    c00 = fused(a0, b0, c00);
    c01 = fused(a0, b1, c01);
    const a1 = v128.load32_splat(a, 4);
    c10 = fused(a1, b0, c10);
    c11 = fused(a1, b1, c11);
    const a2 = v128.load32_splat(a, 8);
    c20 = fused(a2, b0, c20);
    c21 = fused(a2, b1, c21);
    const a3 = v128.load32_splat(a, 12);
    c30 = fused(a3, b0, c30);
    c31 = fused(a3, b1, c31);
    const a4 = v128.load32_splat(a, 16);
    c40 = fused(a4, b0, c40);
    c41 = fused(a4, b1, c41);
    const a5 = v128.load32_splat(a, 20);
    c50 = fused(a5, b0, c50);
    c51 = fused(a5, b1, c51);
    a += 24;
    b += 32;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c + row, c10);
  v128.store(c + row, c11, 16);
  v128.store(c + 2 * row, c20);
  v128.store(c + 2 * row, c21, 16);
  v128.store(c + 3 * row, c30);
  v128.store(c + 3 * row, c31, 16);
  v128.store(c + 4 * row, c40);
  v128.store(c + 4 * row, c41, 16);
  v128.store(c + 5 * row, c50);
  v128.store(c + 5 * row, c51, 16);
}

// A tile alone, for a timing beside a wide one.
export function tileSixZero(a: usize, b: usize, kc: i32, c: usize, row: usize): void {
  if (FUSED) tileOfSix(a, b, kc, c, row, false, 0);
}

// The `height` x `width` values of a tile at an edge, whose rows hold `stride`, to where they belong.
@inline
function copyEdge(edge: usize, stride: i32, at: usize, row: usize, height: i32, width: i32, add: bool, bias: usize): void {
  for (let r = 0; r < height; r++) {
    for (let s = 0; s < width; s++) {
      const to = at + <usize>r * row + (<usize>s << 2);
      let value = load<f32>(edge + (<usize>(r * stride + s) << 2));
      if (add) value += load<f32>(to);
      else if (bias) value += load<f32>(bias + (<usize>s << 2));
      store<f32>(to, value);
    }
  }
}

// c[m, n] = op(a) op(b) (+ bias[n]); `lda`, `ldb`, `ldc` are row lengths in values as stored. flags: 1 op(a) = a^T, 2 op(b) = b^T,
// 4 add to c, 8 six rows a tile, 16 sixteen columns too (fused form only; the same sums). `scratch` has gemmScratch() bytes, aligned to 16.
export function gemm(
  a: usize, b: usize, c: usize, bias: usize,
  m: i32, n: i32, k: i32,
  lda: i32, ldb: i32, ldc: i32,
  flags: i32, scratch: usize,
): void {
  const ta = (flags & 1) != 0;
  const tb = (flags & 2) != 0;
  const keep = (flags & 4) != 0;
  if (n <= (ta ? NR - 1 : NARROW)) {
    gemmNarrow(a, b, c, bias, m, n, k, lda, ldb, ldc, ta, tb, keep);
    return;
  }
  const six = (flags & 24) != 0;
  const sixteen = FUSED && (flags & 16) != 0;
  const packedA = scratch;
  const packedB = packedA + MC * KC * 4;
  const edge = packedB + KC * NC * 4;
  const row = <usize>ldc << 2;
  if (sixteen) memory.fill(edge + 6 * WIDE * 4, 0, WIDE * 4);
  for (let j0 = 0; j0 < n; j0 += NC) {
    const nc = min(NC, n - j0);
    const wide = sixteen ? nc & ~(WIDE - 1) : 0;
    for (let k0 = 0; k0 < k; k0 += KC) {
      const kc = min(KC, k - k0);
      const add = keep || k0 > 0;
      packB(b + ((tb ? <usize>j0 * <usize>ldb + <usize>k0 : <usize>k0 * <usize>ldb + <usize>j0) << 2), ldb, tb, wide, kc, nc, packedB);
      for (let i0 = 0; i0 < m; i0 += MC) {
        const mc = min(MC, m - i0);
        const sixes = rowsInSixes(mc, six);
        packA(a + ((ta ? <usize>k0 * <usize>lda + <usize>i0 : <usize>i0 * <usize>lda + <usize>k0) << 2), lda, ta, mc, sixes, kc, packedA);
        if (FUSED) {
          for (let j = 0; j < wide; j += WIDE) {
            const offset = bias != 0 && !add ? bias + (<usize>(j0 + j) << 2) : 0;
            const at = c + (<usize>i0 * row) + (<usize>(j0 + j) << 2);
            widePanel(packedA, packedB + <usize>j * <usize>kc * 4, kc, mc, sixes, at, row, add, offset, edge);
          }
        }
        for (let j = wide; j < nc; j += NR) {
          const panelB = packedB + <usize>j * <usize>kc * 4;
          const width = min(NR, nc - j);
          if (FUSED) {
            for (let i = 0; i < sixes; i += 6) {
              const panelA = packedA + <usize>i * <usize>kc * 4;
              const at = c + (<usize>(i0 + i) * row) + (<usize>(j0 + j) << 2);
              const offset = bias != 0 && !add ? bias + (<usize>(j0 + j) << 2) : 0;
              if (width == NR) tileOfSix(panelA, panelB, kc, at, row, add, offset);
              else {
                tileOfSix(panelA, panelB, kc, edge, NR * 4, false, 0);
                copyEdge(edge, NR, at, row, 6, width, add, offset);
              }
            }
          }
          for (let i = sixes; i < mc; i += MR) {
            const panelA = packedA + <usize>i * <usize>kc * 4;
            const height = min(MR, mc - i);
            const at = c + (<usize>(i0 + i) * row) + (<usize>(j0 + j) << 2);
            const offset = bias != 0 && !add ? bias + (<usize>(j0 + j) << 2) : 0;
            if (width == NR && height == MR) {
              tile(panelA, panelB, kc, at, row, add, offset);
            } else {
              tile(panelA, panelB, kc, edge, NR * 4, false, 0);
              copyEdge(edge, NR, at, row, height, width, add, offset);
            }
          }
        }
      }
    }
  }
}

// Many small products: c[i] (+)= op(a[i]) op(b[i]) for `count` matrices at fixed distances (in values); no packing.
export function gemmSmall(
  a: usize, b: usize, c: usize, count: i32,
  m: i32, n: i32, k: i32,
  strideA: i32, strideB: i32, strideC: i32, flags: i32,
): void {
  const ta = (flags & 1) != 0;
  const tb = (flags & 2) != 0;
  const stepA: usize = ta ? <usize>m << 2 : 4;
  const rowA: usize = ta ? 4 : <usize>k << 2;
  for (let t = 0; t < count; t++) {
    for (let i = 0; i < m; i++) {
      const ai = a + <usize>i * rowA;
      const ci = c + (<usize>i * <usize>n << 2);
      if (tb) {
        // b is stored [n, k]: dot products along k.
        for (let j = 0; j < n; j++) {
          const bj = b + (<usize>j * <usize>k << 2);
          let sum: f32 = 0;
          let p = 0;
          if (!ta) {
            let four = f32x4.splat(0);
            for (; p + 4 <= k; p += 4) {
              const at = <usize>p << 2;
              four = fused(v128.load(ai + at), v128.load(bj + at), four);
            }
            sum = f32x4.extract_lane(four, 0) + f32x4.extract_lane(four, 1) + f32x4.extract_lane(four, 2) + f32x4.extract_lane(four, 3);
          }
          for (; p < k; p++) sum += load<f32>(ai + <usize>p * stepA) * load<f32>(bj + (<usize>p << 2));
          store<f32>(ci + (<usize>j << 2), sum);
        }
      } else {
        let j = 0;
        for (; j + 4 <= n; j += 4) {
          let sum = f32x4.splat(0);
          let bp = b + (<usize>j << 2);
          let ap = ai;
          for (let p = 0; p < k; p++) {
            sum = fused(v128.load32_splat(ap), v128.load(bp), sum);
            ap += stepA;
            bp += <usize>n << 2;
          }
          v128.store(ci + (<usize>j << 2), sum);
        }
        for (; j < n; j++) {
          let sum: f32 = 0;
          let bp = b + (<usize>j << 2);
          let ap = ai;
          for (let p = 0; p < k; p++) {
            sum += load<f32>(ap) * load<f32>(bp);
            ap += stepA;
            bp += <usize>n << 2;
          }
          store<f32>(ci + (<usize>j << 2), sum);
        }
      }
    }
    a += <usize>strideA << 2;
    b += <usize>strideB << 2;
    c += <usize>strideC << 2;
  }
}
