// Compiles src/engine/backends/wasm/*.as (AssemblyScript) to src/engine/backends/wasm/binary.ts, and
// src/engine/rowPlan/planRows.as, which has memory of its own, to binary.ts beside it.
// Four variants: with and without shared memory (threads), with and without fused multiply-add (relaxed SIMD).
// Beside it, exports.ts says what the module exports, so that a kernel's signature is written once, in its .as file.
// Both are committed, so only people who change a kernel run this: npm run kernels.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';

// Named at run time: linters that follow imports would parse the whole compiler.
const compiler = 'assemblyscript/asc';
const { default: asc } = await import(compiler);

const folder = new URL('../src/engine/backends/wasm/', import.meta.url);
const source = readdirSync(folder)
  .filter((name) => name.endsWith('.as'))
  .sort()
  .map((name) => readFileSync(new URL(name, folder), 'utf8'))
  .join('\n');

/** @returns base64 */
async function compile(source, shared, fused) {
  let binary = null;
  const { error, stderr } = await asc.main(
    [
      'kernels.ts',
      ...[
        '--outFile',
        'kernels.wasm',
        '-O3',
        '--noAssert',
        '--runtime',
        'stub',
        '--importMemory',
        '--enable',
        'simd',
      ],
      ...['--use', `FUSED=${fused ? 1 : 0}`, '--use', 'abort='],
      ...(fused ? ['--enable', 'relaxed-simd'] : []),
      ...(shared ? ['--enable', 'threads', '--sharedMemory', '--maximumMemory', '65536'] : []),
    ],
    {
      readFile: (name) => (name === 'kernels.ts' ? source : null),
      writeFile: (name, contents) => {
        if (name === 'kernels.wasm') binary = contents;
      },
    },
  );
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  return Buffer.from(binary).toString('base64');
}

const ownMemory = new URL('../src/engine/rowPlan/', import.meta.url);
const plan = readFileSync(new URL('planRows.as', ownMemory), 'utf8');
writeFileSync(
  new URL('binary.ts', ownMemory),
  [
    '/** Made by scripts/build-kernels.mjs from the .as file beside it: do not edit. */',
    '// prettier-ignore',
    `export const binary = '${await compile(plan, false, false)}';`,
    '',
  ].join('\n'),
);

const lines = ['/** Made by scripts/build-kernels.mjs from the .as files beside it: do not edit. */', ''];
for (const [name, shared, fused] of [
  ['plain', false, false],
  ['fused', false, true],
  ['sharedPlain', true, false],
  ['sharedFused', true, true],
]) {
  lines.push(`export const ${name} =`, `  '${await compile(source, shared, fused)}';`, '');
}
writeFileSync(new URL('binary.ts', folder), lines.join('\n'));

/** `usize` is an address; all others are numbers of one kind or another. */
const typeOf = (name) => (name === 'usize' ? 'Pointer' : name === 'void' ? 'void' : 'number');

const signatures = [...source.matchAll(/^export function (\w+)\(([^)]*)\): (\w+)/gm)].map(
  ([, name, given, made]) => {
    const parameters = given
      .split(',')
      .map((parameter) => parameter.trim())
      .filter((parameter) => parameter !== '')
      .map((parameter) => parameter.split(':').map((part) => part.trim()));
    const typed = parameters.map(([own, type]) => `${own}: ${typeOf(type)}`);
    return `  ${name}(${typed.join(', ')}): ${typeOf(made)};`;
  },
);
const exportsFile = new URL('exports.ts', folder);
const text = [
  '/** Made by scripts/build-kernels.mjs from the .as files beside it: do not edit. */',
  '',
  "/** An address in the backend's memory, in bytes. */",
  'export type Pointer = number;',
  '',
  "/** Exports of the compiled module; see the .as files for each one's meaning. */",
  '// A line a function, of which there are many.',
  '// prettier-ignore',
  'export interface WasmExports {',
  ...signatures,
  '}',
].join('\n');
const style = await resolveConfig(exportsFile);
writeFileSync(exportsFile, await format(text, { ...style, parser: 'typescript' }));
