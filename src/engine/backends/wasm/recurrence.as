// Gated recurrent unit: what happens between two matrix products. A tape row holds z, r, n, h of one step, D values each.

// e^x to about one unit in the last place: 2^k times a polynomial over |r| <= ln 2 / 2.
@inline
function exponential(x: v128): v128 {
  // Not min and max, which a processor makes of some seven instructions for the sake of zeros' signs; NaN stays all the same.
  const bounded = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-87)), f32x4.splat(88));
  // Added to 1.5 times 2^23, a number is rounded to a whole one, which then stands in the last bits.
  const whole = f32x4.splat(12582912);
  const rounded = f32x4.add(f32x4.mul(bounded, f32x4.splat(1.44269504)), whole);
  const k = f32x4.sub(rounded, whole);
  const r = f32x4.sub(
    f32x4.sub(bounded, f32x4.mul(k, f32x4.splat(0.693359375))),
    f32x4.mul(k, f32x4.splat(-0.000212194440)),
  );
  let p = f32x4.splat(1.0 / 720.0);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 120.0));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 24.0));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 6.0));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.5));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1));
  const scale = i32x4.shl(i32x4.add(rounded, i32x4.splat(127)), 23);
  return f32x4.mul(p, scale);
}

@inline
function logistic(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exponential(f32x4.neg(x))));
}

@inline
function hyperbolic(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.sub(f32x4.div(f32x4.splat(2), f32x4.add(one, exponential(f32x4.mul(x, f32x4.splat(-2))))), one);
}

// Four values, or one repeated, so that a tail runs through the same arithmetic.
@inline
function take(at: usize, whole: bool): v128 {
  return whole ? v128.load(at) : v128.load32_splat(at);
}

@inline
function put(at: usize, value: v128, whole: bool): void {
  if (whole) v128.store(at, value);
  else store<f32>(at, f32x4.extract_lane(value, 0));
}

@inline
function gatesAt(x: usize, hu: usize, tape: usize, h: usize, rh: usize, block: usize, whole: bool): void {
  let az = take(x, whole);
  let ar = take(x + block, whole);
  if (hu) {
    az = f32x4.add(az, take(hu, whole));
    ar = f32x4.add(ar, take(hu + block, whole));
  }
  const r = logistic(ar);
  put(tape, logistic(az), whole);
  put(tape + block, r, whole);
  if (hu) put(rh, f32x4.mul(r, take(h, whole)), whole);
}

// z and r of a step into its tape rows, r h into `rh`. `hu` is h U over both gates `[B, 2 D]`, or 0 in the first step (h = 0).
export function gruGates(x: usize, strideX: i32, hu: usize, tape: usize, h: usize, rh: usize, rows: i32, width: i32): void {
  const block = <usize>width << 2;
  for (let b = 0; b < rows; b++) {
    let d = 0;
    for (; d + 4 <= width; d += 4) {
      const at = <usize>d << 2;
      gatesAt(x + at, hu ? hu + at : 0, tape + at, h + at, rh + at, block, true);
    }
    for (; d < width; d++) {
      const at = <usize>d << 2;
      gatesAt(x + at, hu ? hu + at : 0, tape + at, h + at, rh + at, block, false);
    }
    x += <usize>strideX << 2;
    if (hu) hu += block << 1;
    tape += block << 2;
    h += block << 2;
    rh += block;
  }
}

@inline
function stateAt(x: usize, ru: usize, tape: usize, h: usize, m: v128, block: usize, whole: bool): void {
  let an = take(x, whole);
  let before = f32x4.splat(0);
  if (ru) {
    an = f32x4.add(an, take(ru, whole));
    before = take(h, whole);
  }
  const n = hyperbolic(an);
  put(tape + (block << 1), n, whole);
  const move = f32x4.mul(m, take(tape, whole));
  put(tape + block * 3, f32x4.add(before, f32x4.mul(move, f32x4.sub(n, before))), whole);
}

// n and the new h of a step. `ru` is (r h) U_n `[B, D]`, or 0 in the first step.
export function gruState(
  x: usize, strideX: i32, ru: usize, tape: usize, h: usize, mask: usize, strideMask: i32, rows: i32, width: i32,
): void {
  const block = <usize>width << 2;
  for (let b = 0; b < rows; b++) {
    const m = v128.load32_splat(mask);
    let d = 0;
    for (; d + 4 <= width; d += 4) {
      const at = <usize>d << 2;
      stateAt(x + at, ru ? ru + at : 0, tape + at, h + at, m, block, true);
    }
    for (; d < width; d++) {
      const at = <usize>d << 2;
      stateAt(x + at, ru ? ru + at : 0, tape + at, h + at, m, block, false);
    }
    x += <usize>strideX << 2;
    if (ru) ru += block;
    tape += block << 2;
    h += block << 2;
    mask += <usize>strideMask << 2;
  }
}

@inline
function backStateAt(tape: usize, h: usize, dh: usize, da: usize, m: v128, block: usize, whole: bool): void {
  const one = f32x4.splat(1);
  const z = take(tape, whole);
  const n = take(tape + (block << 1), whole);
  const before = h ? take(h, whole) : f32x4.splat(0);
  const d = take(dh, whole);
  const move = f32x4.mul(m, z);
  const dz = f32x4.mul(f32x4.mul(m, d), f32x4.sub(n, before));
  put(da, f32x4.mul(dz, f32x4.mul(z, f32x4.sub(one, z))), whole);
  const dn = f32x4.mul(d, move);
  put(da + (block << 1), f32x4.mul(dn, f32x4.sub(one, f32x4.mul(n, n))), whole);
  put(dh, f32x4.mul(d, f32x4.sub(one, move)), whole);
}

// From dh: gradients of z's and n's inputs into `da`, and what passes by the gate stays in dh. `h` is 0 in the first step.
export function gruBackState(
  tape: usize, h: usize, mask: usize, strideMask: i32, dh: usize, da: usize, strideA: i32, rows: i32, width: i32,
): void {
  const block = <usize>width << 2;
  for (let b = 0; b < rows; b++) {
    const m = v128.load32_splat(mask);
    let d = 0;
    for (; d + 4 <= width; d += 4) {
      const at = <usize>d << 2;
      backStateAt(tape + at, h ? h + at : 0, dh + at, da + at, m, block, true);
    }
    for (; d < width; d++) {
      const at = <usize>d << 2;
      backStateAt(tape + at, h ? h + at : 0, dh + at, da + at, m, block, false);
    }
    tape += block << 2;
    if (h) h += block << 2;
    mask += <usize>strideMask << 2;
    dh += block;
    da += <usize>strideA << 2;
  }
}

@inline
function backResetAt(tape: usize, h: usize, drh: usize, dh: usize, da: usize, block: usize, whole: bool): void {
  const one = f32x4.splat(1);
  const r = take(tape + block, whole);
  const d = take(drh, whole);
  const dr = f32x4.mul(d, take(h, whole));
  put(da + block, f32x4.mul(dr, f32x4.mul(r, f32x4.sub(one, r))), whole);
  put(dh, f32x4.add(take(dh, whole), f32x4.mul(d, r)), whole);
}

// From d(r h): the gradient of r's input into `da`, the rest onto dh.
export function gruBackReset(
  tape: usize, h: usize, drh: usize, dh: usize, da: usize, strideA: i32, rows: i32, width: i32,
): void {
  const block = <usize>width << 2;
  for (let b = 0; b < rows; b++) {
    let d = 0;
    for (; d + 4 <= width; d += 4) {
      const at = <usize>d << 2;
      backResetAt(tape + at, h + at, drh + at, dh + at, da + at, block, true);
    }
    for (; d < width; d++) {
      const at = <usize>d << 2;
      backResetAt(tape + at, h + at, drh + at, dh + at, da + at, block, false);
    }
    tape += block << 2;
    h += block << 2;
    drh += block;
    dh += block;
    da += <usize>strideA << 2;
  }
}
