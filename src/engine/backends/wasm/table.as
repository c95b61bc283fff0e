// Adam over an embedding table of which a batch touches few rows: gradients are summed by row and used at once, and rows that no
// batch has touched yet are skipped, for their moments and their gradient are zero and Adam leaves them as they are.
// To the bits of `segmentSum` and `adam` over the whole table.
//
// w, m, v [total, dim]; marks [total] bytes, 1 where a row was ever touched; gradient [M, dim] of gathered rows; rows, order, starts: the
// plan, rows ascending; pull: added to a row's gradient for each of its occurrences, times its weights.
export function adamTable(
  w: usize, m: usize, v: usize, marks: usize, total: i32, dim: i32,
  gradient: usize, rows: usize, order: usize, starts: usize, segments: i32, pull: f32,
  beta1: f32, beta2: f32, stepSize: f32, inverseRoot: f32, epsilon: f32,
): void {
  for (let s = 0; s < segments; s++) store<u8>(marks + <usize>load<i32>(rows + (<usize>s << 2)), 1);
  const b1 = f32x4.splat(beta1), r1 = f32x4.splat(<f32>1 - beta1);
  const b2 = f32x4.splat(beta2), r2 = f32x4.splat(<f32>1 - beta2);
  const step = f32x4.splat(stepSize), root = f32x4.splat(inverseRoot), eps = f32x4.splat(epsilon);
  let s = 0;
  for (let row = 0; row < total; row++) {
    if ((row & 15) == 0 && row + 16 <= total && !v128.any_true(v128.load(marks + <usize>row))) {
      row += 15;
      continue;
    }
    if (load<u8>(marks + <usize>row) == 0) continue;
    let first = 0;
    let last = 0;
    if (s < segments && load<i32>(rows + (<usize>s << 2)) == row) {
      first = load<i32>(starts + (<usize>s << 2));
      last = load<i32>(starts + (<usize>s << 2), 4);
      s++;
    }
    const factor = pull * <f32>(last - first);
    const four = f32x4.splat(factor);
    const base = (<usize>row * <usize>dim) << 2;
    let d = 0;
    for (; d + 4 <= dim; d += 4) {
      const at = base + (<usize>d << 2);
      const weight = v128.load(w + at);
      let slope = f32x4.splat(0);
      for (let k = first; k < last; k++) {
        slope = f32x4.add(slope, v128.load(gradient + ((<usize>load<i32>(order + (<usize>k << 2)) * <usize>dim + <usize>d) << 2)));
      }
      if (last > first) slope = f32x4.add(slope, f32x4.mul(four, weight));
      const moment = f32x4.add(f32x4.mul(b1, v128.load(m + at)), f32x4.mul(r1, slope));
      const second = f32x4.add(f32x4.mul(b2, v128.load(v + at)), f32x4.mul(r2, f32x4.mul(slope, slope)));
      v128.store(m + at, moment);
      v128.store(v + at, second);
      // Of rows that come no more only the second moments are left.
      if (!v128.any_true(moment)) continue;
      const below = f32x4.add(f32x4.mul(f32x4.sqrt(second), root), eps);
      v128.store(w + at, f32x4.sub(weight, f32x4.div(f32x4.mul(step, moment), below)));
    }
    for (; d < dim; d++) {
      const at = base + (<usize>d << 2);
      const weight = load<f32>(w + at);
      let slope: f32 = 0;
      for (let k = first; k < last; k++) {
        slope += load<f32>(gradient + ((<usize>load<i32>(order + (<usize>k << 2)) * <usize>dim + <usize>d) << 2));
      }
      if (last > first) slope += factor * weight;
      const moment = beta1 * load<f32>(m + at) + (<f32>1 - beta1) * slope;
      const second = beta2 * load<f32>(v + at) + (<f32>1 - beta2) * (slope * slope);
      store<f32>(m + at, moment);
      store<f32>(v + at, second);
      store<f32>(w + at, weight - (stepSize * moment) / (sqrt<f32>(second) * inverseRoot + epsilon));
    }
  }
}

// marks[row] = 1 where any of a row's moments [2, total, dim] is not zero.
export function markRows(moments: usize, marks: usize, total: i32, dim: i32): void {
  const half = (<usize>total * <usize>dim) << 2;
  for (let row = 0; row < total; row++) {
    const base = moments + ((<usize>row * <usize>dim) << 2);
    let any: u8 = 0;
    for (let d = 0; d < dim; d++) {
      const at = base + (<usize>d << 2);
      if (load<f32>(at) != 0 || load<f32>(at + half) != 0) any = 1;
    }
    store<u8>(marks + <usize>row, any);
  }
}
