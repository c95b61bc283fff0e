/** Takes the typed arrays out of a plain value, so that the rest is JSON, and puts them back. */

type Arrays = Record<string, Float32Array | Int32Array>;

/** Stands in the JSON where an array was taken out. */
interface Place {
  readonly $array: string;
  readonly type: 'f32' | 'u8';
}

function isPlace(value: object): value is Place {
  return '$array' in value;
}

/** Values may hold Float32Array and Uint8Array at any depth (bytes travel as int32). */
export function packArrays(value: unknown): { readonly json: unknown; readonly arrays: Arrays } {
  const arrays: Arrays = {};
  const visit = (node: unknown): unknown => {
    if (node instanceof Float32Array || node instanceof Uint8Array) {
      const name = `${Object.keys(arrays).length}`;
      arrays[name] = node instanceof Float32Array ? node : Int32Array.from(node);
      return { $array: name, type: node instanceof Float32Array ? 'f32' : 'u8' } satisfies Place;
    }
    if (Array.isArray(node)) return node.map(visit);
    if (typeof node === 'object' && node !== null) {
      return Object.fromEntries(Object.entries(node).map(([key, child]) => [key, visit(child)]));
    }
    return node;
  };
  return { json: visit(value), arrays };
}

/** @throws RangeError where an array is missing */
export function unpackArrays(json: unknown, arrays: Readonly<Arrays>): unknown {
  if (Array.isArray(json)) return json.map((child) => unpackArrays(child, arrays));
  if (typeof json !== 'object' || json === null) return json;
  if (isPlace(json)) {
    const found = arrays[json.$array];
    if (!found) throw new RangeError('The file is incomplete: an array that its header names is missing.');
    return json.type === 'u8' ? Uint8Array.from(found) : found;
  }
  return Object.fromEntries(Object.entries(json).map(([key, child]) => [key, unpackArrays(child, arrays)]));
}
