import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const tests = ['src', 'tests', 'scripts']
  .filter((folder) => existsSync(folder))
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.test\.tsx?$/.test(file))
      .map((file) => `${folder}/${file.replaceAll('\\', '/')}`),
  );

/**
 * What a test file changes for whatever runs after it in the same process: mocked modules and clocks, stand-ins for globals, another
 * environment, the page's stores, a GPU that only counts, more threads of WASM.
 */
const CHANGES_ITS_PROCESS =
  /vi\.mock|stubGlobal|useFakeTimers|@vitest-environment|fake-indexeddb|\.(?:get|set)State\(|openCountingGpu|threads: \d|WorkerPool/;

const alone = tests.filter((file) => CHANGES_ITS_PROCESS.test(readFileSync(file, 'utf8')));

/** Two processes run all others one after the other: loading TensorFlow.js and the models takes longer than most tests. */
const shared = tests.filter((file) => !alone.includes(file));

export default defineConfig({
  test: {
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: { name: 'shared', include: shared, isolate: false, sequence: { groupOrder: 0 } },
      },
      { extends: true, test: { name: 'alone', include: alone, sequence: { groupOrder: 1 } } },
    ],
  },
});
