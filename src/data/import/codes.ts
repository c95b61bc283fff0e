/** Codes of distinct texts, in the order in which they first come: a hash table for whole numbers, a map for all else. */

/** Digits of a number that is exact in a double. */
const MOST_DIGITS = 15;
const ZERO = 48;

/** The number that a text spells as `String(number)` would (no sign, point or leading zero), or -1. */
function plainNumber(text: string): number {
  const { length } = text;
  if (length === 0 || length > MOST_DIGITS) return -1;
  if (length > 1 && text.charCodeAt(0) === ZERO) return -1;
  let value = 0;
  for (let i = 0; i < length; i++) {
    const digit = text.charCodeAt(i) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** A copy that does not keep the text alive that the cell was cut from (engines share the memory of long substrings). */
function ownCopy(text: string): string {
  return text.length < 13 ? text : decoder.decode(encoder.encode(text));
}
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Open addressing with linear probing; at most half of the places are taken. */
class NumberCodes {
  private keys = new Float64Array(64).fill(-1);
  private codes = new Int32Array(64);
  private taken = 0;

  /** The code of `value`, which becomes `fresh` where it is new. */
  of(value: number, fresh: number): number {
    const at = this.placeOf(value);
    if (this.keys[at] === value) return this.codes[at]!;
    this.keys[at] = value;
    this.codes[at] = fresh;
    if (++this.taken * 2 > this.keys.length) this.grow();
    return fresh;
  }

  private placeOf(value: number): number {
    const mask = this.keys.length - 1;
    // Low and high halves mixed by a multiplication: ids and times come in runs.
    const mixed = Math.imul((value | 0) ^ Math.imul(value / 4294967296, 0x85ebca6b), 0x9e3779b1);
    let at = (mixed ^ (mixed >>> 15)) & mask;
    while (this.keys[at] !== -1 && this.keys[at] !== value) at = (at + 1) & mask;
    return at;
  }

  private grow(): void {
    const { keys, codes } = this;
    this.keys = new Float64Array(keys.length * 2).fill(-1);
    this.codes = new Int32Array(keys.length * 2);
    for (let i = 0; i < keys.length; i++) {
      if (keys[i] === -1) continue;
      const at = this.placeOf(keys[i]!);
      this.keys[at] = keys[i]!;
      this.codes[at] = codes[i]!;
    }
  }
}

/** Texts to codes 0, 1, 2 … in the order in which they first come. */
export class TextCodes {
  private readonly numbers = new NumberCodes();
  private readonly texts = new Map<string, number>();
  /** Distinct texts by code. */
  readonly values: string[] = [];

  codeOf(text: string): number {
    const fresh = this.values.length;
    const number = plainNumber(text);
    if (number >= 0) {
      const code = this.numbers.of(number, fresh);
      if (code === fresh) this.values.push(ownCopy(text));
      return code;
    }
    const code = this.texts.get(text);
    if (code !== undefined) return code;
    const copy = ownCopy(text);
    this.values.push(copy);
    this.texts.set(copy, fresh);
    return fresh;
  }
}
