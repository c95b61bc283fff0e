import { gzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { readTable } from './readTable';
import type { Table } from './table';
import { codes, csv, importError, utf8 } from './testing';

function cells(table: Table): string[][] {
  return Array.from({ length: table.rows }, (_, row) => table.columns.map((c) => c.values[c.codes[row]!]!));
}
const names = (table: Table): string[] => table.columns.map((column) => column.name);
const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...utf8(part)] : part)));

describe('text tables are read as they were written', () => {
  it.each([
    ['comma', 'a,b\n1,2\n3,4\n', ','],
    ['tab', 'a\tb\n1\t2\n3\t4\n', '\t'],
    ['double colon', 'a::b\n1::2\n3::4\n', '::'],
    ['semicolon', 'a;b\n1;2\n3;4\n', ';'],
    ['bar', 'a|b\n1|2\n3|4\n', '|'],
    ['control character', 'a\u0001b\n1\u00012\n3\u00014\n', '\u0001'],
  ])('%s separates', async (_, text, delimiter) => {
    const table = await readTable(utf8(text));
    expect(table.format.delimiter).toBe(delimiter);
    expect(names(table)).toEqual(['a', 'b']);
    expect(cells(table)).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
    expect(table.notices).toEqual([]);
  });

  it.each([
    ['\\n', '\n'],
    ['\\r\\n', '\r\n'],
    ['\\r', '\r'],
  ])('line ends %s, with and without one at the end, and blank lines', async (_, newline) => {
    for (const end of ['', newline, newline + newline]) {
      const table = await readTable(utf8(['a,b', '1,2', '', '3,4'].join(newline) + end));
      expect(cells(table)).toEqual([
        ['1', '2'],
        ['3', '4'],
      ]);
      expect([...table.lines]).toEqual([2, 4]);
    }
  });

  it('commas inside quoted lists do not win over the comma that separates', async () => {
    const table = await readTable(utf8('id,seq\n1,"[5, 6, 7]"\n2,[]\n3,"[8, 9]"\n'));
    expect(cells(table)).toEqual([
      ['1', '[5, 6, 7]'],
      ['2', '[]'],
      ['3', '[8, 9]'],
    ]);
  });

  it('quoted cells keep delimiters, quotes and line ends, and lines are counted through them', async () => {
    const table = await readTable(utf8('a,b\n"x,""y""\nz",1\n2,3\n'));
    expect(cells(table)).toEqual([
      ['x,"y"\nz', '1'],
      ['2', '3'],
    ]);
    expect([...table.lines]).toEqual([2, 4]);
  });

  it('a delimiter at the end of each line adds no column', async () => {
    const table = await readTable(utf8('a,b\n1,2,\n3,4,\n'));
    expect(cells(table)).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
  });

  it('gzip is unpacked by its first bytes, not by the name', async () => {
    const table = await readTable(gzipSync(utf8('a,b\n1,2\n')), { name: 'x.csv' });
    expect(cells(table)).toEqual([['1', '2']]);
    expect(table.format.gzip).toBe(true);
  });

  it('pieces of the file that end inside a row, a character or a quote change nothing', async () => {
    const row = (i: number): string => `${i},"名前, ${i} ""q""\r\nnext",é😀${i}`;
    const text = `id,name,more\r\n${Array.from({ length: 60_000 }, (_, i) => row(i)).join('\r\n')}`;
    expect(utf8(text).length).toBeGreaterThan(2 ** 21);
    const table = await readTable(utf8(text));
    expect(table.rows).toBe(60_000);
    expect(table.columns[1]!.values[59_999]).toBe('名前, 59999 "q"\nnext');
    expect(table.columns[2]!.values[31_234]).toBe('é😀31234');
    expect(table.lines[59_999]).toBe(2 + 2 * 59_999);
  });
});

describe('encodings', () => {
  it('a UTF-8 byte-order mark is no part of the first name', async () => {
    expect(names(await readTable(bytes([0xef, 0xbb, 0xbf], 'user,item\n1,2\n')))).toEqual(['user', 'item']);
  });

  it.each([
    ['utf-16le', [0xff, 0xfe], (c: number) => [c & 255, c >> 8]],
    ['utf-16be', [0xfe, 0xff], (c: number) => [c >> 8, c & 255]],
    ['utf-16le', [], (c: number) => [c & 255, c >> 8]],
  ])('%s with mark %j', async (encoding, mark, unit) => {
    const text = 'user,place\n1,Paris\n2,Köln\n3,北京\n';
    const table = await readTable(
      Uint8Array.from([...mark, ...[...text].flatMap((c) => unit(c.charCodeAt(0)))]),
    );
    expect(table.format.encoding).toBe(encoding);
    expect(cells(table).map((row) => row[1])).toEqual(['Paris', 'Köln', '北京']);
  });

  const beijing = [0xb1, 0xb1, 0xbe, 0xa9];
  const shanghai = [0xc9, 0xcf, 0xba, 0xa3];

  it('Chinese text in GB18030 is recognised, and said', async () => {
    const table = await readTable(bytes('user,place\n1,', beijing, '\n2,', shanghai, '\n'));
    expect(cells(table).map((row) => row[1])).toEqual(['北京', '上海']);
    expect(codes(table.notices)).toEqual(['guessedEncoding']);
  });

  it('GB18030 that first shows after a megabyte of ASCII is recognised too', async () => {
    const plain = '1,Paris\n'.repeat(150_000);
    const table = await readTable(bytes(`user,place\n${plain}2,`, beijing, '\n'));
    expect(table.rows).toBe(150_001);
    expect(table.columns[1]!.values).toEqual(['Paris', '北京']);
  });

  it('bytes of no known encoding are reported with line and column', async () => {
    const error = await importError(() => readTable(bytes('user,place\n1,Paris\n2,caf', [0xe9], '\n3,x\n')));
    expect(error).toMatchObject({ code: 'badEncoding', line: 3, column: 'place' });
    expect(error.sentence).toContain('Line 3, column “place”');
  });

  it('a bad byte far into the file is reported with its own line', async () => {
    const lines = 160_000;
    const text = `user,place\n${'1,Paris\n'.repeat(lines)}`;
    const error = await importError(() => readTable(bytes(text, '2,', [0xff], '\n')));
    expect(error).toMatchObject({ code: 'badEncoding', line: lines + 2, column: 'place' });
  });

  it('a character that the end of the file cuts off is reported', async () => {
    const error = await importError(() => readTable(bytes('user,place\n1,caf', [0xc3])));
    expect(error).toMatchObject({ code: 'badEncoding', line: 2 });
  });

  it('an encoding that a person names is used', async () => {
    const table = await readTable(bytes('user,place\n1,caf', [0xe9], '\n'), {
      dialect: { encoding: 'windows-1252' },
    });
    expect(cells(table)).toEqual([['1', 'café']]);
    const error = await importError(() =>
      readTable(utf8('a,b\n1,2\n'), { dialect: { encoding: 'klingon' } }),
    );
    expect(error.code).toBe('badEncoding');
  });
});

describe('files that cannot be read end with one sentence', () => {
  it.each([
    ['nothing', new Uint8Array(0), 'emptyFile', null],
    ['blank lines', utf8('\n\n \n'), 'emptyFile', null],
    ['a byte-order mark alone', bytes([0xef, 0xbb, 0xbf]), 'emptyFile', null],
    ['a header alone', utf8('user,item,label\n'), 'noRows', 1],
    ['one column', utf8('label\n1\n0\n1\n'), 'oneColumn', 1],
    ['a zip archive', bytes([0x50, 0x4b, 0x03, 0x04], 'x'), 'unsupportedFile', null],
    [
      'bytes of a picture',
      bytes([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13]),
      'unsupportedFile',
      null,
    ],
    [
      'a cut gzip file',
      gzipSync(csv(Array.from({ length: 500 }, (_, i) => [i, i * 7919]))).slice(0, 700),
      'badGzip',
      null,
    ],
    [
      'a Parquet head without the rest',
      bytes('PAR1 and no more, but long enough to look'),
      'badParquet',
      null,
    ],
    ['rows of any length', utf8(`a,b,c\n${'1,2,3\n1,2\n'.repeat(50)}`), 'raggedRows', 3],
  ])('%s', async (_, file, code, line) => {
    const error = await importError(() => readTable(file));
    expect(error.code).toBe(code);
    expect(error.line).toBe(line);
    expect(error.sentence).toMatch(/^[A-Z0-9].*\.$/s);
  });
});

describe('what can be lived with is told', () => {
  it('names that stand twice are told apart', async () => {
    const table = await readTable(utf8('user,item,user,user_2,user\n1,2,3,4,5\n6,7,8,9,10\n'));
    expect(names(table)).toEqual(['user', 'item', 'user_3', 'user_2', 'user_4']);
    expect(codes(table.notices)).toEqual(['duplicateHeader', 'duplicateHeader']);
    expect(table.notices[0]).toMatchObject({ column: 'user', line: 1 });
  });

  it('names that are missing are made up', async () => {
    const table = await readTable(utf8(',user,\n0,1,2\n1,1,2\n'));
    expect(names(table)).toEqual(['column_1', 'user', 'column_3']);
    expect(codes(table.notices)).toEqual(['emptyHeader']);
  });

  it('a few ragged rows are left out, with the first line', async () => {
    const good = '1,2,3\n'.repeat(40);
    const table = await readTable(utf8(`a,b,c\n${good}1,2\n${good}1,2,3,4\n`));
    expect(table.rows).toBe(80);
    expect(table.notices).toMatchObject([{ code: 'raggedRows', line: 42 }]);
    expect(table.notices[0]!.sentence).toContain('2 rows');
  });

  it('a quote that closes inside its cell leaves its line as it stands, and its neighbours alone', async () => {
    const good = '1,2\n'.repeat(40);
    const table = await readTable(utf8(`a,b\n${good}"x" y,2\n${good}"p, q",3\n`));
    expect(table.rows).toBe(82);
    expect(cells(table)[40]).toEqual(['"x" y', '2']);
    expect(cells(table)[81]).toEqual(['p, q', '3']);
    expect(table.notices).toMatchObject([{ code: 'badQuotes', line: 42 }]);
    expect([...table.lines.slice(39, 43)]).toEqual([41, 42, 43, 44]);
  });

  it.each([20, 300_000])(
    'a quote that is never closed costs its own line only (%i rows after it)',
    async (rows) => {
      const table = await readTable(utf8(`a,b\n1,"2"\n3,"4\n${'5,6\n'.repeat(rows)}`));
      expect(table.rows).toBe(rows + 2);
      expect(cells(table)[1]).toEqual(['3', '"4']);
      expect(table.notices).toMatchObject([{ code: 'badQuotes', line: 3 }]);
      expect(table.lines[rows + 1]).toBe(rows + 3);
    },
  );

  it('a thousand wrong quotes cost a thousand lines of work, not a thousand files', async () => {
    const text = `a,b\n${`"x" y,2\n"ok","fine"\n${'1,2\n'.repeat(20)}`.repeat(1000)}`;
    const table = await readTable(utf8(text));
    expect(table.rows).toBe(22_000);
    expect(table.notices).toMatchObject([{ code: 'badQuotes', line: 2 }]);
    expect(table.notices[0]!.sentence).toContain('1\u202f000 lines');
    expect(table.lines[21_999]).toBe(22_001);
  });

  it('quotes can be read as plain characters', async () => {
    const table = await readTable(utf8('a,b\n"x,2\n'), { dialect: { quotes: false } });
    expect(cells(table)).toEqual([['"x', '2']]);
  });

  it('a file without a header keeps its first row', async () => {
    const table = await readTable(utf8('1,2,0\n3,4,1\n5,6,0\n'));
    expect(table.rows).toBe(3);
    expect(names(table)).toEqual(['column_1', 'column_2', 'column_3']);
    expect(codes(table.notices)).toEqual(['noHeader']);
  });

  it('MovieLens ratings without a header get their names', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => [i % 5, i + 100, 1 + (i % 5), 978300760 + i]);
    for (const delimiter of ['::', '\t']) {
      const table = await readTable(utf8(rows.map((row) => row.join(delimiter)).join('\n')));
      expect(names(table)).toEqual(['user_id', 'movie_id', 'rating', 'timestamp']);
      expect(table.rows).toBe(30);
    }
  });

  it.each([
    ['users.dat', '1::F::1::10::48067\n2::M::56::16::70072\n3::M::25::15::55117\n4::F::1::7::02460\n'],
    [
      'movies.dat',
      '1::Toy Story (1995)::Animation|Comedy\n2::Jumanji (1995)::Adventure\n3::Heat (1995)::Action\n',
    ],
    [
      'behaviors.tsv',
      '1\tU13740\t11/11/2019 9:05:58 AM\tN55189 N42782\tN55689-1 N35729-0\n2\tU91836\t11/12/2019 6:11:30 PM\tN31739\tN20678-0 N39317-0\n',
    ],
  ])(
    '%s, a part of a published dataset without rows to learn from, is refused by name',
    async (name, text) => {
      const error = await importError(() => readTable(utf8(text)));
      expect(error.code).toBe('unsupportedFile');
      expect(error.sentence).toContain(name);
    },
  );
});
