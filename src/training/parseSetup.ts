/** A set-up is parsed once, where it comes in, and carried as a parsed value: inside, nobody checks it again. */
import { findModel } from '../models/registry';
import { parseSettings, type ParsedSettings } from '../models/settings';
import { trainingFields } from './settings';
import type { BackendRequest } from '../engine';
import type { RunSetup } from './runRecord';
import { shortened } from '../data/shortened';

export const backends = ['auto', 'webgpu', 'wasm', 'cpu'] as const satisfies readonly BackendRequest[];

/** A mark for the compiler alone. A changed copy, `{ ...setup, seed }`, does not carry it and must be parsed again. */
declare class Parsed {
  private readonly parsed: true;
}

/** A set-up whose model exists, whose settings are all there and in range: it can be trained. */
export type ParsedSetup = RunSetup & { readonly settings: ParsedSettings } & Parsed;

/**
 * Parses a set-up that comes from elsewhere: a kept run, a file, a message, a plan. Missing settings take their default.
 *
 * @throws RangeError with one sentence for an unknown model, setting or backend, or a value out of range
 */
export function parseSetup(given: RunSetup): ParsedSetup {
  const { model, dataset, seed, backend } = given;
  const definition = findModel(model);
  if (typeof dataset !== 'string' || dataset === '')
    throw new RangeError('The dataset must be named by its id.');
  if (!Number.isInteger(seed)) throw new RangeError('The seed must be a whole number.');
  if (!backends.includes(backend))
    throw new RangeError(
      `There is no backend "${shortened(String(backend))}"; known: ${backends.join(', ')}.`,
    );
  const parsed: RunSetup = {
    model,
    settings: definition.parse(given.settings),
    training: parseSettings(trainingFields, given.training),
    dataset,
    seed,
    backend,
  };
  return parsed as ParsedSetup;
}
