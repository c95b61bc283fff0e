/** What the documentation says is held to what is there: pages of models, folders' lists, names of files, links. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createVariables, openBackend } from '../src/engine';
import { models } from '../src/models/registry';
import { defaultSettings, type AnySettings } from '../src/models/settings';
import type { AnyModelDefinition } from '../src/models/definition';
import { tinyShape } from './support/tinyData';

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file && existsSync(file));
const pages = files.filter((file) => file.endsWith('.md'));
const read = (path: string): string => readFileSync(path, 'utf8');

describe('the faults of docs/testing.md', () => {
  const section = /## Faults and their tests\n([^]*?)\n## /.exec(read('docs/testing.md'))?.[1] ?? '';
  const rows = section
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2);

  it('each name tests that are there', () => {
    expect(rows).toHaveLength(14);
    const missing = rows.flatMap((row) => {
      const tests = [...row.matchAll(/`([^`]+)` “([^”]+)”/g)];
      if (tests.length === 0) return [`no test: ${row}`];
      return tests.flatMap(([, file, title]) =>
        files.includes(file!) && read(file!).includes(title!) ? [] : [`${file}: ${title}`],
      );
    });
    expect(missing).toEqual([]);
  });
});

/** Of every folder with a table of its files: the files and folders that no line of its README names. `<model>` names every model's. */
function unnamed(readme: string): string[] {
  const folder = dirname(readme);
  const text = read(readme);
  const named = new Set([...text.matchAll(/`([^`\n]+)`/g)].map(([, name]) => name!.replace(/\/$/, '')));
  const children = new Set(
    files.flatMap((file) =>
      file.startsWith(`${folder}/`) ? [file.slice(folder.length + 1).split('/')[0]!] : [],
    ),
  );
  return [...children].filter(
    (child) =>
      !/^(README\.md|index\.ts|fixtures)$|\.test\.tsx?$|\.css$/.test(child) &&
      !named.has(child) &&
      !named.has(child.replace(/\.\w+$/, '')) &&
      !(named.has('<model>') && models.some(({ id }) => id === child)) &&
      ![...named].some((name) => name.endsWith('*') && child.startsWith(name.slice(0, -1))),
  );
}

const folders = pages.filter(
  (page) => /\/README\.md$/.test(page) && /^\| (files?|path|folder|file or folder) /m.test(read(page)),
);

it('every folder with a list of its files lists all of them', () => {
  expect(folders.length).toBeGreaterThan(10);
  expect(folders.flatMap((folder) => unnamed(folder).map((name) => `${folder}: ${name}`))).toEqual([]);
});

it('links and pictures of pages lead somewhere', () => {
  const broken = pages.flatMap((page) =>
    [...read(page).matchAll(/(?:\]\(|src(?:set)?=")([^)"#\s]+)(?:#[^)"]*)?[)"]/g)]
      .map(([, target]) => target!)
      .filter((target) => !/^https?:/.test(target) && !existsSync(normalize(join(dirname(page), target))))
      .map((target) => `${page}: ${target}`),
  );
  expect(broken).toEqual([]);
});

it('files that pages name exist', () => {
  const names = new Set(
    files.flatMap((file) => file.split('/').map((_, at, parts) => parts.slice(at).join('/'))),
  );
  const missing = pages.flatMap((page) =>
    [...read(page).matchAll(/`([\w./-]*\w\.(?:tsx?|mjs|py|json|html|as))`/g)]
      .map(([, name]) => normalize(name!).replace(/^(\.\.\/)+/, ''))
      .filter((name) => !names.has(name))
      .map((name) => `${page}: ${name}`),
  );
  expect(missing).toEqual([]);
});

it('docs/models/README.md lists every model under its family, in the order of the registry', () => {
  const families = [
    ['paper', 'Papers'],
    ['multi-scenario', 'Multi-scenario'],
    ['multi-task', 'Multi-task'],
    ['single-task', 'Single-task'],
  ] as const;
  const expected = families.flatMap(([family, heading]) => [
    `## ${heading}`,
    ...models.filter((model) => model.family === family).map(({ id, title }) => `- [${title}](${id}.md)`),
  ]);
  expect(read('docs/models/README.md').match(/^(## |- \[).*$/gm)).toEqual(expected);
});

/** Probes that are numbered by layer are written with the first number. */
const numbered = (name: string): string => name.replace(/\d+$/, '0');

/** A setting, probe or value stands on a page in backticks, alone or in a list. */
const says = (text: string, name: string): boolean =>
  [...text.matchAll(/`([^`\n]+)`/g)].some(([, code]) => code!.split(/[^\w]+/).includes(name));

describe.each(models.map((model) => [model.id, model] as const))(
  'docs/models/%s.md',
  (id, model: AnyModelDefinition) => {
    const path = `docs/models/${id}.md`;
    const text = existsSync(path) ? read(path) : '';
    /** Baselines share settings, which Mix's page describes. */
    const settingsText = text.includes('(mix.md)') ? text + read('docs/models/mix.md') : text;

    beforeAll(async () => {
      await openBackend('cpu');
    });

    it('tells the problem, the equations, the switches, the pictures, the results, and where decisions stand', () => {
      const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading!);
      const expected = ['The problem', 'As built', 'Switches', 'Pictures', 'Results'];
      expect(headings.filter((heading) => expected.includes(heading))).toEqual(expected);
      expect(headings.includes('The graph')).toBe(model.graph !== null);
      expect(text).toMatch(/\]\(\.\.\/decisions\/\w+\.md\)/);
    });

    it('names every switch', () => {
      const switches = Object.entries(model.fields).filter(([, field]) => field.role === 'ablation');
      expect(switches.map(([name]) => name).filter((name) => !says(settingsText, name))).toEqual([]);
    });

    it('names every probe', () => {
      const settings: AnySettings = { ...defaultSettings(model.fields), ...model.presets.tiny };
      const built = model.configure(settings).build(tinyShape(), createVariables(1));
      const probes = built.probes.map(({ name }) => numbered(name));
      built.dispose();
      expect(probes.length).toBeGreaterThan(0);
      expect(probes.filter((name) => !says(text, name))).toEqual([]);
    });
  },
);
