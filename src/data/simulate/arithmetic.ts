/**
 * exp, log and friends from + − × ÷ alone. IEEE 754 fixes those four (and sqrt) to the last bit; it does not fix
 * `Math.exp` or `Math.log`, whose last bits differ between browsers, and one differing bit would change a simulated file.
 */

/** 2^k for k = −1074 … 1023 at index k + 1074, by exact doubling and halving. */
const POWERS_OF_TWO = (() => {
  const table = new Float64Array(2098);
  table[1074] = 1;
  for (let k = 1; k <= 1023; k++) table[1074 + k] = table[1073 + k]! * 2;
  for (let k = 1; k <= 1074; k++) table[1074 - k] = table[1075 - k]! / 2;
  return table;
})();

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const INVERSE_LN2 = 1.4426950408889634;

/** 1/n! for n = 13 … 2, for Horner's scheme. */
const EXP_COEFFICIENTS = (() => {
  const coefficients: number[] = [];
  let factorial = 1;
  for (let n = 2; n <= 13; n++) {
    factorial *= n;
    coefficients.push(1 / factorial);
  }
  return coefficients.reverse();
})();

/** e^x, relative error below 1e-15; 0 below −745, Infinity above 709.78. */
export function exp(x: number): number {
  if (x > 709.78) return Infinity;
  if (x < -745) return 0;
  const scaled = x * INVERSE_LN2;
  const k = Math.floor(scaled + 0.5);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let sum = 0;
  for (const c of EXP_COEFFICIENTS) sum = (sum + c) * r;
  // Horner left the sum times r once too often for the quadratic term: e^r = 1 + r + r·(r/2! + r²/3! + …).
  const value = 1 + (r + sum * r);
  // Two factors, because 2^k itself underflows before e^x does.
  const half = k >> 1;
  return value * POWERS_OF_TWO[1074 + half]! * POWERS_OF_TWO[1074 + k - half]!;
}

/** Natural logarithm, absolute error below 1e-15·(1+|log x|); −Infinity at 0, NaN below. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return Infinity;
  // Subnormal numbers first become normal ones.
  const subnormal = x < 2.2250738585072014e-308;
  let mantissa = subnormal ? x * POWERS_OF_TWO[1074 + 54]! : x;
  let exponent = subnormal ? -54 : 0;
  for (let step = 512; step >= 1; step >>= 1) {
    const power = POWERS_OF_TWO[1074 + step]!;
    if (mantissa >= power) {
      mantissa /= power;
      exponent += step;
    } else if (mantissa < 1 / power) {
      mantissa *= power;
      exponent -= step;
    }
  }
  if (mantissa > 1.4142135623730951) {
    mantissa /= 2;
    exponent += 1;
  } else if (mantissa < 0.7071067811865476) {
    mantissa *= 2;
    exponent -= 1;
  }
  const s = (mantissa - 1) / (mantissa + 1);
  const square = s * s;
  let sum = 0;
  for (let n = 23; n >= 3; n -= 2) sum = (sum + 1 / n) * square;
  return exponent * LN2_HIGH + (2 * s * (1 + sum) + exponent * LN2_LOW);
}

/** 1 / (1 + e^−x). */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + exp(-x));
  const e = exp(x);
  return e / (1 + e);
}

/** x^y for x > 0. */
export function power(x: number, y: number): number {
  return exp(y * log(x));
}

function ratio(numerator: readonly number[], denominator: readonly number[], x: number): number {
  let above = 0;
  for (const c of numerator) above = above * x + c;
  let below = 0;
  for (const c of denominator) below = below * x + c;
  return above / below;
}

/* Wichura, Algorithm AS 241 (PPND7): the percentage points of the normal distribution, about 7 digits. */
const CENTRE_ABOVE = [59.10937472, 159.29113202, 50.434271938, 3.3871327179];
const CENTRE_BELOW = [67.1875636, 78.757757664, 17.895169469, 1];
const MIDDLE_ABOVE = [0.17023821103, 1.3067284816, 2.75681539, 1.4234372777];
const MIDDLE_BELOW = [0.12021132975, 0.7370016425, 1];
const TAIL_ABOVE = [0.017337203997, 0.42868294337, 3.081226386, 6.657905115];
const TAIL_BELOW = [0.012258202635, 0.24197894225, 1];

/** Normal quantile of 0 < p < 1, about seven digits: a normal draw from a uniform one. */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (q <= 0.425 && q >= -0.425) return q * ratio(CENTRE_ABOVE, CENTRE_BELOW, 0.180625 - q * q);
  const r = Math.sqrt(-log(q < 0 ? p : 1 - p));
  const size = r <= 5 ? ratio(MIDDLE_ABOVE, MIDDLE_BELOW, r - 1.6) : ratio(TAIL_ABOVE, TAIL_BELOW, r - 5);
  return q < 0 ? -size : size;
}

/** Rounds to 12 significant bits (Veltkamp's splitting): exact in float32 and a third smaller in a file. */
export function roundTo12Bits(x: number): number {
  const c = x * 2199023255553;
  return c - (c - x);
}
