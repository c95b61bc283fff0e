/** What the Learn page shows, as the address holds it. */
import { shortened } from '../../data/shortened';

export const storyIds = ['scenarios', 'sarnet', 'causalint', 'optmsm', 'mscan', 'aread'] as const;
export type StoryId = (typeof storyIds)[number];

/** Screens of a story. */
export const SCREENS = 5;

export interface LearnView {
  /** Null: the list of stories; `plan`: the plan of a lesson. */
  readonly story: StoryId | 'plan' | null;
  /** From 1. */
  readonly screen: number;
  /** Large type on dark, for a room. */
  readonly present: boolean;
}

export const listOfStories: LearnView = { story: null, screen: 1, present: false };

/** Names in the address. */
export const LEARN_KEYS = ['story', 'screen', 'present'] as const;

/** Reads the view out of parameters, with one sentence for each thing that cannot be taken. */
export function readLearnView(params: URLSearchParams): {
  readonly view: LearnView;
  readonly problems: readonly string[];
} {
  const problems: string[] = [];
  const asked = params.get('story');
  const story = ([...storyIds, 'plan'] as const).find((known) => known === asked) ?? null;
  if (asked !== null && story === null)
    problems.push(`There is no story "${shortened(asked)}"; stories are ${storyIds.join(', ')}.`);
  const wanted = params.get('screen');
  const screen = wanted !== null && /^\d{1,3}$/.test(wanted) ? Number(wanted) : 1;
  const possible = Math.min(SCREENS, Math.max(1, screen));
  if (wanted !== null && String(possible) !== wanted)
    problems.push(
      `A story has screens 1 to ${SCREENS}, not "${shortened(wanted)}"; this is screen ${possible}.`,
    );
  return { view: { story, screen: possible, present: params.get('present') === '1' }, problems };
}

/** Writes what differs from the list. */
export function writeLearnView({ story, screen, present }: LearnView, params: URLSearchParams): void {
  if (story === null) return;
  params.set('story', story);
  if (story !== 'plan' && screen !== 1) params.set('screen', String(screen));
  if (present) params.set('present', '1');
}

/** A screen of a story by its short name, `sarnet-2`; null where it is none. */
export function screenNamed(name: string): LearnView | null {
  const found = /^([a-z]+)-([1-5])$/.exec(name);
  const story = storyIds.find((known) => known === found?.[1]);
  return story ? { story, screen: Number(found?.[2]), present: false } : null;
}
