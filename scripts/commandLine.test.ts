import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const commandLine = new URL('commandLine.mjs', import.meta.url).href;

/** What a script of these lines says of its arguments, and its exit code. */
function run(lines: string, ...words: string[]) {
  const source = `import { expectKnown, listed, parseCommandLine, wholeNumber } from '${commandLine}';\n${lines}`;
  const { status, stderr, stdout } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', source, '--', ...words],
    { encoding: 'utf8' },
  );
  return { status, stderr: stderr.trim(), stdout: stdout.trim() };
}

const parsed = `const { values, positionals } = parseCommandLine({ allowPositionals: true, options: { seed: { type: 'string' }, quick: { type: 'boolean' } } });
console.log(JSON.stringify({ ...values, positionals }));`;

const emptyName = (option: string, given: string): string =>
  `${option} takes names with commas between, none of them empty, not "${given}"; leave it out for the usual ones.`;

describe('command lines of scripts', () => {
  it('are parsed', () => {
    const { status, stdout } = run(parsed, 'kills', '--seed', '3', '--quick');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ seed: '3', quick: true, positionals: ['kills'] });
  });

  it('hold lists, where one was given', () => {
    const lines =
      "console.log(JSON.stringify([listed('--models', 'mix, mmoe'), listed('--models', undefined) ?? 0]))";
    expect(run(lines)).toEqual({ status: 0, stderr: '', stdout: '[["mix","mmoe"],0]' });
  });

  it.each([
    [parsed, ['--foo'], "Unknown option '--foo'; options are --seed, --quick."],
    [parsed, ['--seed'], "Option '--seed <value>' argument missing; options are --seed, --quick."],
    ['parseCommandLine({ options: {} });', ['x'], "Unexpected argument 'x'; no options are taken."],
    ["expectKnown('part', ['a', 'x', 'y'], ['a', 'b']);", [], 'There is no part x, y; known are a, b.'],
    ["expectKnown('preset', [''], ['tiny']);", [], 'There is no preset ""; known are tiny.'],
    ["listed('--models', '');", [], emptyName('--models', '')],
    ["listed('--models', 'mix,,mmoe');", [], emptyName('--models', 'mix,,mmoe')],
    ["wholeNumber('--port', 'x');", [], '--port takes a whole number above 0, not "x".'],
    ["wholeNumber('--port', '0');", [], '--port takes a whole number above 0, not "0".'],
    ["wholeNumber('--port', undefined);", [], '--port takes a whole number above 0, not "".'],
  ])('%s refuses %j in one sentence', (lines, words, sentence) => {
    const { status, stderr } = run(lines, ...words);
    expect(stderr).toBe(sentence);
    expect(status).toBe(2);
  });

  it.each([
    ['run.ts', '--backends auto', 'There is no backend auto; known are webgpu, wasm, cpu.'],
    ['run.ts', '--models mix,', emptyName('--models', 'mix,')],
    ['webgpu.ts', '--only speed,', emptyName('--only', 'speed,')],
    ['../scripts/study.ts', '--against ,', emptyName('--against', ',')],
    [
      'run.ts',
      '--backends webgpu --table --null-device',
      '--null-device goes with --backends webgpu alone, and without --table.',
    ],
    [
      'run.ts',
      '--backends webgpu --scenarios 3,25',
      '--scenarios is timed in Node, on wasm or cpu: leave --browser and --backends webgpu out.',
    ],
    [
      'run.ts',
      '--browser --threads 2',
      '--browser is timed on one thread, as a page’s main thread has no others: leave --threads out.',
    ],
    ['run.ts', '--revectorize', '--revectorize and --js-flags go with --browser.'],
    ['largeData.ts', 'open write', 'One part at a time, or none for all; write came after open.'],
    ['firstVisit.ts', 'here', 'Nothing is served at here; "npm start" serves the built page.'],
  ])('of bench/%s: %s is refused in one sentence', (script, words, sentence) => {
    const given = ['--import', 'tsx', `bench/${script}`, ...words.split(' ')];
    const { status, stderr } = spawnSync(process.execPath, given, { cwd: root, encoding: 'utf8' });
    expect(stderr.trim()).toBe(sentence);
    expect(status).toBe(2);
  });

  const sources = ['scripts', 'bench'].flatMap((folder) =>
    readdirSync(root + folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|mjs)$/.test(name) && !/\.test\.ts$/.test(name))
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
  );
  const holding = (pattern: RegExp, own: readonly string[]): string[] =>
    sources.filter((file) => !own.includes(file) && pattern.test(readFileSync(root + file, 'utf8')));

  it('are read in one place', () => {
    // lab and study take any setting of any model, which they check themselves; unit hands its words on to vitest.
    const own = ['scripts/commandLine.mjs', 'scripts/lab.ts', 'scripts/study.ts', 'scripts/unit.ts'];
    expect(holding(/\bparseArgs\(|process\.argv\b(?!\[1\])/, own)).toEqual([]);
  });

  it('have their lists of names taken apart there, too', () => {
    expect(holding(/\?\.split\(','\)/, ['scripts/commandLine.mjs'])).toEqual([]);
  });
});
