/** Takes the typed arrays out of a plain value, so that the rest is JSON, and puts them back. */

type Arrays = Record<string, Float32Array | Int32Array>;

/** Stands in the JSON where an array was taken out. */
interface Place {
  readonly $array: string;
  readonly type: keyof typeof KINDS;
}

/** Kinds of arrays; all but floats travel as int32. */
const KINDS = { f32: Float32Array, u8: Uint8Array, u16: Uint16Array, i32: Int32Array } as const;
type Kept = InstanceType<(typeof KINDS)[keyof typeof KINDS]>;

function kindOf(value: unknown): keyof typeof KINDS | null {
  const found = Object.entries(KINDS).find(([, kind]) => value instanceof kind);
  return found ? (found[0] as keyof typeof KINDS) : null;
}

function isPlace(value: object): value is Place {
  return '$array' in value;
}

/** Values may hold Float32Array, Uint8Array, Uint16Array and Int32Array at any depth. */
export function packArrays(value: unknown): { readonly json: unknown; readonly arrays: Arrays } {
  const arrays: Arrays = {};
  const visit = (node: unknown): unknown => {
    const kind = kindOf(node);
    if (kind) {
      const name = `${Object.keys(arrays).length}`;
      arrays[name] = node instanceof Float32Array ? node : Int32Array.from(node as Kept);
      return { $array: name, type: kind } satisfies Place;
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
    if (!found)
      throw new RangeError(
        'The file is incomplete: an array that its header names is missing. Save it again.',
      );
    return json.type === 'f32' ? found : KINDS[json.type].from(found);
  }
  return Object.fromEntries(Object.entries(json).map(([key, child]) => [key, unpackArrays(child, arrays)]));
}
