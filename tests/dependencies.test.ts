/** What `package.json` declares is what is used; TensorFlow.js comes in one version. */
import { readFileSync } from 'node:fs';
import tseslint from 'typescript-eslint';
import { expect, it } from 'vitest';
import { importersOf, reached } from '../scripts/unit/importGraph';
import { importedPackages, isTest, sourceFiles } from './support/imports';

interface Manifest {
  version: string;
  dependencies: Record<string, string>;
}

const read = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T;
const manifest = read<Manifest>('package.json');
const umbrella = '@tensorflow/tfjs';

it('every package that the page depends on is imported, but the umbrella that fixes versions', () => {
  const used = new Set(
    sourceFiles('src')
      .filter((file) => !isTest(file))
      .flatMap(importedPackages),
  );
  const unused = Object.keys(manifest.dependencies).filter((name) => !used.has(name));
  expect(unused).toEqual([umbrella]);
});

it('workers that read rows or write runs start without any model: they load beside the training, at a visit’s busiest', () => {
  const files = sourceFiles('src').filter((file) => !isTest(file));
  // What is fetched later is not loaded at the start.
  const atStart = (file: string): string => readFileSync(file, 'utf8').replaceAll(/\bimport\(/g, 'later(');
  const loading = reached(importersOf(files, atStart), ['src/models/registry.ts']);
  const workers = files.filter((file) => file.endsWith('.worker.ts'));
  expect(workers.filter((file) => loading.has(file))).toEqual(['src/workers/training.worker.ts']);
  expect(workers.length).toBeGreaterThan(3);
});

it('TensorFlow.js and its backends are installed once, in the version that the umbrella package asks for', () => {
  const { packages } = read<{ packages: Record<string, Manifest> }>('package-lock.json');
  const ofTensorflow = (paths: string[]) =>
    paths.filter((path) => /(^|\/)@tensorflow\/tfjs-(core|backend-\w+)$/.test(path));
  const version = packages[`node_modules/${umbrella}`]!.version;
  const asked = packages[`node_modules/${umbrella}`]!.dependencies;

  const imported = ofTensorflow(Object.keys(manifest.dependencies));
  expect(imported.map((name) => name.replace(`${umbrella}-`, ''))).toEqual([
    'backend-cpu',
    'backend-wasm',
    'backend-webgpu',
    'core',
  ]);
  for (const name of imported) {
    const places = Object.keys(packages).filter((path) => path.endsWith(`/${name}`));
    expect(places, name).toEqual([`node_modules/${name}`]);
    expect(packages[places[0]!]!.version, name).toBe(asked[name] ?? version);
    expect(manifest.dependencies[name], name).toBe(version);
    expect(read<Manifest>(`node_modules/${name}/package.json`).version, name).toBe(version);
  }
});

it('the lockfile says what is installed, not from which address', () => {
  const { packages } = read<{ packages: Record<string, object> }>('package-lock.json');
  expect(Object.keys(packages).length).toBeGreaterThan(100);
  expect(Object.keys(packages).filter((path) => 'resolved' in packages[path]!)).toEqual([]);
});

it('oxlint holds every rule that needs types and that typescript-eslint recommends', () => {
  const { rules } = read<{ rules: Record<string, string | [string, object]> }>('.oxlintrc.json');
  const held = Object.keys(rules).map((name) => name.replace('typescript/', '@typescript-eslint/'));
  const recommended = tseslint.configs.recommendedTypeCheckedOnly
    .flatMap(({ rules: some = {} }) => Object.entries(some))
    .filter(([name, level]) => name.startsWith('@typescript-eslint/') && level === 'error')
    .map(([name]) => name);
  expect(recommended.length).toBeGreaterThan(15);
  // An async function without await says that its caller must wait, now or later.
  const left = recommended.filter((name) => !held.includes(name));
  expect(left).toEqual(['@typescript-eslint/require-await']);
  expect(held).toContain('@typescript-eslint/switch-exhaustiveness-check');
  expect(Object.values(rules).map((level) => [level].flat()[0])).toEqual(held.map(() => 'error'));
});
