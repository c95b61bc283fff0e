// Passes over tensors seen as [outer, rows, columns]: sums, moments, normalisation, mixtures, transposes.

// out[o, c] = sum over rows of x[o, r, c]; columns of one tile are summed row after row.
export function sumRows(x: usize, out: usize, outer: i32, rows: i32, columns: i32): void {
  const row = <usize>columns << 2;
  for (let o = 0; o < outer; o++) {
    let c = 0;
    for (; c + 16 <= columns; c += 16) {
      let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
      let at = x + (<usize>c << 2);
      for (let r = 0; r < rows; r++) {
        s0 = f32x4.add(s0, v128.load(at));
        s1 = f32x4.add(s1, v128.load(at, 16));
        s2 = f32x4.add(s2, v128.load(at, 32));
        s3 = f32x4.add(s3, v128.load(at, 48));
        at += row;
      }
      const to = out + (<usize>c << 2);
      v128.store(to, s0);
      v128.store(to, s1, 16);
      v128.store(to, s2, 32);
      v128.store(to, s3, 48);
    }
    for (; c + 4 <= columns; c += 4) {
      let s = f32x4.splat(0);
      let at = x + (<usize>c << 2);
      for (let r = 0; r < rows; r++) {
        s = f32x4.add(s, v128.load(at));
        at += row;
      }
      v128.store(out + (<usize>c << 2), s);
    }
    for (; c < columns; c++) {
      let s: f32 = 0;
      let at = x + (<usize>c << 2);
      for (let r = 0; r < rows; r++) {
        s += load<f32>(at);
        at += row;
      }
      store<f32>(out + (<usize>c << 2), s);
    }
    x += <usize>rows * row;
    out += row;
  }
}

@inline
function lanes(x: v128): f32 {
  return (f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1)) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
}

// out[r] = sum of x[r, :].
export function sumColumns(x: usize, out: usize, rows: i32, columns: i32): void {
  for (let r = 0; r < rows; r++) {
    let s0 = f32x4.splat(0), s1 = s0;
    let c = 0;
    for (; c + 8 <= columns; c += 8) {
      s0 = f32x4.add(s0, v128.load(x));
      s1 = f32x4.add(s1, v128.load(x, 16));
      x += 32;
    }
    let s = columns >= 8 ? lanes(f32x4.add(s0, s1)) : <f32>0;
    for (; c < columns; c++) {
      s += load<f32>(x);
      x += 4;
    }
    store<f32>(out, s);
    out += 4;
  }
}

// Weights of rows, added up one after the other, or in eight parts where there is one column and its rows are as many as a layer has numbers.
@inline
function totalOf(weight: usize, rows: i32, columns: i32): f32 {
  if (columns == 1) return sumOf(weight, rows);
  let total: f32 = 0;
  for (let r = 0; r < rows; r++) total += load<f32>(weight + (<usize>r << 2));
  return total;
}

// Weighted mean and variance over rows; weight[rows] is shared by all outer slices. total = max(sum(weight), 1).
// Columns that fill no vector are summed in double: a column that stands alone may have a hundred thousand rows.
export function moments(
  x: usize, weight: usize, mean: usize, variance: usize, outer: i32, rows: i32, columns: i32,
): void {
  const row = <usize>columns << 2;
  const share = <f32>1 / max<f32>(totalOf(weight, rows, columns), 1);
  const scale = f32x4.splat(share);
  for (let o = 0; o < outer; o++) {
    if (columns == 1) {
      momentsOfColumn(x, weight, mean, variance, rows, share);
      x += <usize>rows << 2;
      mean += 4;
      variance += 4;
      continue;
    }
    let c = 0;
    for (; c + 8 <= columns; c += 8) {
      let s0 = f32x4.splat(0), s1 = s0;
      let at = x + (<usize>c << 2);
      let w = weight;
      for (let r = 0; r < rows; r++) {
        const k = v128.load32_splat(w);
        s0 = f32x4.add(s0, f32x4.mul(k, v128.load(at)));
        s1 = f32x4.add(s1, f32x4.mul(k, v128.load(at, 16)));
        at += row;
        w += 4;
      }
      const m0 = f32x4.mul(s0, scale), m1 = f32x4.mul(s1, scale);
      let q0 = f32x4.splat(0), q1 = q0;
      at = x + (<usize>c << 2);
      w = weight;
      for (let r = 0; r < rows; r++) {
        const k = v128.load32_splat(w);
        const d0 = f32x4.sub(v128.load(at), m0), d1 = f32x4.sub(v128.load(at, 16), m1);
        q0 = f32x4.add(q0, f32x4.mul(k, f32x4.mul(d0, d0)));
        q1 = f32x4.add(q1, f32x4.mul(k, f32x4.mul(d1, d1)));
        at += row;
        w += 4;
      }
      const to = <usize>c << 2;
      v128.store(mean + to, m0);
      v128.store(mean + to, m1, 16);
      v128.store(variance + to, f32x4.mul(q0, scale));
      v128.store(variance + to, f32x4.mul(q1, scale), 16);
    }
    for (; c < columns; c++) {
      let s: f64 = 0;
      let at = x + (<usize>c << 2);
      let w = weight;
      for (let r = 0; r < rows; r++) {
        s += <f64>(load<f32>(w) * load<f32>(at));
        at += row;
        w += 4;
      }
      const m = <f32>(s * <f64>share);
      let q: f64 = 0;
      at = x + (<usize>c << 2);
      w = weight;
      for (let r = 0; r < rows; r++) {
        const d = load<f32>(at) - m;
        q += <f64>(load<f32>(w) * d * d);
        at += row;
        w += 4;
      }
      store<f32>(mean + (<usize>c << 2), m);
      store<f32>(variance + (<usize>c << 2), <f32>(q * <f64>share));
    }
    x += <usize>rows * row;
    mean += row;
    variance += row;
  }
}

// dx = weight / total * (dMean + 2 (x - mean) dVariance).
export function momentsGradient(
  x: usize, weight: usize, mean: usize, dMean: usize, dVariance: usize, dx: usize, outer: i32, rows: i32, columns: i32,
): void {
  const row = <usize>columns << 2;
  let total: f32 = 0;
  for (let r = 0; r < rows; r++) total += load<f32>(weight + (<usize>r << 2));
  const share = <f32>1 / max<f32>(total, 1);
  const two = f32x4.splat(2);
  for (let o = 0; o < outer; o++) {
    for (let r = 0; r < rows; r++) {
      const k = load<f32>(weight + (<usize>r << 2)) * share;
      const four = f32x4.splat(k);
      let c = 0;
      for (; c + 4 <= columns; c += 4) {
        const at = <usize>c << 2;
        const centred = f32x4.mul(two, f32x4.sub(v128.load(x + at), v128.load(mean + at)));
        const slope = f32x4.add(v128.load(dMean + at), f32x4.mul(centred, v128.load(dVariance + at)));
        v128.store(dx + at, f32x4.mul(four, slope));
      }
      for (; c < columns; c++) {
        const at = <usize>c << 2;
        const centred = <f32>2 * (load<f32>(x + at) - load<f32>(mean + at));
        store<f32>(dx + at, k * (load<f32>(dMean + at) + centred * load<f32>(dVariance + at)));
      }
      x += row;
      dx += row;
    }
    mean += row;
    dMean += row;
    dVariance += row;
  }
}

// y = x * scale + shift with scale, shift [outer, columns].
export function affine(x: usize, scale: usize, shift: usize, y: usize, outer: i32, rows: i32, columns: i32): void {
  const row = <usize>columns << 2;
  for (let o = 0; o < outer; o++) {
    if (columns == 1) {
      affineOfColumn(x, load<f32>(scale), load<f32>(shift), y, rows);
      x += <usize>rows << 2;
      y += <usize>rows << 2;
      scale += 4;
      shift += 4;
      continue;
    }
    for (let r = 0; r < rows; r++) {
      let c = 0;
      for (; c + 4 <= columns; c += 4) {
        const at = <usize>c << 2;
        v128.store(y + at, f32x4.add(f32x4.mul(v128.load(x + at), v128.load(scale + at)), v128.load(shift + at)));
      }
      for (; c < columns; c++) {
        const at = <usize>c << 2;
        store<f32>(y + at, load<f32>(x + at) * load<f32>(scale + at) + load<f32>(shift + at));
      }
      x += row;
      y += row;
    }
    scale += row;
    shift += row;
  }
}

// sum0[o, c] = sum of dy, sum1[o, c] = sum of dy (x - mean), over rows.
export function normaliseSums(
  dy: usize, x: usize, mean: usize, sum0: usize, sum1: usize, outer: i32, rows: i32, columns: i32,
): void {
  const row = <usize>columns << 2;
  for (let o = 0; o < outer; o++) {
    let c = 0;
    if (columns == 1) {
      normaliseSumsOfColumn(dy, x, load<f32>(mean), sum0, sum1, rows);
      c = 1;
    }
    for (; c + 8 <= columns; c += 8) {
      const to = <usize>c << 2;
      const m0 = v128.load(mean + to), m1 = v128.load(mean + to, 16);
      let s0 = f32x4.splat(0), s1 = s0, q0 = s0, q1 = s0;
      let a = dy + to;
      let b = x + to;
      for (let r = 0; r < rows; r++) {
        const d0 = v128.load(a), d1 = v128.load(a, 16);
        s0 = f32x4.add(s0, d0);
        s1 = f32x4.add(s1, d1);
        q0 = f32x4.add(q0, f32x4.mul(d0, f32x4.sub(v128.load(b), m0)));
        q1 = f32x4.add(q1, f32x4.mul(d1, f32x4.sub(v128.load(b, 16), m1)));
        a += row;
        b += row;
      }
      v128.store(sum0 + to, s0);
      v128.store(sum0 + to, s1, 16);
      v128.store(sum1 + to, q0);
      v128.store(sum1 + to, q1, 16);
    }
    for (; c < columns; c++) {
      const to = <usize>c << 2;
      const m = load<f32>(mean + to);
      let s: f64 = 0;
      let q: f64 = 0;
      let a = dy + to;
      let b = x + to;
      for (let r = 0; r < rows; r++) {
        const d = load<f32>(a);
        s += <f64>d;
        q += <f64>(d * (load<f32>(b) - m));
        a += row;
        b += row;
      }
      store<f32>(sum0 + to, <f32>s);
      store<f32>(sum1 + to, <f32>q);
    }
    dy += <usize>rows * row;
    x += <usize>rows * row;
    mean += row;
    sum0 += row;
    sum1 += row;
  }
}

// out[b, :] = sum over n of weights[b, n] h[b, n, :]; h lies at b * strideB + n * strideN (values), weights likewise.
export function mix(
  h: usize, weights: usize, out: usize, rows: i32, count: i32, columns: i32,
  strideB: i32, strideN: i32, weightB: i32, weightN: i32,
): void {
  for (let b = 0; b < rows; b++) {
    const from = h + (<usize>b * <usize>strideB << 2);
    const gate = weights + (<usize>b * <usize>weightB << 2);
    const to = out + (<usize>b * <usize>columns << 2);
    let c = 0;
    for (; c + 4 <= columns; c += 4) {
      let sum = f32x4.splat(0);
      for (let n = 0; n < count; n++) {
        const g = v128.load32_splat(gate + (<usize>n * <usize>weightN << 2));
        sum = f32x4.add(sum, f32x4.mul(g, v128.load(from + ((<usize>n * <usize>strideN + <usize>c) << 2))));
      }
      v128.store(to + (<usize>c << 2), sum);
    }
    for (; c < columns; c++) {
      let sum: f32 = 0;
      for (let n = 0; n < count; n++) {
        sum += load<f32>(gate + (<usize>n * <usize>weightN << 2)) * load<f32>(from + ((<usize>n * <usize>strideN + <usize>c) << 2));
      }
      store<f32>(to + (<usize>c << 2), sum);
    }
  }
}

// dh[b, n, :] = weights[b, n] dy[b, :], laid out as h.
export function mixGradient(
  dy: usize, weights: usize, dh: usize, rows: i32, count: i32, columns: i32,
  strideB: i32, strideN: i32, weightB: i32, weightN: i32,
): void {
  for (let b = 0; b < rows; b++) {
    const from = dy + (<usize>b * <usize>columns << 2);
    for (let n = 0; n < count; n++) {
      const to = dh + ((<usize>b * <usize>strideB + <usize>n * <usize>strideN) << 2);
      const gate = load<f32>(weights + ((<usize>b * <usize>weightB + <usize>n * <usize>weightN) << 2));
      const g = f32x4.splat(gate);
      let c = 0;
      for (; c + 4 <= columns; c += 4) v128.store(to + (<usize>c << 2), f32x4.mul(g, v128.load(from + (<usize>c << 2))));
      for (; c < columns; c++) store<f32>(to + (<usize>c << 2), gate * load<f32>(from + (<usize>c << 2)));
    }
  }
}

// dWeights[b, n] = sum of dy[b, :] h[b, n, :].
export function mixWeightGradient(
  dy: usize, h: usize, dWeights: usize, rows: i32, count: i32, columns: i32,
  strideB: i32, strideN: i32, weightB: i32, weightN: i32,
): void {
  for (let b = 0; b < rows; b++) {
    const from = dy + (<usize>b * <usize>columns << 2);
    for (let n = 0; n < count; n++) {
      const at = h + ((<usize>b * <usize>strideB + <usize>n * <usize>strideN) << 2);
      let four = f32x4.splat(0);
      let c = 0;
      for (; c + 4 <= columns; c += 4) {
        four = f32x4.add(four, f32x4.mul(v128.load(at + (<usize>c << 2)), v128.load(from + (<usize>c << 2))));
      }
      let sum = lanes(four);
      for (; c < columns; c++) sum += load<f32>(at + (<usize>c << 2)) * load<f32>(from + (<usize>c << 2));
      store<f32>(dWeights + ((<usize>b * <usize>weightB + <usize>n * <usize>weightN) << 2), sum);
    }
  }
}

// out[o, j, i, :] = x[o, i, j, :] for x [outer, rows, columns, inner].
export function transposeBlocks(x: usize, out: usize, outer: i32, rows: i32, columns: i32, inner: i32): void {
  const block = <usize>inner << 2;
  const whole = <usize>rows * <usize>columns * block;
  for (let o = 0; o < outer; o++) {
    if (inner == 1) {
      const line = <usize>columns << 2;
      const wide = <usize>rows << 2;
      for (let i = 0; i < rows; i += 4) {
        for (let j = 0; j < columns; j += 4) {
          const from = x + <usize>i * line + (<usize>j << 2);
          const to = out + <usize>j * wide + (<usize>i << 2);
          if (i + 4 <= rows && j + 4 <= columns) {
            const r0 = v128.load(from);
            const r1 = v128.load(from + line);
            const r2 = v128.load(from + 2 * line);
            const r3 = v128.load(from + 3 * line);
            const t0 = v128.shuffle<i32>(r0, r1, 0, 4, 1, 5);
            const t1 = v128.shuffle<i32>(r2, r3, 0, 4, 1, 5);
            const t2 = v128.shuffle<i32>(r0, r1, 2, 6, 3, 7);
            const t3 = v128.shuffle<i32>(r2, r3, 2, 6, 3, 7);
            v128.store(to, v128.shuffle<i64>(t0, t1, 0, 2));
            v128.store(to + wide, v128.shuffle<i64>(t0, t1, 1, 3));
            v128.store(to + 2 * wide, v128.shuffle<i64>(t2, t3, 0, 2));
            v128.store(to + 3 * wide, v128.shuffle<i64>(t2, t3, 1, 3));
          } else {
            for (let r = 0; r < min(4, rows - i); r++) {
              for (let c = 0; c < min(4, columns - j); c++) {
                store<f32>(to + <usize>c * wide + (<usize>r << 2), load<f32>(from + <usize>r * line + (<usize>c << 2)));
              }
            }
          }
        }
      }
    } else {
      let from = x;
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) {
          memory.copy(out + (<usize>j * <usize>rows + <usize>i) * block, from, block);
          from += block;
        }
      }
    }
    x += whole;
    out += whole;
  }
}

// out[o, r, :] = x[o, :]: x [outer, inner] repeated `repeats` times inside each outer.
export function repeatBlocks(x: usize, out: usize, outer: i32, repeats: i32, inner: i32): void {
  const block = <usize>inner << 2;
  for (let o = 0; o < outer; o++) {
    if (inner == 1) {
      const value = load<f32>(x);
      const four = f32x4.splat(value);
      let r = 0;
      for (; r + 4 <= repeats; r += 4) {
        v128.store(out, four);
        out += 16;
      }
      for (; r < repeats; r++) {
        store<f32>(out, value);
        out += 4;
      }
    } else {
      for (let r = 0; r < repeats; r++) {
        memory.copy(out, x, block);
        out += block;
      }
    }
    x += block;
  }
}

// out[i, :] = x[ids[i], :]; rows outside x give zeros.
export function gatherRows(x: usize, ids: usize, out: usize, count: i32, rows: i32, inner: i32): void {
  const block = <usize>inner << 2;
  for (let i = 0; i < count; i++) {
    const id = load<i32>(ids);
    const from = x + <usize>id * block;
    if (<u32>id >= <u32>rows) {
      memory.fill(out, 0, block);
    } else if ((inner & 3) == 0) {
      for (let at: usize = 0; at < block; at += 16) v128.store(out + at, v128.load(from + at));
    } else {
      for (let at: usize = 0; at < block; at += 4) store<f32>(out + at, load<f32>(from + at));
    }
    ids += 4;
    out += block;
  }
}

// Gradient of batch normalisation by its input, statistics included:
// dx = a (dy - k_r (s + q (x - mean))), a, s, q [outer, columns]; k_r = weight[r] / max(sum(weight), 1).
export function batchNormInput(
  dy: usize, x: usize, weight: usize, mean: usize, a: usize, s: usize, q: usize, dx: usize, outer: i32, rows: i32, columns: i32,
): void {
  const row = <usize>columns << 2;
  const share = <f32>1 / max<f32>(totalOf(weight, rows, columns), 1);
  for (let o = 0; o < outer; o++) {
    if (columns == 1) {
      batchNormInputOfColumn(dy, x, weight, load<f32>(mean), load<f32>(a), load<f32>(s), load<f32>(q), dx, rows, share);
      const line = <usize>rows << 2;
      dy += line;
      x += line;
      dx += line;
      mean += 4;
      a += 4;
      s += 4;
      q += 4;
      continue;
    }
    for (let r = 0; r < rows; r++) {
      const k = load<f32>(weight + (<usize>r << 2)) * share;
      const four = f32x4.splat(k);
      let c = 0;
      for (; c + 4 <= columns; c += 4) {
        const at = <usize>c << 2;
        const pull = f32x4.add(v128.load(s + at), f32x4.mul(v128.load(q + at), f32x4.sub(v128.load(x + at), v128.load(mean + at))));
        v128.store(dx + at, f32x4.mul(v128.load(a + at), f32x4.sub(v128.load(dy + at), f32x4.mul(four, pull))));
      }
      for (; c < columns; c++) {
        const at = <usize>c << 2;
        const pull = load<f32>(s + at) + load<f32>(q + at) * (load<f32>(x + at) - load<f32>(mean + at));
        store<f32>(dx + at, load<f32>(a + at) * (load<f32>(dy + at) - k * pull));
      }
      dy += row;
      x += row;
      dx += row;
    }
    mean += row;
    a += row;
    s += row;
    q += row;
  }
}

// out[ids[i], :] += scale[i] x[i, :].
export function scatterRows(x: usize, ids: usize, scale: usize, out: usize, count: i32, inner: i32): void {
  const block = <usize>inner << 2;
  for (let i = 0; i < count; i++) {
    const to = out + <usize>load<i32>(ids + (<usize>i << 2)) * block;
    const factor = load<f32>(scale + (<usize>i << 2));
    const four = f32x4.splat(factor);
    let at: usize = 0;
    for (; at + 16 <= block; at += 16) v128.store(to + at, f32x4.add(v128.load(to + at), f32x4.mul(four, v128.load(x + at))));
    for (; at < block; at += 4) store<f32>(to + at, load<f32>(to + at) + factor * load<f32>(x + at));
    x += block;
  }
}

// x[i, :] *= scale[i].
export function scaleRows(x: usize, scale: usize, count: i32, inner: i32): void {
  const block = <usize>inner << 2;
  for (let i = 0; i < count; i++) {
    const factor = load<f32>(scale + (<usize>i << 2));
    const four = f32x4.splat(factor);
    let at: usize = 0;
    for (; at + 16 <= block; at += 16) v128.store(x + at, f32x4.mul(four, v128.load(x + at)));
    for (; at < block; at += 4) store<f32>(x + at, factor * load<f32>(x + at));
    x += block;
  }
}
