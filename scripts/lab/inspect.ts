/** `lab inspect`: what is seen of a file before it is imported, with the mapping that is proposed for it. */
import { inspectFile } from '../../src/data/import';
import { openFile } from './importFile';
import { UsageError, type Flags } from './usage';

/** Prints facts, notices and the mapping; the mapping is what `--map` takes, so a script can correct it and train with it. */
export async function inspect(words: readonly string[], flags: Flags): Promise<void> {
  const [path, ...others] = words;
  if (path === undefined || others.length > 0) {
    throw new UsageError('Name one file: lab inspect FILE [--json].');
  }
  const { warnings: notices, mapping: _, draft: mapping, ...facts } = await inspectFile(await openFile(path));
  if (flags.switches.has('json')) {
    process.stdout.write(`${JSON.stringify({ facts, notices, mapping }, null, 2)}\n`);
    return;
  }
  const width = Math.max(...facts.columns.map(({ name }) => name.length));
  const lines = [
    `${facts.file}: ${facts.totalRows} rows, ${facts.columns.length} columns${facts.schema ? ` (${facts.schema.title})` : ''}`,
    ...facts.columns.map(
      ({ name, role, kind, distinct, reason }) =>
        `  ${name.padEnd(width)}  ${role.padEnd(8)}  ${kind}, ${distinct} ${distinct === 1 ? 'value' : 'values'}. ${reason}`,
    ),
    ...notices.map(({ sentence }) => `! ${sentence}`),
    'With --json the proposed mapping is printed too; correct it and give it to train --map.',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
