/** Chooses the tests of a change: the nearest first, as many as fit into a quarter of a minute. */
import { basename } from 'node:path/posix';
import { importersOf, reached } from './importGraph';

/** Seconds of a test file that never ran here: usually, of one that looks at every model, and at one of them. */
const USUAL = 1;
const OF_EVERY_MODEL = 12;
const OF_ONE_MODEL = 2;

const isTest = (file: string): boolean => /\.test\.tsx?$/.test(file);

/**
 * Models that alone can behave otherwise after a change: a paper's folder and a baseline's file belong to one model. Null where
 * others can too.
 */
export function changedModels(changed: readonly string[]): readonly string[] | null {
  const code = changed.filter((file) => file.startsWith('src/') && !isTest(file));
  const models = code.map(
    (file) =>
      /^src\/models\/papers\/([^/]+)\//.exec(file)?.[1] ??
      /^src\/models\/baselines\/(?!common)(\w+)\.ts$/
        .exec(file)?.[1]
        ?.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
  );
  const known = models.filter((model) => model !== undefined);
  return known.length > 0 && known.length === models.length ? [...new Set(known)] : null;
}

export interface Project {
  /** All files, as paths from the project's folder. */
  readonly files: readonly string[];
  readonly read: (file: string) => string;
  /** What a test file took when it last ran here; unknown files are missing. */
  readonly seconds: ReadonlyMap<string, number>;
}

export interface Choice {
  readonly run: readonly string[];
  /** Reached by the change, but beyond the budget: left to the whole suite. */
  readonly left: readonly string[];
}

/** Test files of a change, nearest first. @param budget seconds of one core; a test that was itself changed runs anyway */
export function testsOf(changed: readonly string[], project: Project, budget: number): Choice {
  const { files, read, seconds } = project;
  const models = changedModels(changed);
  const importers = importersOf(files, read);
  const distance = reached(importers, changed);
  // What is read and not imported (pages, fixtures, manifests) reaches the tests that name it.
  const named = changed.filter((file) => !/\.(tsx?|mjs)$/.test(file)).map((file) => basename(file));
  for (const test of files.filter(isTest)) {
    const text = read(test);
    const says = named.some((name) => text.includes(name));
    const readsAllPages = test === 'tests/docs.test.ts' && named.some((name) => name.endsWith('.md'));
    if (!distance.has(test) && (says || readsAllPages)) distance.set(test, 1);
  }
  const cost = (test: string): number => {
    const ofEveryModel = read(test).includes('chosenModels');
    const whole = seconds.get(test) ?? (ofEveryModel ? OF_EVERY_MODEL : USUAL);
    return ofEveryModel && models ? Math.min(whole, models.length * OF_ONE_MODEL) : whole;
  };
  /** Tests of another paper's folder are reached through the registry alone. */
  const ofAnother = (test: string): boolean => {
    const paper = /^src\/models\/papers\/([^/]+)\//.exec(test)?.[1];
    return models !== null && paper !== undefined && !models.includes(paper);
  };
  const order = [...distance]
    .filter(([file, steps]) => isTest(file) && (steps === 0 || !ofAnother(file)))
    .sort(([one, near], [other, far]) => near - far || cost(one) - cost(other));
  const run: string[] = [];
  const left: string[] = [];
  let spent = 0;
  for (const [test, steps] of order) {
    if (steps > 0 && spent + cost(test) > budget) {
      left.push(test);
      continue;
    }
    run.push(test);
    spent += cost(test);
  }
  return { run, left };
}
