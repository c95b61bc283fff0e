import { describe, expect, it } from 'vitest';
import { largestPage, mostGroupRows } from './limits';
import { checkPages, type Chunk } from './parquetGuard';

/** A whole number as Thrift's compact protocol writes it. */
function varint(value: number): number[] {
  let left = BigInt.asUintN(32, BigInt((value << 1) ^ (value >> 31)));
  const bytes: number[] = [];
  while (left > 0x7fn) {
    bytes.push(Number(left & 0x7fn) | 0x80);
    left >>= 7n;
  }
  return [...bytes, Number(left)];
}

interface Page {
  readonly dictionary?: boolean;
  readonly unpacked: number;
  readonly packed: number;
  readonly count: number;
}

const I32 = 0x15;
const PLAIN = 0;

/** A page's header, and as many bytes of it as are there. */
function page({ dictionary = false, unpacked, packed, count }: Page, there = packed): number[] {
  const sizes = [I32, ...varint(dictionary ? 2 : 0), I32, ...varint(unpacked), I32, ...varint(packed)];
  const own = [I32, ...varint(count), I32, ...varint(PLAIN)];
  const levels = dictionary ? [] : [I32, ...varint(3), I32, ...varint(3)];
  // Field 5 is a data page's header, field 7 a dictionary's; both come after field 3.
  const header = [...sizes, dictionary ? 0x4c : 0x2c, ...own, ...levels, 0, 0];
  return [...header, ...Array.from({ length: there }, () => 1)];
}

const node = (name: string, repetition?: 'REQUIRED' | 'REPEATED') =>
  ({
    children: [],
    count: 0,
    path: [name],
    element: { name, repetition_type: repetition },
  }) as unknown as Chunk['path'][number];

function chunk(rows: number, more: { codec?: string; repeated?: boolean } = {}): Chunk {
  const { codec = 'UNCOMPRESSED', repeated = false } = more;
  return {
    meta: { type: 'INT32', codec } as Chunk['meta'],
    path: [node('root'), node('a', repeated ? 'REPEATED' : 'REQUIRED')],
    rows,
  };
}

const check = (bytes: number[], of: Chunk) => () => checkPages(Uint8Array.from(bytes).buffer, of);
const four: Page = { unpacked: 16, packed: 16, count: 4 };

describe('pages of a Parquet column', () => {
  it('that hold what they claim pass', () => {
    expect(check([...page(four), ...page(four)], chunk(8))).not.toThrow();
    expect(check([...page({ ...four, dictionary: true }), ...page(four)], chunk(4))).not.toThrow();
  });

  it.each([
    ['more bytes than there are', page({ ...four, packed: 17 }, 16), chunk(4)],
    ['to be shorter than nothing', page({ ...four, packed: -16 }, 16), chunk(4)],
    [
      'to unpack to more than is ever read at once',
      page({ ...four, unpacked: largestPage + 1 }),
      chunk(4, { codec: 'SNAPPY' }),
    ],
    [
      'more values of a dictionary than a group of rows may have',
      [...page({ ...four, dictionary: true, count: mostGroupRows + 1 }), ...page(four)],
      chunk(4, { codec: 'SNAPPY' }),
    ],
    ['fewer values than none', page({ ...four, count: -4 }), chunk(4)],
    ['fewer values than there are rows', page(four), chunk(5)],
    ['more values than there are rows', page({ unpacked: 20, packed: 20, count: 5 }), chunk(4)],
    ['fewer values than rows of lists', page(four, 16), chunk(5, { codec: 'SNAPPY', repeated: true })],
  ])('are refused that claim %s', (_, bytes, of) => {
    expect(check(bytes, of)).toThrow('parquet pages are damaged');
  });
});
