/** The command line for tests: as a person runs it, or in this process, which saves three seconds a call. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { enableProdMode } from '@tensorflow/tfjs-core';
import { runCommand } from '../../scripts/lab/command';

export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** `npm run -s lab -- …words` in a process of its own: exit codes, streams and threads are the real ones. */
export function labProcess(...words: readonly string[]): Promise<Answer> {
  const root = new URL('../..', import.meta.url).pathname;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', join(root, 'scripts/lab.ts'), ...words],
      { cwd: root, maxBuffer: 1 << 28 },
      (failure, out, error) => resolve({ code: failure ? Number(failure.code) : 0, out, error }),
    );
  });
}

/** The same in this process, one call at a time. */
export async function lab(...words: readonly string[]): Promise<Answer> {
  enableProdMode();
  const said = { out: '', error: '' };
  const { stdout, stderr } = process;
  const write = { out: stdout.write.bind(stdout), error: stderr.write.bind(stderr) };
  stdout.write = (text: string | Uint8Array) => (said.out += String(text)) !== '';
  stderr.write = (text: string | Uint8Array) => (said.error += String(text)) !== '';
  try {
    const code = await runCommand(words);
    return { code, ...said };
  } finally {
    stdout.write = write.out;
    stderr.write = write.error;
  }
}
