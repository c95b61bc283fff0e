/**
 * A copy of the tree in a temporary folder, in which a test may add and change files. Packages and samples are linked, not
 * copied. The copy is a Git repository, so that it can say what changed.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

export class TreeCopy {
  readonly root = mkdtempSync(join(tmpdir(), 'tree-'));

  constructor() {
    const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      encoding: 'utf8',
    })
      .split('\0')
      .filter(
        (file) =>
          /^(src|tests|docs)\/|^[^/]+\.(json|ts|js)$/.test(file) &&
          !/\/fixtures\/|^docs\/img|\/samples\//.test(file),
      );
    for (const file of files) this.take(file, file);
    for (const linked of ['node_modules', 'public']) symlinkSync(resolve(linked), join(this.root, linked));
    writeFileSync(join(this.root, '.gitignore'), 'node_modules\npublic\n');
    this.git('init', '-q');
    this.commit();
  }

  /** Copies a file of the real tree, as it is or changed. */
  take(from: string, to: string, change?: (text: string) => string): void {
    mkdirSync(dirname(join(this.root, to)), { recursive: true });
    if (change) this.write(to, change(readFileSync(from, 'utf8')));
    else cpSync(from, join(this.root, to));
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.root, file)), { recursive: true });
    writeFileSync(join(this.root, file), text);
  }

  /** Changes a file of the copy. @throws Error where nothing changed. */
  edit(file: string, change: (text: string) => string): void {
    const path = join(this.root, file);
    const before = readFileSync(path, 'utf8');
    const after = change(before);
    if (after === before)
      throw new Error(`${file} was not changed; the test that adds to it must follow its form.`);
    writeFileSync(path, after);
  }

  private git(...words: string[]): string {
    return execFileSync('git', words, { cwd: this.root, encoding: 'utf8' });
  }

  private commit(): void {
    this.git('add', '-A');
    this.git('-c', 'user.name=test', '-c', 'user.email=test@example.org', 'commit', '-q', '-m', 'copy');
  }

  /** Files that were added or changed since the last call. */
  changed(): string[] {
    const files = this.git('status', '--porcelain', '-uall', '--no-renames')
      .split('\n')
      .filter(Boolean)
      .map((line) => line.slice(3));
    this.commit();
    return files;
  }

  /** Type errors of the given files and what they import, which is all that can be new where only they were added or changed. */
  typeErrors(files: readonly string[]): string[] {
    const project = 'tsconfig.added.json';
    const added = files.filter((file) => /\.tsx?$/.test(file));
    const declarations = this.git('ls-files', '*.d.ts').split('\n').filter(Boolean);
    this.write(
      project,
      JSON.stringify({ extends: './tsconfig.json', include: [], files: [...added, ...declarations] }),
    );
    const { status, stdout } = spawnSync(
      process.execPath,
      ['node_modules/typescript-7/bin/tsc', '--noEmit', '-p', project, '--pretty', 'false'],
      { cwd: this.root, encoding: 'utf8' },
    );
    rmSync(join(this.root, project));
    const errors = stdout.split('\n').filter(Boolean);
    return status === 0 || errors.length > 0 ? errors : ['tsc did not run'];
  }

  /** Runs the copy's own tests whose names match; how many passed, and what was printed where some did not. */
  runTests(files: readonly string[], names: string): { readonly passed: number; readonly failures: string } {
    const { stdout } = spawnSync(
      process.execPath,
      ['node_modules/vitest/vitest.mjs', 'run', ...files, '-t', names, '--maxWorkers=1', '--reporter=json'],
      { cwd: this.root, encoding: 'utf8', maxBuffer: 2 ** 28 },
    );
    const report = JSON.parse(stdout.slice(stdout.indexOf('{'))) as {
      readonly success: boolean;
      readonly numPassedTests: number;
      readonly testResults: readonly {
        readonly name: string;
        readonly message: string;
        readonly assertionResults: readonly {
          readonly fullName: string;
          readonly failureMessages: readonly string[];
        }[];
      }[];
    };
    const failures = report.testResults.flatMap(({ name, message, assertionResults }) => [
      ...(message ? [`${name}: ${message}`] : []),
      ...assertionResults.flatMap(({ fullName, failureMessages }) =>
        failureMessages.map((failure) => `${fullName}: ${failure}`),
      ),
    ]);
    return { passed: report.numPassedTests, failures: failures.join('\n') };
  }

  dispose(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
