import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const tests = ['src', 'tests', 'scripts']
  .filter((folder) => existsSync(folder))
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.test\.tsx?$/.test(file))
      .map((file) => `${folder}/${file.replaceAll('\\', '/')}`),
  );

/**
 * What a test file changes for whatever runs after it in the same process: mocked modules and clocks, stand-ins for globals, another
 * environment, the page's stores, a GPU that only counts, more threads of WASM, another backend.
 */
const CHANGES_ITS_PROCESS =
  /vi\.mock|stubGlobal|useFakeTimers|@vitest-environment|fake-indexeddb|\.(?:get|set)State\(|openCountingGpu|threads: \d|registerBackend|WorkerPool/;

const alone = tests.filter((file) => CHANGES_ITS_PROCESS.test(readFileSync(file, 'utf8')));

/** Two processes run all others one after the other: loading TensorFlow.js and the models takes longer than most tests. */
const shared = tests.filter((file) => !alone.includes(file));

/**
 * Files of five seconds and more, the longest first. They begin first, so that no process is left alone with one of them at the end. In a
 * fresh clone nothing else tells; where vitest keeps a record of earlier runs, it orders the rest by it.
 */
const LONG = [
  'tests/gpuMemory.test.ts',
  'tests/architecture.test.ts',
  'src/data/samples.test.ts',
  'scripts/lab.test.ts',
  'src/models/registry.test.ts',
  'src/training/longRun.test.ts',
  'src/training/run.test.ts',
  'src/training/everyModel.test.ts',
  'src/models/papers/causalint/differences.test.ts',
  'src/workers/client.test.ts',
  'src/workers/session.test.ts',
  'src/training/procedures/sarnet/procedure.test.ts',
  'src/training/realFiles.test.ts',
  'src/training/procedures/aread/search.reference.test.ts',
  'src/data/import/readText.test.ts',
  'src/training/procedures/aread/procedure.test.ts',
  'src/data/import/fuzz.test.ts',
  'src/engine/backends/wasm/pool.test.ts',
];

class LongestFirst extends BaseSequencer {
  override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = LONG.indexOf(relative(import.meta.dirname, moduleId).replaceAll('\\', '/'));
      return at < 0 ? LONG.length : at;
    };
    return (await super.sort(specifications)).sort((one, other) => place(one) - place(other));
  }
}

export default defineConfig({
  test: {
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    // What takes seconds on an idle machine has minutes: these only end what hangs.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    projects: [
      {
        extends: true,
        test: { name: 'shared', include: shared, isolate: false, sequence: { groupOrder: 0 } },
      },
      { extends: true, test: { name: 'alone', include: alone, sequence: { groupOrder: 1 } } },
    ],
  },
});
