/** The lab without a browser: `npm run -s lab -- train | list | simulate`. Same code as the page. */
import { enableProdMode } from '@tensorflow/tfjs-core';
import { list } from './lab/list';
import { simulate } from './lab/simulate';
import { train } from './lab/train';
import { readFlags, usage, UsageError } from './lab/usage';

// tfjs greets every Node process on stderr, which is kept for errors.
enableProdMode();

async function main(words: readonly string[]): Promise<void> {
  const [command, ...rest] = words;
  if (command === undefined || command === 'help' || command === '--help') {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const flags = readFlags(rest);
  if (flags.switches.has('help')) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  switch (command) {
    case 'train':
      return train(flags);
    case 'list':
      return list(flags);
    case 'simulate':
      return simulate(flags);
    default:
      throw new UsageError(`There is no command "${command}"; use train, list or simulate.`);
  }
}

/** One sentence, whatever went wrong. */
function sentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0]!;
}

main(process.argv.slice(2)).then(
  // WASM threads would keep the process open, so it is ended; what a pipe has not taken yet is waited for.
  () => void process.stdout.write('', () => process.exit(0)),
  (error: unknown) => {
    process.stderr.write(`${sentence(error)}\n`);
    if (process.env['LAB_TRACE'] && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    process.exit(error instanceof UsageError ? 2 : 1);
  },
);
