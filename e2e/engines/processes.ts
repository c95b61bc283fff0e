/** Programs that run beside a spec, and what they say when they are ready. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The first path that exists, or null. */
export const installed = (...paths: readonly (string | undefined)[]): string | null =>
  paths.find((path): path is string => path !== undefined && existsSync(path)) ?? null;

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A program in a process group of its own, and a folder that goes with it. */
export class Program {
  readonly folder = mkdtempSync(join(tmpdir(), 'engine-'));
  private readonly child: ChildProcess;
  private said = '';

  /** `FOLDER` in an argument is the program's folder. */
  constructor(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.child = spawn(
      command,
      args.map((arg) => arg.replace('FOLDER', this.folder)),
      {
        detached: true,
        env: { ...process.env, HOME: this.folder, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    process.once('exit', this.kill);
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (bytes: Buffer) => (this.said = (this.said + bytes.toString()).slice(-20_000)));
  }

  /** Also where a test is broken off: the browser must not outlive it. */
  private readonly kill = (): void => {
    if (this.child.exitCode === null && this.child.pid !== undefined)
      process.kill(-this.child.pid, 'SIGKILL');
  };

  /** What the pattern's first group caught in what the program said. */
  async hear(pattern: RegExp, seconds = 60): Promise<string> {
    for (let waited = 0; waited < 20 * seconds && this.child.exitCode === null; waited++) {
      const found = pattern.exec(this.said);
      if (found) return found[1] ?? '';
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`${this.child.spawnfile} did not start: ${this.said.slice(-500)}`);
  }

  /** Ends the program and all that it started. */
  async end(): Promise<void> {
    process.off('exit', this.kill);
    if (this.child.exitCode === null) {
      const ended = new Promise((resolve) => this.child.once('exit', resolve));
      this.kill();
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
