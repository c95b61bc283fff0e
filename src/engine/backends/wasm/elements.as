// Element-wise passes and the optimiser.

@inline
function apply(op: i32, a: v128, b: v128): v128 {
  if (op == 0) return f32x4.add(a, b);
  if (op == 1) return f32x4.sub(a, b);
  if (op == 2) return f32x4.mul(a, b);
  if (op == 3) return f32x4.div(a, b);
  return f32x4.sub(a, b);
}

@inline
function run(op: i32, a: usize, b: usize, out: usize, count: i32, stepA: i32, stepB: i32): void {
  const fourA = stepA ? <usize>16 : 0;
  const fourB = stepB ? <usize>16 : 0;
  const oneA = stepA ? <usize>4 : 0;
  const oneB = stepB ? <usize>4 : 0;
  let i = 0;
  if (stepA && stepB) {
    for (; i + 8 <= count; i += 8) {
      v128.store(out, apply(op, v128.load(a), v128.load(b)));
      v128.store(out, apply(op, v128.load(a, 16), v128.load(b, 16)), 16);
      a += 32;
      b += 32;
      out += 32;
    }
  } else if (stepA) {
    const y = v128.load32_splat(b);
    for (; i + 4 <= count; i += 4) {
      v128.store(out, apply(op, v128.load(a), y));
      a += 16;
      out += 16;
    }
  } else if (stepB) {
    const x = v128.load32_splat(a);
    for (; i + 4 <= count; i += 4) {
      v128.store(out, apply(op, x, v128.load(b)));
      b += 16;
      out += 16;
    }
  }
  for (; i < count; i++) {
    store<f32>(out, f32x4.extract_lane(apply(op, v128.load32_splat(a), v128.load32_splat(b)), 0));
    a += oneA;
    b += oneB;
    out += 4;
  }
}

// out = a op b over [d0, d1, d2, d3]; strides in values; those of the last axis are 0 or 1. op: 0 add, 1 subtract, 2 multiply, 3 divide.
export function binary(
  op: i32, a: usize, b: usize, out: usize,
  d0: i32, d1: i32, d2: i32, d3: i32,
  a0: i32, a1: i32, a2: i32, a3: i32,
  b0: i32, b1: i32, b2: i32, b3: i32,
): void {
  for (let i = 0; i < d0; i++) {
    for (let j = 0; j < d1; j++) {
      let x = a + ((<usize>i * <usize>a0 + <usize>j * <usize>a1) << 2);
      let y = b + ((<usize>i * <usize>b0 + <usize>j * <usize>b1) << 2);
      for (let k = 0; k < d2; k++) {
        if (op == 0) run(0, x, y, out, d3, a3, b3);
        else if (op == 1) run(1, x, y, out, d3, a3, b3);
        else if (op == 2) run(2, x, y, out, d3, a3, b3);
        else run(3, x, y, out, d3, a3, b3);
        x += <usize>a2 << 2;
        y += <usize>b2 << 2;
        out += <usize>d3 << 2;
      }
    }
  }
}

// y = x where x > 0, slope x elsewhere.
export function leaky(x: usize, y: usize, count: i32, slope: f32): void {
  const zero = f32x4.splat(0);
  const factor = f32x4.splat(slope);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const value = v128.load(x);
    v128.store(y, v128.bitselect(value, f32x4.mul(value, factor), f32x4.gt(value, zero)));
    x += 16;
    y += 16;
  }
  for (; i < count; i++) {
    const value = load<f32>(x);
    store<f32>(y, value > 0 ? value : value * slope);
    x += 4;
    y += 4;
  }
}

// dx = dy where x > 0, slope dy elsewhere.
export function leakyGradient(dy: usize, x: usize, dx: usize, count: i32, slope: f32): void {
  const zero = f32x4.splat(0);
  const factor = f32x4.splat(slope);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const d = v128.load(dy);
    v128.store(dx, v128.bitselect(d, f32x4.mul(d, factor), f32x4.gt(v128.load(x), zero)));
    dy += 16;
    x += 16;
    dx += 16;
  }
  for (; i < count; i++) {
    const d = load<f32>(dy);
    store<f32>(dx, load<f32>(x) > 0 ? d : d * slope);
    dy += 4;
    x += 4;
    dx += 4;
  }
}

// Values closer to zero than `smallest` become zero; NaN stays.
export function flush(x: usize, n: i32, smallest: f32): void {
  const least = f32x4.splat(smallest);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const at = x + (<usize>i << 2);
    const value = v128.load(at);
    v128.store(at, v128.andnot(value, f32x4.lt(f32x4.abs(value), least)));
  }
  for (; i < n; i++) {
    const at = x + (<usize>i << 2);
    if (abs<f32>(load<f32>(at)) < smallest) store<f32>(at, 0);
  }
}

// Bytes that are read early of weights and moments: processors fetch ahead themselves, but not past a page. In turns, 12 million values: 15.0 to 12.9 ms.
const ADAM_AHEAD: i32 = 512;

// Adam over n values in place; moments m and v lie side by side. A value whose moments and slope are all zero stays as it is. What was read
// early is returned, so that no compiler leaves it out.
export function adam(
  w: usize, m: usize, v: usize, g: usize, n: i32,
  beta1: f32, beta2: f32, stepSize: f32, inverseRoot: f32, epsilon: f32, pull: f32, centre: f32,
): i32 {
  const b1 = f32x4.splat(beta1), r1 = f32x4.splat(<f32>1 - beta1);
  const b2 = f32x4.splat(beta2), r2 = f32x4.splat(<f32>1 - beta2);
  const step = f32x4.splat(stepSize), root = f32x4.splat(inverseRoot), eps = f32x4.splat(epsilon);
  const force = f32x4.splat(pull), middle = f32x4.splat(centre);
  let read = 0;
  let i = 0;
  for (const until = n - (ADAM_AHEAD >> 2); i + 16 <= until; i += 16) {
    const at = <usize>i << 2;
    read |= load<i32>(w + at, ADAM_AHEAD) | load<i32>(m + at, ADAM_AHEAD) | load<i32>(v + at, ADAM_AHEAD);
    const w4 = w + at, m4 = m + at, v4 = v + at, g4 = g + at;
    adamFour<First>(v128.load(g4), w4, m4, v4, b1, r1, b2, r2, step, root, eps, force, middle);
    adamFour<Second>(v128.load(g4, 16), w4, m4, v4, b1, r1, b2, r2, step, root, eps, force, middle);
    adamFour<Third>(v128.load(g4, 32), w4, m4, v4, b1, r1, b2, r2, step, root, eps, force, middle);
    adamFour<Fourth>(v128.load(g4, 48), w4, m4, v4, b1, r1, b2, r2, step, root, eps, force, middle);
  }
  for (; i + 4 <= n; i += 4) {
    const at = <usize>i << 2;
    adamFour<First>(v128.load(g + at), w + at, m + at, v + at, b1, r1, b2, r2, step, root, eps, force, middle);
  }
  for (; i < n; i++) {
    const at = <usize>i << 2;
    const weight = load<f32>(w + at);
    const slope = load<f32>(g + at) + pull * (weight - centre);
    const first = beta1 * load<f32>(m + at) + (<f32>1 - beta1) * slope;
    const second = beta2 * load<f32>(v + at) + (<f32>1 - beta2) * slope * slope;
    store<f32>(m + at, first);
    store<f32>(v + at, second);
    store<f32>(w + at, weight - (stepSize * first) / (sqrt<f32>(second) * inverseRoot + epsilon));
  }
  return read;
}

// Places of four values among sixteen: `offsetof` makes them constants, which loads and stores take for nothing. Sums of addresses cost a tenth of the pass.
class First {}
class Second { a: v128; }
class Third { a: v128; b: v128; }
class Fourth { a: v128; b: v128; c: v128; }

// Four weights, at that place from w, by their gradient.
@inline
function adamFour<Place>(
  slope: v128, w: usize, m: usize, v: usize,
  b1: v128, r1: v128, b2: v128, r2: v128, step: v128, root: v128, eps: v128, force: v128, middle: v128,
): void {
  const weight = v128.load(w, offsetof<Place>());
  slope = f32x4.add(slope, f32x4.mul(force, f32x4.sub(weight, middle)));
  const first = f32x4.add(f32x4.mul(b1, v128.load(m, offsetof<Place>())), f32x4.mul(r1, slope));
  const second = f32x4.add(f32x4.mul(b2, v128.load(v, offsetof<Place>())), f32x4.mul(r2, f32x4.mul(slope, slope)));
  v128.store(m, first, offsetof<Place>());
  v128.store(v, second, offsetof<Place>());
  const below = f32x4.add(f32x4.mul(f32x4.sqrt(second), root), eps);
  v128.store(w, f32x4.sub(weight, f32x4.div(f32x4.mul(step, first), below)), offsetof<Place>());
}

// For each segment s: target[rows[s], :] = sum of gradient[order[k], :] + pull * length * table[rows[s], :].
export function segmentSum(
  target: usize, gradient: usize, table: usize, rows: usize, order: usize, starts: usize, segments: i32, dim: i32, pull: f32,
): void {
  for (let s = 0; s < segments; s++) {
    const first = load<i32>(starts + (<usize>s << 2));
    const last = load<i32>(starts + (<usize>s << 2), 4);
    const base = <usize>load<i32>(rows + (<usize>s << 2)) * <usize>dim << 2;
    const factor = pull * <f32>(last - first);
    let d = 0;
    for (; d + 4 <= dim; d += 4) {
      let sum = f32x4.splat(0);
      for (let k = first; k < last; k++) {
        const at = (<usize>load<i32>(order + (<usize>k << 2)) * <usize>dim + <usize>d) << 2;
        sum = f32x4.add(sum, v128.load(gradient + at));
      }
      const to = base + (<usize>d << 2);
      v128.store(target + to, f32x4.add(sum, f32x4.mul(f32x4.splat(factor), v128.load(table + to))));
    }
    for (; d < dim; d++) {
      let sum: f32 = 0;
      for (let k = first; k < last; k++) {
        sum += load<f32>(gradient + ((<usize>load<i32>(order + (<usize>k << 2)) * <usize>dim + <usize>d) << 2));
      }
      const to = base + (<usize>d << 2);
      store<f32>(target + to, sum + factor * load<f32>(table + to));
    }
  }
}

// pcg3d over (i, key, step), as in random.ts: kept elements get `scale`, others 0.
export function dropoutMask(out: usize, count: i32, threshold: i32, scale: f32, key: i32, step: i32): void {
  const multiplier = i32x4.splat(1664525), increment = i32x4.splat(1013904223);
  const b0 = i32x4.splat(key * 1664525 + 1013904223);
  const c0 = i32x4.splat(step * 1664525 + 1013904223);
  const limit = i32x4.splat(threshold);
  const kept = f32x4.splat(scale);
  let index = i32x4(0, 1, 2, 3);
  const four = i32x4.splat(4);
  const whole = (count + 3) & ~3;
  for (let i = 0; i < whole; i += 4) {
    let a = i32x4.add(i32x4.mul(index, multiplier), increment);
    let b = b0;
    let c = c0;
    a = i32x4.add(a, i32x4.mul(b, c));
    b = i32x4.add(b, i32x4.mul(c, a));
    c = i32x4.add(c, i32x4.mul(a, b));
    a = v128.xor(a, v128.shr<u32>(a, 16));
    b = v128.xor(b, v128.shr<u32>(b, 16));
    c = v128.xor(c, v128.shr<u32>(c, 16));
    const bits = v128.shr<u32>(i32x4.add(a, i32x4.mul(b, c)), 8);
    const value = v128.and(kept, i32x4.ge_s(bits, limit));
    if (i + 4 <= count) {
      v128.store(out, value);
    } else {
      const rest = count - i;
      store<f32>(out, f32x4.extract_lane(value, 0));
      if (rest > 1) store<f32>(out, f32x4.extract_lane(value, 1), 4);
      if (rest > 2) store<f32>(out, f32x4.extract_lane(value, 2), 8);
    }
    out += 16;
    index = i32x4.add(index, four);
  }
}

// y = mask * (x where x > 0, slope x elsewhere).
export function activate(x: usize, mask: usize, y: usize, count: i32, slope: f32): void {
  const zero = f32x4.splat(0);
  const factor = f32x4.splat(slope);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const value = v128.load(x);
    const active = v128.bitselect(value, f32x4.mul(value, factor), f32x4.gt(value, zero));
    v128.store(y, f32x4.mul(active, v128.load(mask)));
    x += 16;
    mask += 16;
    y += 16;
  }
  for (; i < count; i++) {
    const value = load<f32>(x);
    store<f32>(y, (value > 0 ? value : value * slope) * load<f32>(mask));
    x += 4;
    mask += 4;
    y += 4;
  }
}

// dx = dy mask (1 where x > 0, slope elsewhere).
export function activateGradient(dy: usize, x: usize, mask: usize, dx: usize, count: i32, slope: f32): void {
  const zero = f32x4.splat(0);
  const factor = f32x4.splat(slope);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const d = f32x4.mul(v128.load(dy), v128.load(mask));
    v128.store(dx, v128.bitselect(d, f32x4.mul(d, factor), f32x4.gt(v128.load(x), zero)));
    dy += 16;
    x += 16;
    mask += 16;
    dx += 16;
  }
  for (; i < count; i++) {
    const d = load<f32>(dy) * load<f32>(mask);
    store<f32>(dx, load<f32>(x) > 0 ? d : d * slope);
    dy += 4;
    x += 4;
    mask += 4;
    dx += 4;
  }
}

// Sets `count` values to zero. A view's own `fill` is many times slower where memory is shared.
export function zero(out: usize, count: i32): void {
  memory.fill(out, 0, <usize>count << 2);
}

// out = a (scale b).
export function timesScaled(a: usize, b: usize, out: usize, count: i32, scale: f32): void {
  const factor = f32x4.splat(scale);
  const end = out + (<usize>count << 2);
  for (; out + 32 <= end; out += 32) {
    v128.store(out, f32x4.mul(v128.load(a), f32x4.mul(factor, v128.load(b))));
    v128.store(out, f32x4.mul(v128.load(a, 16), f32x4.mul(factor, v128.load(b, 16))), 16);
    a += 32;
    b += 32;
  }
  for (; out < end; out += 4) {
    store<f32>(out, load<f32>(a) * (scale * load<f32>(b)));
    a += 4;
    b += 4;
  }
}

// out = a b scale.
export function productTimes(a: usize, b: usize, out: usize, count: i32, scale: f32): void {
  const factor = f32x4.splat(scale);
  const end = out + (<usize>count << 2);
  for (; out + 32 <= end; out += 32) {
    v128.store(out, f32x4.mul(f32x4.mul(v128.load(a), v128.load(b)), factor));
    v128.store(out, f32x4.mul(f32x4.mul(v128.load(a, 16), v128.load(b, 16)), factor), 16);
    a += 32;
    b += 32;
  }
  for (; out < end; out += 4) {
    store<f32>(out, load<f32>(a) * load<f32>(b) * scale);
    a += 4;
    b += 4;
  }
}

// out = a scale where s scale is above the threshold, else 0.
export function scaleWhereOn(a: usize, s: usize, out: usize, count: i32, scale: f32, threshold: f32): void {
  const factor = f32x4.splat(scale), limit = f32x4.splat(threshold), zero = f32x4.splat(0);
  const end = out + (<usize>count << 2);
  for (; out + 16 <= end; out += 16) {
    const off = f32x4.le(f32x4.sub(f32x4.mul(v128.load(s), factor), limit), zero);
    v128.store(out, v128.andnot(f32x4.mul(v128.load(a), factor), off));
    a += 16;
    s += 16;
  }
  for (; out < end; out += 4) {
    store<f32>(out, load<f32>(s) * scale - threshold <= 0 ? 0 : load<f32>(a) * scale);
    a += 4;
    s += 4;
  }
}
