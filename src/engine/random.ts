/**
 * Counter-based random numbers: the value at a place depends on (seed, stream, counter) alone, never on what was drawn before.
 *
 * The generator is pcg3d (Jarzynski and Olano, Hash Functions for GPU Rendering, JCGT 2020): 32-bit integer products and
 * shifts only, so JavaScript, WebAssembly and WGSL give the same bits. Normal numbers use only operations that IEEE 754
 * rounds correctly, so they agree everywhere too (`Math.log` and `Math.cos` may differ between browsers).
 */

const UNIT = 1 / 0x1000000;

/** First word of pcg3d over (x, y, z); unsigned. */
export function hash3(x: number, y: number, z: number): number {
  let a = (Math.imul(x, 1664525) + 1013904223) | 0;
  let b = (Math.imul(y, 1664525) + 1013904223) | 0;
  let c = (Math.imul(z, 1664525) + 1013904223) | 0;
  a = (a + Math.imul(b, c)) | 0;
  b = (b + Math.imul(c, a)) | 0;
  c = (c + Math.imul(a, b)) | 0;
  a ^= a >>> 16;
  b ^= b >>> 16;
  c ^= c >>> 16;
  return (a + Math.imul(b, c)) >>> 0;
}

/** A seed for a named stream: 32 bits, unsigned. Different names give unrelated streams. */
export function streamSeed(seed: number, name: string): number {
  let state = hash3(seed | 0, name.length, 0x5ce0a71);
  for (let i = 0; i < name.length; i++) state = hash3(state, name.charCodeAt(i), i);
  return state;
}

type Stream = string | number;

function key(seed: number, stream: Stream): number {
  return typeof stream === 'string' ? streamSeed(seed, stream) : hash3(seed | 0, stream | 0, 0x2f6b);
}

/** The `counter`-th uniform number of a stream, in [0, 1), a multiple of 2^-24. */
export function uniformAt(seed: number, stream: Stream, counter: number): number {
  return (hash3(counter, key(seed, stream), 1) >>> 8) * UNIT;
}

/** `count` uniform numbers in [low, high). */
export function uniformArray(seed: number, stream: Stream, count: number, low = 0, high = 1): Float32Array {
  const stateKey = key(seed, stream);
  const out = new Float32Array(count);
  for (let i = 0; i < count; i++) out[i] = low + (high - low) * ((hash3(i, stateKey, 1) >>> 8) * UNIT);
  return out;
}

/** Natural logarithm from correctly rounded operations only (absolute error below 1e-13). */
function logarithm(value: number): number {
  let exponent = 0;
  let mantissa = value;
  while (mantissa < Math.SQRT1_2) {
    mantissa *= 2;
    exponent--;
  }
  const s = (mantissa - 1) / (mantissa + 1);
  const square = s * s;
  let sum = 0;
  for (let k = 21; k >= 1; k -= 2) sum = sum * square + 1 / k;
  return 2 * s * sum + exponent * Math.LN2;
}

/** `count` normal numbers, by the polar method over the counter's own retries. */
export function normalArray(
  seed: number,
  stream: Stream,
  count: number,
  mean = 0,
  deviation = 1,
): Float32Array {
  const stateKey = key(seed, stream);
  const out = new Float32Array(count);
  for (let i = 0; i < count; i += 2) {
    for (let retry = 0; ; retry++) {
      const u = hash3(i, stateKey, 2 + 2 * retry) / 0x80000000 - 1;
      const v = hash3(i, stateKey, 3 + 2 * retry) / 0x80000000 - 1;
      const radius = u * u + v * v;
      if (radius >= 1 || radius === 0) continue;
      const factor = Math.sqrt((-2 * logarithm(radius)) / radius);
      out[i] = mean + deviation * (u * factor);
      if (i + 1 < count) out[i + 1] = mean + deviation * (v * factor);
      break;
    }
  }
  return out;
}

/** A permutation of 0…count-1 (Fisher–Yates). */
export function permutation(seed: number, stream: Stream, count: number): Int32Array {
  const stateKey = key(seed, stream);
  const out = new Int32Array(count);
  for (let i = 0; i < count; i++) out[i] = i;
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor((hash3(i, stateKey, 1) / 0x100000000) * (i + 1));
    const held = out[i]!;
    out[i] = out[j]!;
    out[j] = held;
  }
  return out;
}
