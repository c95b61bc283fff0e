/** A batch's ids sorted by counting, in WebAssembly with memory of its own: on every backend, WebGPU too, plans are made on the host. */
import { binary } from './binary';

interface Exports {
  /** See `planRows.as`; places are in bytes. */
  planRows(
    ids: number,
    count: number,
    places: number,
    vocabulary: number,
    rows: number,
    order: number,
    starts: number,
  ): number;
}

/** Views of the module's memory for plans of so many ids and rows of the table. */
interface Room {
  readonly count: number;
  readonly vocabulary: number;
  readonly ids: Int32Array;
  readonly places: Int32Array;
  readonly rows: Int32Array;
  readonly order: Int32Array;
  readonly starts: Int32Array;
}

export interface Counter {
  /**
   * Sorts `ids`; the result's views are the next call's too.
   *
   * @returns how many different rows there are, their `rows`, `order [M]` and `starts` (entries past `unique` are anything); the place of an id
   * outside the vocabulary if there is one
   */
  count(
    ids: Int32Array,
    vocabulary: number,
  ): (Room & { readonly unique: number }) | { readonly outside: number };
}

const PAGE = 2 ** 16;

/** Null where there is no WebAssembly to be had. */
export function createCounter(): Counter | null {
  let memory: WebAssembly.Memory;
  let run: Exports;
  try {
    memory = new WebAssembly.Memory({ initial: 1 });
    const bytes = Uint8Array.from(atob(binary), (letter) => letter.charCodeAt(0));
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
    run = instance.exports as unknown as Exports;
  } catch {
    return null;
  }
  let room: Room | null = null;

  function makeRoom(count: number, vocabulary: number): Room {
    const segments = Math.min(count, vocabulary);
    const words = 2 * count + vocabulary + 2 * segments + 1;
    const missing = 4 * words - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    let at = 0;
    const take = (length: number): Int32Array => {
      const view = new Int32Array(memory.buffer, 4 * at, length);
      at += length;
      return view;
    };
    // What lay there before is not zeros.
    const places = take(vocabulary).fill(0);
    const [ids, order, rows, starts] = [take(count), take(count), take(segments), take(segments + 1)];
    return { count, vocabulary, ids, places, rows, order, starts };
  }

  return {
    count(given, vocabulary) {
      if (room?.count !== given.length || room.vocabulary !== vocabulary)
        room = makeRoom(given.length, vocabulary);
      const { ids, places, rows, order, starts } = room;
      ids.set(given);
      const unique = run.planRows(
        ids.byteOffset,
        given.length,
        places.byteOffset,
        vocabulary,
        rows.byteOffset,
        order.byteOffset,
        starts.byteOffset,
      );
      if (unique >= 0) return { ...room, unique };
      room = null;
      return { outside: -1 - unique };
    },
  };
}
