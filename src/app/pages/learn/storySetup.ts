/** The small runs of a story: their set-ups, and the data at each dose. */
import { KNOBS } from '../../../data/simulate/knobs';
import { WORLDS } from '../../../data/simulate/worlds';
import type { ParsedSetup } from '../../../training/parseSetup';
import { parseSetup } from '../../../training/parseSetup';
import { setupFromParams } from '../../../training/setup';
import type { Story } from './story';

/** What all of them share: seconds on two cores, the last step's weights, nothing chosen by any rows. */
const SMALL: Readonly<Record<string, string>> = {
  embeddingDim: '8',
  learningRate: '0.02',
  batch: '256',
  steps: '120',
  evaluateEvery: '40',
  stopMetric: 'none',
};

export interface Doses {
  readonly knob: string;
  /** The knob's name in words, as a form of the simulator has it but in small letters, and what it is. */
  readonly name: string;
  readonly meaning: string;
  readonly values: readonly number[];
  /** The one that the world has by itself. */
  readonly own: number;
}

/** @throws Error where the story's world holds no cause */
export function dosesOf({ world }: Pick<Story, 'world'>): Doses {
  const twin = WORLDS.find(({ id }) => id === world);
  if (!twin?.cause) throw new Error(`The world ${world} has no dose.`);
  const own = Object.entries(twin.knobs).find(([name]) => name === twin.cause?.dose)?.[1] ?? 0;
  const { dose: knob, doses: values } = twin.cause;
  const known = KNOBS.find(({ name }) => name === knob);
  return { knob, name: (known?.label ?? knob).toLowerCase(), meaning: known?.meaning ?? '', values, own };
}

/** Id of the story's data at a dose. */
export function worldAt(story: Pick<Story, 'world'>, dose: number): string {
  const { knob, own } = dosesOf(story);
  return dose === own ? story.world : `${story.world}-${knob}${dose}`;
}

/**
 * The story's model with the paper's part, small enough to train at once.
 *
 * @param more parameters that differ from the story's, e.g. the seed
 * @throws Error with one sentence where a parameter cannot be taken
 */
export function storySetup(
  story: Story,
  dose: number,
  more: Readonly<Record<string, string>> = {},
): ParsedSetup {
  const { setup: own, by } = story.predict;
  const params = new URLSearchParams({ ...SMALL, ...own, dataset: worldAt(story, dose), ...more });
  const { setup, problems } = setupFromParams(params);
  if (problems.length > 0) throw new Error(problems.join(' '));
  return parseSetup({ ...setup, settings: { ...setup.settings, [by.name]: by.first } });
}
