import { counted, listed, notice, type Notice } from './errors';

/**
 * Column names as they can be used: trimmed, none empty, none twice. What was changed is told.
 *
 * @param line the header's line.
 */
export function usableNames(raw: readonly string[], line: number, notices: Notice[]): string[] {
  const used = new Set<string>();
  const taken = new Set(raw.map((name) => name.trim()));
  const empty: string[] = [];
  const names = raw.map((name, index) => {
    let usable = name.trim();
    if (usable === '') {
      usable = fresh(`column_${index + 1}`, taken, used);
      empty.push(usable);
    } else if (used.has(usable)) {
      const renamed = fresh(`${usable}_2`, taken, used, usable);
      notices.push(
        notice(
          'duplicateHeader',
          `The header (line ${line}) names column “${usable}” more than once; column ${index + 1} is called “${renamed}” here.`,
          { column: usable, line },
        ),
      );
      usable = renamed;
    }
    used.add(usable);
    return usable;
  });
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

function fresh(wanted: string, taken: ReadonlySet<string>, used: ReadonlySet<string>, stem = wanted): string {
  let name = wanted;
  for (let n = stem === wanted ? 2 : 3; taken.has(name) || used.has(name); n++) name = `${stem}_${n}`;
  return name;
}
