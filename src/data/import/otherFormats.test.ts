import { expect, it } from 'vitest';
import { readTable } from './readTable';
import { codes, csv, importError } from './testing';

const text = (given: string): Uint8Array => new TextEncoder().encode(given);
const rows = Array.from({ length: 30 }, (_, k) => ({ user_id: k % 5, item_id: k % 7, label: k % 2 }));

it.each([
  ['JSON', text(JSON.stringify(rows)), /^The file is JSON; /],
  ['JSON with line breaks', text(JSON.stringify(rows, null, 2)), /^The file is JSON; /],
  ['lines of JSON', text(rows.map((row) => JSON.stringify(row)).join('\n')), /^The file is JSON; /],
  ['a web page', text('\n<!DOCTYPE html>\n<html><body>Forbidden, sorry</body></html>\n'), /web page/],
  [
    'a pointer of Git LFS',
    text('version https://git-lfs.example/v1\noid sha256:4d7a\nsize 12345\n'),
    /git lfs pull/,
  ],
  ['xz', Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 1, 2), /packed/],
  ['Arrow', text('ARROW1\0\0 and more'), /format that is not read here/],
  ['SQLite', text('SQLite format 3\0 and more'), /format that is not read here/],
  ['UTF-32', Uint8Array.of(0xff, 0xfe, 0, 0, 0x61, 0, 0, 0), /UTF-32/],
])('a file of %s is called what it is', async (_, bytes, sentence) => {
  const error = await importError(() => readTable(bytes));
  expect(error.code).toBe('unsupportedFile');
  expect(error.sentence).toMatch(sentence);
  expect(error.sentence).toMatch(/^[^\n]{20,200}\.$/);
});

it('a table whose cells hold lists or markup is read', async () => {
  const table = await readTable(csv([['clicks', 'title'], ...rows.map((_, k) => [`[${k}, 2]`, '<b>x</b>'])]));
  expect([table.rows, codes(table.notices)]).toEqual([30, []]);
  const bare = await readTable(csv(rows.map((_, k) => [`[${k}, 2]`, '<b>x</b>', 'x'])));
  expect(bare.columns).toHaveLength(3);
});
