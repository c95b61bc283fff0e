import { describe, expect, it } from 'vitest';
import { changedModels, testsOf } from './changed';
import { importersOf, importsOf, reached } from './importGraph';

const texts: Readonly<Record<string, string>> = {
  'src/a.ts': "import { b } from './b';\nexport { c } from './c';",
  'src/b.ts': "import type { C } from './c';\nexport const b = 1;",
  'src/c/index.ts': 'export const c = 1;',
  'src/a.test.ts': "import { a } from './a';",
  'src/b.test.ts': "import {\n  b,\n} from './b';",
  'src/models/registry.ts': "import './papers/x/index';\nimport './papers/y';",
  'src/models/papers/x/index.ts': '',
  'src/models/papers/y/index.ts': '',
  'src/models/papers/y/y.test.ts': "import { models } from '../../registry';",
  'src/every.test.ts': "import { chosenModels } from './models/registry';",
  'tests/data.test.ts': "readFileSync(new URL('./fixtures.json', import.meta.url))",
  'tests/docs.test.ts': '',
};
const files = Object.keys(texts);
const read = (file: string): string => texts[file] ?? '';
const project = { files, read, seconds: new Map([['src/a.test.ts', 30]]) };

describe('the graph of imports', () => {
  it('knows every way to import, but for types, which leave a test as it was', () => {
    const text = [
      "import 'x';",
      "import './one';",
      "import type { T } from './type';",
      "export * from './two';",
      "const late = await import('./three');",
      "import a, { type B } from './four';",
      "new URL('./five.json', import.meta.url)",
    ].join('\n');
    expect(importsOf(text)).toEqual(['./one', './two', './three', './four', './five.json']);
  });

  it('says how far a change reaches', () => {
    const importers = importersOf(files, read);
    expect(importers.get('src/c/index.ts')).toEqual(['src/a.ts']);
    expect([...reached(importers, ['src/b.ts'])]).toEqual([
      ['src/b.ts', 0],
      ['src/a.ts', 1],
      ['src/b.test.ts', 1],
      ['src/a.test.ts', 2],
    ]);
  });
});

describe('the tests of a change', () => {
  it('run nearest first, as many as the budget allows; the rest is named', () => {
    expect(testsOf(['src/b.ts'], project, 20)).toEqual({ run: ['src/b.test.ts'], left: ['src/a.test.ts'] });
    expect(testsOf(['src/b.ts'], project, 40)).toEqual({ run: ['src/b.test.ts', 'src/a.test.ts'], left: [] });
    expect(testsOf(['src/a.test.ts'], project, 20).run).toEqual(['src/a.test.ts']);
  });

  it('of one model leave out the other models’ own', () => {
    const changed = ['src/models/papers/x/index.ts'];
    expect(changedModels(changed)).toEqual(['x']);
    expect(testsOf(changed, project, 20).run).toEqual(['src/every.test.ts']);
    expect(testsOf([...changed, 'src/models/registry.ts'], project, 20).run).toEqual([
      'src/models/papers/y/y.test.ts',
      'src/every.test.ts',
    ]);
  });

  it('are those that name a file which is read', () => {
    expect(testsOf(['tests/fixtures.json'], project, 20).run).toEqual(['tests/data.test.ts']);
    expect(testsOf(['docs/x.md'], project, 20).run).toEqual(['tests/docs.test.ts']);
  });
});

it('a model is its paper’s folder or its baseline’s file', () => {
  expect(changedModels(['src/models/baselines/sharedBottom.ts', 'docs/x.md'])).toEqual(['shared-bottom']);
  expect(changedModels(['src/models/baselines/common.ts'])).toBeNull();
  expect(changedModels(['src/models/papers/x/index.ts', 'src/engine/step.ts'])).toBeNull();
  expect(changedModels(['docs/x.md'])).toBeNull();
});
