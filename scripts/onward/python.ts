/** A Python that has PyTorch, and what it says. */
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../python/', import.meta.url));

/** The first of the usual ones that imports torch and NumPy, or null. */
export function pythonWithTorch(): string | null {
  const usual = [process.env['PYTHON'], '/usr/bin/python3', 'python3'].filter((name) => name !== undefined);
  return usual.find((name) => spawnSync(name, ['-c', 'import torch, numpy']).status === 0) ?? null;
}

/** One thread: a model this small is slower on two, and other tests want the rest. */
const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };

/** Runs a module in `python/`. @returns its exit code and what it printed */
export function runPython(
  python: string,
  words: readonly string[],
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(python, [...words], { cwd: folder, env });
    let [out, err] = ['', ''];
    child.stdout.on('data', (text: Buffer) => (out += text.toString()));
    child.stderr.on('data', (text: Buffer) => (err += text.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, out, err }));
  });
}

export interface PythonProcess {
  /** A line to it, and the line that it answers with. @throws Error with what the process said where it dies */
  ask(line: string): Promise<string>;
  close(): void;
}

/** A module in `python/` that answers a line with a line. */
export function startPython(python: string, words: readonly string[]): PythonProcess {
  const child = spawn(python, [...words], { cwd: folder, env });
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  const ended = new Promise<never>((_, reject) => {
    const fail = (): void => reject(new Error(said.trim() || 'nothing came back'));
    child.on('error', fail);
    child.on('close', fail);
  });
  ended.catch(() => undefined);
  // A broken pipe is told by the end of the process.
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(line) {
      child.stdin.write(`${line}\n`);
      const answer: IteratorResult<string, unknown> = await Promise.race([lines.next(), ended]);
      return answer.done ? ended : answer.value;
    },
    close: () => child.stdin.end(),
  };
}
