/** Ways to spoil a file that know what it is made of. */
import type { Draws } from './random';

/** Bytes that mean something to most formats: ends, signs, lengths. */
const tellingBytes = [0, 1, 2, 0x0f, 0x15, 0x19, 0x1c, 0x22, 0x2c, 0x7f, 0x80, 0xf0, 0xfe, 0xff];

/** Changes, repeats, drops or swaps bytes; `from` … `to` is where the format keeps its structure, and is hit most often. */
export function mutateBytes(bytes: Uint8Array, draw: Draws, from = 0, to = bytes.length): Uint8Array {
  let changed: Uint8Array = bytes.slice();
  const times = 1 + draw.below(4);
  for (let k = 0; k < times && changed.length > 0; k++) {
    const inside = draw.chance(0.7);
    const low = inside ? Math.min(from, changed.length - 1) : 0;
    const high = inside ? Math.min(to, changed.length) : changed.length;
    const at = low + draw.below(Math.max(1, high - low));
    const length = 1 + draw.below(draw.chance(0.2) ? 64 : 8);
    switch (draw.below(6)) {
      case 0:
        changed[at]! ^= 1 << draw.below(8);
        break;
      case 1:
        changed[at] = draw.pick(tellingBytes);
        break;
      case 2:
        changed.fill(draw.pick(tellingBytes), at, at + length);
        break;
      case 3:
        changed = joined(changed.subarray(0, at), changed.subarray(at + length));
        break;
      case 4:
        changed = joined(changed.subarray(0, at), changed.subarray(at, at + length), changed.subarray(at));
        break;
      default:
        if (draw.chance(0.3)) changed = changed.slice(0, at);
        else changed.set(changed.slice(low, low + length).subarray(0, changed.length - at), at);
    }
  }
  return changed;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const pieces = [
  '"', '""', ',', ';', '\t', '\n', '\r\n', '\n\n', '|', '::', '#', 'sep=;\n', '=1+1', '-1', '0', '1e999', 'NaN', 'null', '9'.repeat(30),
  '2019-11-09', '11/9/2019 12:00:00 AM', '99999999', '0.5', '1,5', '[1, 2]', '{"a":1}', '\u0000', '\ufeff', 'é', '北京', ' ', 'user_id', 'label',
  ':token', 'x'.repeat(5000), '"'.repeat(301), ','.repeat(300),
]; // prettier-ignore

/** Puts telling pieces into a text, repeats or drops lines and cells. */
export function mutateText(text: string, draw: Draws): string {
  let changed = text;
  const times = 1 + draw.below(5);
  for (let k = 0; k < times; k++) {
    const at = draw.chance(0.3)
      ? draw.below(Math.min(80, changed.length + 1))
      : draw.below(changed.length + 1);
    const length = draw.below(draw.chance(0.2) ? 200 : 12);
    switch (draw.below(5)) {
      case 0:
        changed = changed.slice(0, at) + draw.pick(pieces) + changed.slice(at);
        break;
      case 1:
        changed = changed.slice(0, at) + draw.pick(pieces) + changed.slice(at + length);
        break;
      case 2:
        changed = changed.slice(0, at) + changed.slice(at + length);
        break;
      case 3:
        changed = changed.replaceAll(
          draw.pick([',', '\n', '0', '1', '.', 'home']),
          draw.pick(pieces.slice(0, 30)),
        );
        break;
      default:
        changed =
          changed.slice(0, at) +
          changed.slice(at, at + length).repeat(1 + draw.below(50)) +
          changed.slice(at);
    }
    if (changed.length > 200_000) changed = changed.slice(0, 200_000);
  }
  return changed;
}

const values: readonly unknown[] = [
  null, true, 0, -1, 1, 0.5, 2 ** 31, 1e308, '', 'x', 'label', 'scenario', 'x'.repeat(300), [], [null], [[]], {}, { a: 1 }, ['a'], [0, 1],
  { $array: 'Float32Array', values: [] }, { $array: 'Float32Array', values: [1, 2, 3] }, { $array: 'Uint8Array', values: [null] },
]; // prettier-ignore

/** Changes, drops or repeats parts of a JSON value, anywhere in its tree. What stays as it was is shared with the value given. */
export function mutateJson(value: unknown, draw: Draws): unknown {
  let changed = value;
  const times = 1 + draw.below(3);
  for (let k = 0; k < times; k++) changed = once(changed, draw);
  return changed;
}

function once(value: unknown, draw: Draws): unknown {
  if (typeof value !== 'object' || value === null || draw.chance(0.05)) {
    if (typeof value === 'number' && draw.chance(0.5)) return value * draw.pick([-1, 0, 2, 1.5, 1e9]);
    return structuredClone(draw.pick(values));
  }
  if (Array.isArray(value)) {
    const list = Array.from<unknown>(value);
    if (list.length === 0 || draw.chance(0.1)) return [...list, structuredClone(draw.pick(values))];
    const at = draw.below(list.length);
    if (draw.chance(0.1)) return list.filter((_, k) => k !== at);
    if (draw.chance(0.1)) return [...list, list[at]];
    list[at] = once(list[at], draw);
    return list;
  }
  const record = { ...value } as Record<string, unknown>;
  const keys = Object.keys(record);
  if (keys.length === 0 || draw.chance(0.05)) return { ...record, more: 1 };
  const key = draw.pick(keys);
  if (draw.chance(0.1)) delete record[key];
  else record[key] = once(record[key], draw);
  return record;
}
