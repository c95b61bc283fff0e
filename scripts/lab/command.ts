/** One call of `lab`, from its words to its exit code. */
import { inspect } from './inspect';
import { list } from './list';
import { exportRun } from './onward';
import { simulate } from './simulate';
import { train } from './train';
import { readFlags, usage, UsageError } from './usage';

async function perform(words: readonly string[]): Promise<void> {
  const [command, ...rest] = words;
  if (command === undefined || command === 'help' || command === '--help') {
    process.stdout.write(`${usage}\n`);
    return;
  }
  // Two commands are told a file by itself, before any option.
  const first = rest[0];
  const files =
    command === 'inspect'
      ? rest.filter((word) => !word.startsWith('--'))
      : command === 'export' && first !== undefined && !first.startsWith('--')
        ? [first]
        : [];
  const flags = readFlags(rest.filter((word) => !files.includes(word)));
  if (flags.switches.has('help')) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  switch (command) {
    case 'train':
      return train(flags);
    case 'list':
      return list(flags);
    case 'inspect':
      return inspect(files, flags);
    case 'export':
      return exportRun(files, flags);
    case 'simulate':
      return simulate(flags);
    default:
      throw new UsageError(`There is no command "${command}"; use train, export, list, inspect or simulate.`);
  }
}

/** What the system says of files, in words. */
const systemWords: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  EACCES: 'may not be used',
  EPERM: 'may not be used',
  EISDIR: 'is a folder',
  ENOTDIR: 'lies in something that is no folder',
  ENOSPC: 'does not fit on the disk',
  EROFS: 'lies on a disk that cannot be written',
};

/** One sentence, whatever went wrong. */
function sentence(error: unknown): string {
  const { code, path } = error as NodeJS.ErrnoException;
  if (code && path)
    return `The file ${path} ${systemWords[code] ?? 'cannot be used'}; check its name and place.`;
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0]!;
}

/** Does what the words ask for and prints it. @returns the exit code: 2 for wrong usage, 1 for any other failure */
export async function runCommand(words: readonly string[]): Promise<number> {
  try {
    await perform(words);
    return 0;
  } catch (error) {
    process.stderr.write(`${sentence(error)}\n`);
    if (process.env['LAB_TRACE'] && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}
