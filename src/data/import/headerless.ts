import { ImportError, notice } from './errors';
import { knownSchemas, type KnownSchema } from './schemas';
import { profileColumn } from './profile';
import type { Table } from './table';

/**
 * Gives the columns of a file without a header the names of the known schema that its values speak for (MovieLens'
 * `ratings.dat` and `u.data`); other files keep `column_1`, ….
 *
 * @throws ImportError `unsupportedFile` for published files that hold no labelled rows by themselves.
 */
export function nameHeaderless(table: Table): Table {
  const { delimiter, header, kind } = table.format;
  if (kind !== 'text' || header || delimiter === null) return table;
  refuseKnownParts(table);
  const schema = knownSchemas.find((one) => fits(table, one, delimiter));
  if (!schema?.headerless) return table;
  const { names } = schema.headerless;
  return {
    ...table,
    columns: table.columns.map((column, index) => ({ ...column, name: names[index]! })),
    notices: table.notices.map((one) =>
      one.code === 'noHeader'
        ? notice(
            'noHeader',
            `The file has no header; its columns are called ${names.join(', ')}, as in ${schema.title}.`,
          )
        : one,
    ),
  };
}

function fits(table: Table, schema: KnownSchema, delimiter: string): boolean {
  const wanted = schema.headerless;
  if (!wanted || !wanted.delimiters.includes(delimiter) || wanted.names.length !== table.columns.length)
    return false;
  return wanted.names.every((name, index) => {
    const profile = profileColumn(table, table.columns[index]!);
    const isNumber = profile.kind === 'integer' || profile.kind === 'decimal';
    if (name === 'rating') return isNumber && profile.min! >= 0 && profile.max! <= 10;
    if (name === 'timestamp') return profile.timeUnit === 'seconds';
    return profile.kind === 'integer';
  });
}

/** Files that are one part of a published dataset, told by the shape of their rows. */
function refuseKnownParts(table: Table): void {
  const cell = (column: number): string => {
    const found = table.columns[column];
    return found ? found.values[found.codes[0]!]! : '';
  };
  const line = table.lines[0] ?? 1;
  const refuse = (sentence: string): never => {
    throw new ImportError('unsupportedFile', sentence, { line });
  };
  const columns = table.columns.length;
  if (columns === 5 && /^U\d+$/.test(cell(1)) && /^N\d+-[01]( |$)/.test(cell(4))) {
    refuse(
      'This is MIND’s behaviors.tsv, with one row for a whole list of news; write one row for each news shown (User_ID, News_ID, label, Category, SubCategory) and import that.',
    );
  }
  if (columns === 8 && /^N\d+$/.test(cell(0))) {
    refuse(
      'This is MIND’s news.tsv, which holds no clicks; join it with behaviors.tsv and import the joined table.',
    );
  }
  if (table.format.delimiter !== '::') return;
  if (columns === 5 && /^[FM]$/.test(cell(1))) {
    refuse('This is MovieLens’ users.dat, which holds no ratings; import ratings.dat, or the two joined.');
  }
  if (columns === 3 && /\(\d{4}\)\s*$/.test(cell(1))) {
    refuse('This is MovieLens’ movies.dat, which holds no ratings; import ratings.dat, or the two joined.');
  }
}
