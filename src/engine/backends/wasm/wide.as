// Tiles of 6 and 4 rows by 16 columns, for engines that join two adjacent 128-bit values to one of 256 (V8's
// `--wasm-revectorize`). There they are twice as fast as tiles of 8 columns; elsewhere they spill and are slower, so a
// timing chooses (wideTiles.ts). Every number is summed in the order of the other tiles.
//
// What V8 joins are stores at an address and 16 bytes on, and whatever leads to both of a pair by the same operations in
// the same block. So a tile that adds to what is there and one that starts from a row (a bias, or zeros) are functions of
// their own, without branches, and each row's address is computed once. They are exported, so the optimiser leaves them
// out of line.

// Columns of a wide panel.
const WIDE: i32 = 16;

// `kc` rows of 16 values of B to one panel.
@inline
function packSixteen(b: usize, ldb: i32, transposed: bool, kc: i32, out: usize): void {
  const row = <usize>ldb << 2;
  if (!transposed) {
    for (let k = 0; k < kc; k++) {
      v128.store(out, v128.load(b));
      v128.store(out, v128.load(b, 16), 16);
      v128.store(out, v128.load(b, 32), 32);
      v128.store(out, v128.load(b, 48), 48);
      b += row;
      out += 64;
    }
    return;
  }
  let k = 0;
  for (; k + 4 <= kc; k += 4) {
    const at = b + (<usize>k << 2);
    columnsOfFour(at, row, out, 64);
    columnsOfFour(at + 4 * row, row, out + 16, 64);
    columnsOfFour(at + 8 * row, row, out + 32, 64);
    columnsOfFour(at + 12 * row, row, out + 48, 64);
    out += 256;
  }
  for (; k < kc; k++) {
    for (let c = 0; c < WIDE; c++) store<f32>(out + (<usize>c << 2), load<f32>(b + <usize>c * row + (<usize>k << 2)));
    out += 64;
  }
}

@inline
function wideSix(a: usize, b: usize, kc: i32, c: usize, row: usize, add: bool, start: usize): void {
  if (!FUSED) return;
  const p1 = c + row;
  const p2 = p1 + row;
  const p3 = p2 + row;
  const p4 = p3 + row;
  const p5 = p4 + row;
  let c00: v128, c01: v128, c02: v128, c03: v128;
  let c10: v128, c11: v128, c12: v128, c13: v128;
  let c20: v128, c21: v128, c22: v128, c23: v128;
  let c30: v128, c31: v128, c32: v128, c33: v128;
  let c40: v128, c41: v128, c42: v128, c43: v128;
  let c50: v128, c51: v128, c52: v128, c53: v128;
  if (add) {
    c00 = v128.load(c);
    c01 = v128.load(c, 16);
    c02 = v128.load(c, 32);
    c03 = v128.load(c, 48);
    c10 = v128.load(p1);
    c11 = v128.load(p1, 16);
    c12 = v128.load(p1, 32);
    c13 = v128.load(p1, 48);
    c20 = v128.load(p2);
    c21 = v128.load(p2, 16);
    c22 = v128.load(p2, 32);
    c23 = v128.load(p2, 48);
    c30 = v128.load(p3);
    c31 = v128.load(p3, 16);
    c32 = v128.load(p3, 32);
    c33 = v128.load(p3, 48);
    c40 = v128.load(p4);
    c41 = v128.load(p4, 16);
    c42 = v128.load(p4, 32);
    c43 = v128.load(p4, 48);
    c50 = v128.load(p5);
    c51 = v128.load(p5, 16);
    c52 = v128.load(p5, 32);
    c53 = v128.load(p5, 48);
  } else {
    c00 = v128.load(start);
    c01 = v128.load(start, 16);
    c02 = v128.load(start, 32);
    c03 = v128.load(start, 48);
    c10 = c00;
    c11 = c01;
    c12 = c02;
    c13 = c03;
    c20 = c00;
    c21 = c01;
    c22 = c02;
    c23 = c03;
    c30 = c00;
    c31 = c01;
    c32 = c02;
    c33 = c03;
    c40 = c00;
    c41 = c01;
    c42 = c02;
    c43 = c03;
    c50 = c00;
    c51 = c01;
    c52 = c02;
    c53 = c03;
  }
  const end = a + <usize>kc * 24;
  while (a < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const b2 = v128.load(b, 32);
    const b3 = v128.load(b, 48);
    const a0 = v128.load32_splat(a);
    c00 = fused(a0, b0, c00);
    c01 = fused(a0, b1, c01);
    c02 = fused(a0, b2, c02);
    c03 = fused(a0, b3, c03);
    const a1 = v128.load32_splat(a, 4);
    c10 = fused(a1, b0, c10);
    c11 = fused(a1, b1, c11);
    c12 = fused(a1, b2, c12);
    c13 = fused(a1, b3, c13);
    const a2 = v128.load32_splat(a, 8);
    c20 = fused(a2, b0, c20);
    c21 = fused(a2, b1, c21);
    c22 = fused(a2, b2, c22);
    c23 = fused(a2, b3, c23);
    const a3 = v128.load32_splat(a, 12);
    c30 = fused(a3, b0, c30);
    c31 = fused(a3, b1, c31);
    c32 = fused(a3, b2, c32);
    c33 = fused(a3, b3, c33);
    const a4 = v128.load32_splat(a, 16);
    c40 = fused(a4, b0, c40);
    c41 = fused(a4, b1, c41);
    c42 = fused(a4, b2, c42);
    c43 = fused(a4, b3, c43);
    const a5 = v128.load32_splat(a, 20);
    c50 = fused(a5, b0, c50);
    c51 = fused(a5, b1, c51);
    c52 = fused(a5, b2, c52);
    c53 = fused(a5, b3, c53);
    a += 24;
    b += 64;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c, c02, 32);
  v128.store(c, c03, 48);
  v128.store(p1, c10);
  v128.store(p1, c11, 16);
  v128.store(p1, c12, 32);
  v128.store(p1, c13, 48);
  v128.store(p2, c20);
  v128.store(p2, c21, 16);
  v128.store(p2, c22, 32);
  v128.store(p2, c23, 48);
  v128.store(p3, c30);
  v128.store(p3, c31, 16);
  v128.store(p3, c32, 32);
  v128.store(p3, c33, 48);
  v128.store(p4, c40);
  v128.store(p4, c41, 16);
  v128.store(p4, c42, 32);
  v128.store(p4, c43, 48);
  v128.store(p5, c50);
  v128.store(p5, c51, 16);
  v128.store(p5, c52, 32);
  v128.store(p5, c53, 48);
}

export function wideSixAdd(a: usize, b: usize, kc: i32, c: usize, row: usize): void {
  wideSix(a, b, kc, c, row, true, 0);
}

export function wideSixFrom(a: usize, b: usize, kc: i32, c: usize, row: usize, start: usize): void {
  wideSix(a, b, kc, c, row, false, start);
}

@inline
function wideFour(a: usize, b: usize, kc: i32, c: usize, row: usize, add: bool, start: usize): void {
  if (!FUSED) return;
  const p1 = c + row;
  const p2 = p1 + row;
  const p3 = p2 + row;
  let c00: v128, c01: v128, c02: v128, c03: v128;
  let c10: v128, c11: v128, c12: v128, c13: v128;
  let c20: v128, c21: v128, c22: v128, c23: v128;
  let c30: v128, c31: v128, c32: v128, c33: v128;
  if (add) {
    c00 = v128.load(c);
    c01 = v128.load(c, 16);
    c02 = v128.load(c, 32);
    c03 = v128.load(c, 48);
    c10 = v128.load(p1);
    c11 = v128.load(p1, 16);
    c12 = v128.load(p1, 32);
    c13 = v128.load(p1, 48);
    c20 = v128.load(p2);
    c21 = v128.load(p2, 16);
    c22 = v128.load(p2, 32);
    c23 = v128.load(p2, 48);
    c30 = v128.load(p3);
    c31 = v128.load(p3, 16);
    c32 = v128.load(p3, 32);
    c33 = v128.load(p3, 48);
  } else {
    c00 = v128.load(start);
    c01 = v128.load(start, 16);
    c02 = v128.load(start, 32);
    c03 = v128.load(start, 48);
    c10 = c00;
    c11 = c01;
    c12 = c02;
    c13 = c03;
    c20 = c00;
    c21 = c01;
    c22 = c02;
    c23 = c03;
    c30 = c00;
    c31 = c01;
    c32 = c02;
    c33 = c03;
  }
  const end = a + <usize>kc * 16;
  while (a < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const b2 = v128.load(b, 32);
    const b3 = v128.load(b, 48);
    const a0 = v128.load32_splat(a);
    c00 = fused(a0, b0, c00);
    c01 = fused(a0, b1, c01);
    c02 = fused(a0, b2, c02);
    c03 = fused(a0, b3, c03);
    const a1 = v128.load32_splat(a, 4);
    c10 = fused(a1, b0, c10);
    c11 = fused(a1, b1, c11);
    c12 = fused(a1, b2, c12);
    c13 = fused(a1, b3, c13);
    const a2 = v128.load32_splat(a, 8);
    c20 = fused(a2, b0, c20);
    c21 = fused(a2, b1, c21);
    c22 = fused(a2, b2, c22);
    c23 = fused(a2, b3, c23);
    const a3 = v128.load32_splat(a, 12);
    c30 = fused(a3, b0, c30);
    c31 = fused(a3, b1, c31);
    c32 = fused(a3, b2, c32);
    c33 = fused(a3, b3, c33);
    a += 16;
    b += 64;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c, c02, 32);
  v128.store(c, c03, 48);
  v128.store(p1, c10);
  v128.store(p1, c11, 16);
  v128.store(p1, c12, 32);
  v128.store(p1, c13, 48);
  v128.store(p2, c20);
  v128.store(p2, c21, 16);
  v128.store(p2, c22, 32);
  v128.store(p2, c23, 48);
  v128.store(p3, c30);
  v128.store(p3, c31, 16);
  v128.store(p3, c32, 32);
  v128.store(p3, c33, 48);
}

export function wideFourAdd(a: usize, b: usize, kc: i32, c: usize, row: usize): void {
  wideFour(a, b, kc, c, row, true, 0);
}

export function wideFourFrom(a: usize, b: usize, kc: i32, c: usize, row: usize, start: usize): void {
  wideFour(a, b, kc, c, row, false, start);
}

// A panel of A's `mc` rows, the first `sixes` of them in sixes, times one wide panel of B. Adds to c where `add`, else starts
// from `bias` (or 0). `edge`: room for a tile, then as many zeros as a row of one has.
function widePanel(
  a: usize, b: usize, kc: i32, mc: i32, sixes: i32,
  c: usize, row: usize, add: bool, bias: usize, edge: usize,
): void {
  const zeros = edge + 6 * WIDE * 4;
  const start = bias ? bias : zeros;
  let i = 0;
  for (; i < sixes; i += 6) {
    if (add) wideSixAdd(a, b, kc, c, row);
    else wideSixFrom(a, b, kc, c, row, start);
    a += <usize>kc * 24;
    c += 6 * row;
  }
  for (; i + MR <= mc; i += MR) {
    if (add) wideFourAdd(a, b, kc, c, row);
    else wideFourFrom(a, b, kc, c, row, start);
    a += <usize>kc * (MR * 4);
    c += MR * row;
  }
  if (i < mc) {
    wideFourFrom(a, b, kc, edge, WIDE * 4, zeros);
    copyEdge(edge, WIDE, c, row, mc - i, WIDE, add, bias);
  }
}
