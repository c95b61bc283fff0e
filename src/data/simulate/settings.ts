import { z } from '../zod';
import { whatIsWrong } from '../zodMessages';
import { knobsSchema, turnKnobs } from './knobs';
import { makeWorld, type World } from './world';
import { SIZES, twinSchema } from './spec';
import { findTwin } from './twins';
import type { Dataset } from '../dataset';
import { shortened } from '../shortened';

/** Grows when the same settings would give other bytes, or have other names. */
export const GENERATOR_VERSION = 2;

/** Until the second generator, the share of opposed scenarios was called `conflict`, and nothing else bore that name. */
function fromFirst(settings: unknown): unknown {
  const first = z
    .looseObject({
      generator: z.literal(1),
      twin: z.looseObject({ knobs: z.looseObject({ conflict: z.number() }) }),
      knobs: z.looseObject({ conflict: z.number() }),
    })
    .safeParse(settings);
  if (!first.success) return settings;
  const renamed = ({ conflict, ...knobs }: { readonly conflict: number }) => ({
    ...knobs,
    opposition: conflict,
  });
  const { twin, knobs, ...rest } = first.data;
  return { ...rest, generator: 2, twin: { ...twin, knobs: renamed(twin.knobs) }, knobs: renamed(knobs) };
}

/** What is asked of the simulator; the same as the worker's `SimulateRequest`. */
const requestSchema = z.strictObject({
  twin: z.string(),
  size: z.enum(SIZES),
  seed: z.int().min(0).max(4_294_967_295),
  /** Knobs that differ from the twin's. */
  knobs: z.record(z.string(), z.number()),
});
export type SimulationRequest = z.infer<typeof requestSchema>;

/** What a simulated dataset's manifest keeps: enough to make its world again without its rows. */
const secondSettings = z.strictObject({
  generator: z.literal(GENERATOR_VERSION),
  /** The twin's whole specification: a later change of the catalogue can't change the meaning of a file. */
  twin: twinSchema,
  /** All knobs as used. */
  knobs: knobsSchema,
  /** Solved intercepts a_s of the click logit, one a scenario. */
  intercepts: z.array(z.number()),
});
export const settingsSchema = z.preprocess(fromFirst, secondSettings);
export type SimulationSettings = z.infer<typeof settingsSchema>;

/**
 * Checks a request and makes its world.
 * @throws RangeError with one sentence where twin, size, seed or a knob is wrong.
 */
export function worldOf(request: SimulationRequest): World {
  const checked = requestSchema.safeParse(request);
  if (!checked.success) {
    throw new RangeError(`The simulation cannot be made: ${whatIsWrong(checked.error)}.`);
  }
  const twin = findTwin(request.twin);
  return makeWorld(twin, twin.sizes[request.size], request.seed, turnKnobs(twin.knobs, request.knobs));
}

/**
 * The world of a simulated dataset, made again from its settings and seed, with its intercepts.
 * @throws RangeError where the dataset is not simulated or its settings are of another generator.
 */
export function worldOfDataset(source: Dataset['source']): { world: World; intercepts: readonly number[] } {
  if (source.kind !== 'simulated') {
    throw new RangeError('Only simulated data has a known truth; choose a simulated dataset.');
  }
  const settings = settingsSchema.safeParse(source.settings);
  if (!settings.success) {
    throw new RangeError(
      'The settings in this dataset are not of this simulator; simulate the dataset again.',
    );
  }
  const size = SIZES.find((name) => name === source.size);
  if (!size)
    throw new RangeError(`Size “${shortened(source.size)}” is unknown; choose one of ${SIZES.join(', ')}.`);
  const { twin, knobs, intercepts } = settings.data;
  return { world: makeWorld(twin, twin.sizes[size], source.seed, knobs), intercepts };
}
