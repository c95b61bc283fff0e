import { shortened } from '../shortened';
import { counted, ImportError, listed, notice, type Notice } from './errors';
import { mostColumns } from './limits';
import { formatCount } from '../count';

/** What tools write behind a name: RecBole's `user_id:token`, and the types of databases. */
const typed =
  /^(.*\S)\s*:\s*(token|token_seq|float|float_seq|int|integer|long|bigint|double|real|number|string|str|text|varchar|bool|boolean|date|datetime|timestamp|time|category)$/i;
/** Characters of a name that are kept; sentences name columns. */
const longestName = 100;

/** Names without their types, where every name carries one (`user_id:token`, `rating:float`); else as they are. */
function untyped(names: readonly string[]): readonly string[] {
  const bare = names.map((name) => typed.exec(name.trim())?.[1] ?? null);
  return bare.every((name) => name !== null) ? bare : names;
}

/**
 * Column names as they can be used: trimmed, none empty, none twice, none too long to be said. What was changed is told.
 *
 * @param line the header's line.
 * @throws ImportError `tooLarge` for more columns than are read.
 */
export function usableNames(raw: readonly string[], line: number, notices: Notice[]): string[] {
  if (raw.length > mostColumns) {
    throw new ImportError(
      'tooLarge',
      `The file has ${counted(raw.length, 'column')}, more than the ${formatCount(mostColumns)} that are read; choose the columns that matter and import those.`,
      { line },
    );
  }
  const trimmed = untyped(raw).map((name) => shortened(name, longestName));
  const used = new Set<string>();
  const taken = new Set(trimmed);
  /** The next number to try by name, so that a thousand equal names take a thousand tries and no more. */
  const next = new Map<string, number>();
  const fresh = (stem: string): string => {
    for (let n = next.get(stem) ?? 2; ; n++) {
      const name = `${stem}_${n}`;
      if (taken.has(name) || used.has(name)) continue;
      next.set(stem, n + 1);
      return name;
    }
  };
  const empty: string[] = [];
  const renamed: Notice[] = [];
  const names = trimmed.map((name, index) => {
    let usable = name;
    if (name === '') {
      usable = `column_${index + 1}`;
      if (taken.has(usable) || used.has(usable)) usable = fresh(usable);
      empty.push(usable);
    } else if (used.has(name)) {
      usable = fresh(name);
      const sentence = `The header (line ${line}) names column “${name}” more than once; column ${index + 1} is called “${usable}” here.`;
      renamed.push(notice('duplicateHeader', sentence, { column: name, line }));
    }
    used.add(usable);
    return usable;
  });
  notices.push(...renamed.slice(0, 3));
  if (renamed.length > 3) {
    const sentence = `The header (line ${line}) repeats ${counted(renamed.length - 3, 'more name')}; such columns have a number behind their name here.`;
    notices.push(notice('duplicateHeader', sentence, { line }));
  }
  if (empty.length > 0) {
    notices.push(
      notice(
        'emptyHeader',
        `The header (line ${line}) leaves ${counted(empty.length, 'column')} without a name; here ${empty.length === 1 ? 'it is' : 'they are'} called ${listed(empty)}.`,
        { column: empty[0], line },
      ),
    );
  }
  return names;
}
