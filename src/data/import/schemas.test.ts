import { describe, expect, it } from 'vitest';
import { inspectFile, type Inspection } from './inspect';
import { knownSchemas } from './schemas';
import { codes, csv, importWith, utf8 } from './testing';

type Cell = string | number;

/** A file of these columns: each column's value by row number. */
function fileWith(columns: Readonly<Record<string, (row: number) => Cell>>, rows = 300): Uint8Array {
  const names = Object.keys(columns);
  return csv([names, ...Array.from({ length: rows }, (_, row) => names.map((name) => columns[name]!(row)))]);
}
const id = (n: number, salt: number) => (row: number) => Math.abs(Math.imul(row + salt, 0x9e3779b1) >> 7) % n;
const click = (row: number): number => (id(10, 5)(row) < 3 ? 1 : 0);
const role = (inspection: Inspection, name: string): string =>
  inspection.columns.find((c) => c.name === name)!.role;

const published: readonly {
  readonly schema: string;
  readonly what: string;
  readonly bytes: Uint8Array;
  readonly roles: Readonly<Record<string, string>>;
  readonly threshold: number | null;
  readonly scenarios: number;
}[] = [
  {
    schema: 'aliexpress',
    what: 'search log of several countries',
    bytes: fileWith({
      search_id: (row) => row,
      categorical_1: id(9, 1),
      categorical_2: id(40, 2),
      numerical_1: (row) => id(1000, 3)(row) / 999,
      country: (row) => ['NL', 'ES', 'FR', 'US'][id(4, 4)(row)]!,
      conversion: (row) => (row % 90 === 0 ? 1 : 0),
      click,
    }),
    roles: {
      search_id: 'ignore',
      categorical_1: 'context',
      numerical_1: 'numeric',
      country: 'scenario',
      conversion: 'ignore',
      click: 'label',
    },
    threshold: null,
    scenarios: 4,
  },
  {
    schema: 'kuairand',
    what: 'standard log with all feedback columns',
    bytes: fileWith({
      user_id: id(30, 1),
      video_id: id(60, 2),
      date: () => 20220408,
      hourmin: (row) => 1000 + (row % 60),
      time_ms: (row) => 1649376000000 + row * 61_000,
      is_click: click,
      is_like: (row) => (row % 50 === 0 ? 1 : 0),
      long_view: id(2, 6),
      play_time_ms: (row) => id(9000, 7)(row),
      duration_ms: (row) => 5000 + id(9000, 8)(row),
      is_rand: (row) => (row % 20 === 0 ? 1 : 0),
      tab: id(5, 9),
    }),
    roles: {
      date: 'ignore',
      time_ms: 'time',
      is_like: 'ignore',
      long_view: 'ignore',
      play_time_ms: 'ignore',
      duration_ms: 'numeric',
      is_rand: 'context',
      tab: 'scenario',
    },
    threshold: null,
    scenarios: 5,
  },
  {
    schema: 'movielens-csv',
    what: 'ratings.csv',
    bytes: fileWith({
      userId: id(20, 1),
      movieId: id(50, 2),
      rating: (row) => 0.5 + id(10, 3)(row) / 2,
      timestamp: (row) => 964982703 + row * 999,
    }),
    roles: { userId: 'user', movieId: 'item', rating: 'label', timestamp: 'time' },
    threshold: 4,
    scenarios: 1,
  },
  {
    schema: 'movielens-dat',
    what: 'ratings.dat',
    bytes: utf8(
      Array.from({ length: 300 }, (_, row) =>
        [id(20, 1)(row), id(50, 2)(row), 1 + id(5, 3)(row), 964982703 + row * 999].join('::'),
      ).join('\n'),
    ),
    roles: { user_id: 'user', movie_id: 'item', rating: 'label', timestamp: 'time' },
    threshold: 4,
    scenarios: 1,
  },
  {
    schema: 'movielens-joined',
    what: 'ratings with users and movies, as multi-scenario code has them',
    bytes: fileWith({
      user_id: id(20, 1),
      movie_id: id(50, 2),
      rating: (row) => 1 + id(5, 3)(row),
      timestamp: (row) => 964982703 + row * 999,
      gender: (row) => 'FM'[id(2, 4)(row)]!,
      age: (row) => [1, 18, 25, 35, 45, 50, 56][id(7, 5)(row)]!,
      occupation: id(21, 6),
      zip: (row) => String(10000 + id(20, 7)(row)),
      title: (row) => `Film ${id(50, 2)(row)}, The (1990)`,
      genres: (row) => ['Action|Comedy', 'Drama', 'Horror|Action'][id(3, 8)(row)]!,
    }),
    roles: { age: 'scenario', gender: 'user', zip: 'user', title: 'ignore', genres: 'item', rating: 'label' },
    threshold: 4,
    scenarios: 7,
  },
  {
    schema: 'douban',
    what: 'ratings from 1 to 5 with a time',
    bytes: fileWith({
      user_id: id(20, 1),
      item_id: id(50, 2),
      rating: (row) => 1 + id(5, 3)(row),
      domain: (row) => ['book', 'movie', 'music'][id(3, 4)(row)]!,
      living_place: (row) => ['北京', '上海', ''][id(3, 5)(row)]!,
      timestamp: (row) => 1264982703 + row * 999,
    }),
    roles: { rating: 'label', domain: 'scenario', living_place: 'user', timestamp: 'time' },
    threshold: 4,
    scenarios: 3,
  },
  {
    schema: 'mind',
    what: 'impressions with a history',
    bytes: fileWith({
      User_ID: (row) => `U${id(20, 1)(row)}`,
      News_ID: (row) => `N${id(50, 2)(row)}`,
      label: click,
      Category: (row) => ['news', 'sports'][id(2, 4)(row)]!,
      SubCategory: (row) => ['newsus', 'golf', 'tennis'][id(3, 5)(row)]!,
      Time: (row) => `2019-11-${10 + (row % 6)} 09:${10 + (row % 50)}:00`,
      History: (row) => Array.from({ length: row % 4 }, (_, k) => `N${id(50, k)(row)}`).join(' '),
    }),
    roles: { User_ID: 'user', News_ID: 'item', Category: 'scenario', Time: 'time', History: 'sequence' },
    threshold: null,
    scenarios: 2,
  },
  {
    schema: 'cloudtheme-aread',
    what: 'clicks by theme',
    bytes: fileWith({
      userid: id(20, 1),
      itemid: id(50, 2),
      domain: id(12, 3),
      leaf_cate_id: id(9, 4),
      cate_level1_id: id(4, 5),
      click,
      train_tag: (row) => (row < 200 ? 0 : row < 250 ? 1 : 2),
    }),
    roles: { domain: 'scenario', leaf_cate_id: 'item', train_tag: 'split' },
    threshold: null,
    scenarios: 12,
  },
];

describe('known schemas', () => {
  it.each(published)('$schema: $what', async ({ schema, bytes, roles, threshold, scenarios }) => {
    const inspection = await inspectFile(bytes, { name: 'file.csv' });
    expect(inspection.schema?.id).toBe(schema);
    for (const [name, expected] of Object.entries(roles))
      expect([name, role(inspection, name)]).toEqual([name, expected]);
    expect(inspection.mapping!.label.threshold).toBe(threshold);
    const { dataset } = await importWith(bytes);
    expect(dataset.rows).toBe(300);
    expect(dataset.scenarios.length).toBe(scenarios);
    for (const split of [0, 1, 2]) expect(dataset.split).toContain(split);
  });

  it('MIND’s history of a row is its sequence', async () => {
    const { dataset } = await importWith(published.find((p) => p.schema === 'mind')!.bytes);
    expect([...dataset.history!.lengths.slice(0, 5)]).toEqual([0, 1, 2, 3, 0]);
  });

  it('have each an id of their own and a label, and require what they name', () => {
    expect(new Set(knownSchemas.map((p) => p.id)).size).toBe(knownSchemas.length);
    for (const schema of knownSchemas) {
      expect(schema.columns.filter(([, column]) => column.role === 'label').length).toBe(1);
      for (const name of schema.requires) {
        expect([schema.id, name, schema.columns.some(([pattern]) => pattern.test(name))]).toEqual([
          schema.id,
          name,
          true,
        ]);
      }
      for (const name of [schema.userId, schema.itemId])
        if (name !== null) expect(schema.requires).toContain(name);
    }
  });

  it('can be set aside for the roles that names and values speak for', async () => {
    const bytes = published.find((p) => p.schema === 'kuairand')!.bytes;
    const inspection = await inspectFile(bytes, { schema: null });
    expect(inspection.schema).toBeNull();
    expect(role(inspection, 'is_click')).toBe('label');
    expect(role(inspection, 'tab')).toBe('scenario');
    expect(role(inspection, 'is_like')).toBe('ignore');
  });
});

describe('a file of one’s own', () => {
  const own = fileWith({
    '': (row) => row,
    memberId: (row) => `m-${id(40, 1)(row)}`,
    productSku: (row) => `sku${id(80, 2)(row)}`,
    channel: (row) => ['web', 'app', 'store'][id(3, 3)(row)]!,
    eventTime: (row) => new Date(1.6e12 + row * 6e4).toISOString(),
    clicked: (row) => (click(row) === 1 ? 'true' : 'false'),
    price: (row) => (5 + id(900, 4)(row) / 10).toFixed(2),
    customerAge: (row) => 18 + id(60, 11)(row),
    brandName: (row) => `brand ${id(12, 6)(row)}`,
    position: id(8, 7),
    purchased: (row) => (row % 40 === 0 ? 1 : 0),
    comment: (row) => `some words of row ${row}`,
    constant: () => 'x',
    nothing: () => '',
  });

  it('gets a role for every column, with a reason', async () => {
    const inspection = await inspectFile(own, { name: 'shop.csv' });
    expect(inspection.schema).toBeNull();
    expect(Object.fromEntries(inspection.columns.map((c) => [c.name, c.role]))).toEqual({
      column_1: 'ignore',
      memberId: 'user',
      productSku: 'item',
      channel: 'scenario',
      eventTime: 'time',
      clicked: 'label',
      price: 'numeric',
      customerAge: 'numeric',
      brandName: 'item',
      position: 'context',
      purchased: 'ignore',
      comment: 'ignore',
      constant: 'ignore',
      nothing: 'ignore',
    });
    for (const column of inspection.columns) expect(column.reason).toMatch(/^[A-Z].*\.$/);
    expect([inspection.mapping!.userId, inspection.mapping!.itemId]).toEqual(['memberId', 'productSku']);
    expect(inspection.firstRows[0]!.length).toBe(14);
    const { dataset } = await importWith(own);
    expect(dataset.scenarios.map((s) => s.id)).toEqual(['app', 'store', 'web']);
  });

  it('knows ids that are written as one word', async () => {
    const inspection = await inspectFile(
      fileWith({ userid: id(40, 1), movieid: id(80, 2), y: click, gender: id(2, 9), brandid: id(5, 8) }),
    );
    expect(inspection.columns.map((c) => c.role)).toEqual(['user', 'item', 'label', 'user', 'item']);
    expect([inspection.mapping!.userId, inspection.mapping!.itemId]).toEqual(['userid', 'movieid']);
  });

  it('an inspection is plain data', async () => {
    const inspection = await inspectFile(own, { name: 'shop.csv' });
    expect(JSON.parse(JSON.stringify(inspection))).toEqual(inspection);
    expect(structuredClone(inspection)).toEqual(inspection);
    expect(codes(inspection.warnings)).toEqual(expect.arrayContaining(['emptyHeader']));
  });
});
