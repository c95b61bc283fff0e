// Scores of all pairs of two sets by one hidden layer of rectified units: sum_q relu(a[b, j, q] + p[b, k, q]) v[q].

export function pairScores(a: usize, p: usize, v: usize, out: usize, batch: i32, left: i32, right: i32, hidden: i32): void {
  const zero = f32x4.splat(0);
  const row = <usize>hidden << 2;
  for (let b = 0; b < batch; b++) {
    for (let j = 0; j < left; j++) {
      const x = a + <usize>j * row;
      for (let k = 0; k < right; k++) {
        const y = p + <usize>k * row;
        let sum = zero;
        let q = 0;
        for (; q + 4 <= hidden; q += 4) {
          const at = <usize>q << 2;
          const active = f32x4.max(f32x4.add(v128.load(x + at), v128.load(y + at)), zero);
          sum = f32x4.add(sum, f32x4.mul(active, v128.load(v + at)));
        }
        let total = lanes(sum);
        for (; q < hidden; q++) {
          const at = <usize>q << 2;
          total += max<f32>(load<f32>(x + at) + load<f32>(y + at), 0) * load<f32>(v + at);
        }
        store<f32>(out, total);
        out += 4;
      }
    }
    a += <usize>left * row;
    p += <usize>right * row;
  }
}

// Gradient of one set: out[b, i, q] = v[q] sum_o dy[b, i, o] [own + other > 0]; strides of dy in values.
export function pairGradient(
  dy: usize, own: usize, other: usize, v: usize, out: usize,
  batch: i32, count: i32, others: i32, hidden: i32, strideOwn: i32, strideOther: i32,
): void {
  const zero = f32x4.splat(0);
  const row = <usize>hidden << 2;
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < count; i++) {
      const x = own + <usize>i * row;
      const g = dy + (<usize>i * <usize>strideOwn << 2);
      let q = 0;
      for (; q + 4 <= hidden; q += 4) {
        const at = <usize>q << 2;
        const mine = v128.load(x + at);
        let sum = zero;
        let y = other + at;
        let w = g;
        for (let o = 0; o < others; o++) {
          const open = f32x4.gt(f32x4.add(mine, v128.load(y)), zero);
          sum = f32x4.add(sum, v128.and(open, v128.load32_splat(w)));
          y += row;
          w += <usize>strideOther << 2;
        }
        v128.store(out + at, f32x4.mul(sum, v128.load(v + at)));
      }
      for (; q < hidden; q++) {
        const at = <usize>q << 2;
        const mine = load<f32>(x + at);
        let sum: f32 = 0;
        for (let o = 0; o < others; o++) {
          if (mine + load<f32>(other + at + <usize>o * row) > 0) sum += load<f32>(g + (<usize>o * <usize>strideOther << 2));
        }
        store<f32>(out + at, sum * load<f32>(v + at));
      }
      out += row;
    }
    own += <usize>count * row;
    other += <usize>others * row;
    dy += <usize>count * <usize>others << 2;
  }
}

// Gradient of v: out[q] = sum over b, j, k of dy relu(a + p). `out` starts at 0.
export function pairWeightGradient(dy: usize, a: usize, p: usize, out: usize, batch: i32, left: i32, right: i32, hidden: i32): void {
  const zero = f32x4.splat(0);
  const row = <usize>hidden << 2;
  memory.fill(out, 0, row);
  for (let b = 0; b < batch; b++) {
    for (let q = 0; q < hidden; q += 4) {
      const at = <usize>q << 2;
      const whole = q + 4 <= hidden;
      const ones = whole ? 1 : hidden - q;
      for (let lane = 0; lane < ones; lane++) {
        const here = at + (<usize>lane << 2);
        let sum = zero;
        let g = dy;
        for (let j = 0; j < left; j++) {
          const mine = take(a + <usize>j * row + here, whole);
          let y = p + here;
          for (let k = 0; k < right; k++) {
            const active = f32x4.max(f32x4.add(mine, take(y, whole)), zero);
            sum = f32x4.add(sum, f32x4.mul(active, v128.load32_splat(g)));
            g += 4;
            y += row;
          }
        }
        put(out + here, f32x4.add(take(out + here, whole), sum), whole);
      }
    }
    a += <usize>left * row;
    p += <usize>right * row;
    dy += <usize>left * <usize>right << 2;
  }
}
