/**
 * Which models a test of the whole registry looks at. `UNIT_MODELS` narrows or widens the choice (scripts/unit.mjs sets it):
 * ids, separated by commas, where nothing but these models has changed; `all`, where none shall stand for another.
 */
import { standard } from '../../src/models/procedureChoice';
import { models } from '../../src/models/registry';
import { presetSettings } from '../../src/training/setup';
import type { AnyModelDefinition } from '../../src/models/definition';

const asked = process.env.UNIT_MODELS ?? '';
const named = asked === '' || asked === 'all' ? null : asked.split(',');

const ofNames = (all: readonly AnyModelDefinition[], ids: readonly string[]) =>
  all.filter(({ id }) => ids.includes(id));

/** Every registered model, for what must be proved of each; the named ones where only they changed. */
export function chosenModels(): readonly AnyModelDefinition[] {
  return named ? ofNames(models, named) : models;
}

/**
 * Models whose training steps, at `tiny`, together run every kernel that any model's step runs, by every procedure: whatever happens
 * inside a kernel or a procedure happens to one of them. `registry.test.ts` holds that; it names the model to add where a new one
 * runs a kernel that none of these runs. `e2e/models.webgpu.spec.ts` has a fixture of each.
 */
const REPRESENTATIVES = [
  'finetune',
  'pnn',
  'ple',
  'aesm2',
  'adasparse',
  'adl',
  'mamdr',
  'causalint',
  'mscan',
  'optmsm',
  'sarnet',
  'aread',
];

/** Those that stand for all, for what is expensive and a matter of kernels and procedures; the named ones where only they changed. */
export function representatives(): readonly AnyModelDefinition[] {
  if (named) return ofNames(models, named);
  return asked === 'all' ? models : ofNames(models, REPRESENTATIVES);
}

/** The procedure by which a model trains at its smallest sizes. */
export function procedureOf(model: AnyModelDefinition): string {
  return model.configure(presetSettings(model.id, 'tiny')).procedure.id;
}

export interface RunLength {
  readonly steps: number;
  /** Steps between two readings of memory. */
  readonly every: number;
  /** From here on nothing may grow: early and best evaluations, and each procedure's first phase, have taken their memory. */
  readonly warm: number;
}

const THOUSAND: RunLength = { steps: 1000, every: 100, warm: 200 };
/**
 * Four readings, 30 steps apart, after the first. A procedure's phases come again at least every 36 steps (`phases` in longRun.ts);
 * fine-tuning's second one begins at step 32, and what the first one kept is free after the evaluation at 60.
 */
const LONG: RunLength = { steps: 210, every: 30, warm: 90 };
/** Four readings after the first. The GPU's pool of free buffers takes its last ones with the best evaluations of the first 30. */
const SHORT: RunLength = { steps: 80, every: 10, warm: 40 };

/**
 * How long a model trains where nothing may pile up. Readings must be equal to the byte, so a leak shows with the first reading
 * after the event that leaks, however small it is: a step, an evaluation, a procedure's phase. Length proves nothing more than that
 * each of these has come again, several times, after the reading that later ones are compared with. Models of a procedure
 * with phases train until these have; the others only step and evaluate. What a model could leave behind outside of
 * kernels and procedures are tensors, which `registry.test.ts`, `everyModel.test.ts` and `tests/replay.test.ts` count for every
 * model. `all` trains each for a thousand steps, as people do.
 */
export function runLengths(): readonly (readonly [id: string, length: RunLength])[] {
  if (asked === 'all') return models.map((model) => [model.id, THOUSAND]);
  const those = representatives();
  return those.map((model) => [model.id, procedureOf(model) === standard.id ? SHORT : LONG]);
}
