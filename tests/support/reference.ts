/** Tests that a model of the registry agrees with its independent implementation (tests/reference/README.md). */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackend, type BackendName } from '../../src/engine';
import type { AnyModel } from '../../src/models/definition';
import { compareAdam, compareInference, compareTraining, variablesOf, type Deviation } from './compare';
import { buildFixtureModel, type Fixture } from './fixture';

export type { TensorValues } from './fixture';

/** Reads a JSON file by its path from the project's root. */
export function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8')) as T;
}

export interface ReferenceOptions {
  /** Default: CPU and WASM. */
  readonly backends?: readonly BackendName[];
  /** Relative error of gradients; 1e-4. */
  readonly gradientTolerance?: number;
  /** Of outputs, losses and parameters after Adam; 1e-5. */
  readonly outputTolerance?: number;
}

/** Declares the tests of one fixture, given by its path from the project's root. */
export function describeReference(path: string, options: ReferenceOptions = {}): void {
  const fixture = readJson<Fixture>(path);
  const label = path.replace(/^tests\/reference\//, '').replace(/\.json$/, '');
  for (const backend of options.backends ?? (['cpu', 'wasm'] as const)) {
    describe(`${label} equals its PyTorch reference on ${backend}`, () => {
      declare(fixture, backend, options);
    });
  }
}

function declare(fixture: Fixture, backend: BackendName, options: ReferenceOptions): void {
  const { outputTolerance = 1e-5, gradientTolerance = 1e-4 } = options;
  const expectSmall = (deviations: readonly Deviation[]): void => {
    expect(deviations.length).toBeGreaterThan(0);
    for (const { part, what, error } of deviations)
      expect(error, `${what}: largest error`).toBeLessThan(
        part === 'gradient' ? gradientTolerance : outputTolerance,
      );
  };
  let model: AnyModel;
  beforeAll(async () => {
    const opened = await openBackend(backend);
    expect(opened.name).toBe(backend);
    model = buildFixtureModel(fixture);
  });
  afterAll(() => model?.dispose());

  it('has the same variables', () => {
    const { got, wanted } = variablesOf(model, fixture);
    expect(got).toEqual(wanted);
  });

  it('trains on the same outputs, losses, gradients and states', async () => {
    expectSmall(await compareTraining(model, fixture));
  });

  it('infers the same scores', async () => {
    expectSmall(await compareInference(model, fixture));
  });

  it('stands at the same place after Adam’s steps', async () => {
    expectSmall(await compareAdam(model, fixture));
  });
}
