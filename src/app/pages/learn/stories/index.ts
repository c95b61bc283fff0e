import type { StoryId } from '../../../store/learnView';
import type { Story } from '../story';
import { aread } from './aread';
import { causalint } from './causalint';
import { mscan } from './mscan';
import { optmsm } from './optmsm';
import { sarnet } from './sarnet';
import { scenarios } from './scenarios';

/** All stories, in the order of the list. */
export const stories: readonly Story[] = [scenarios, sarnet, causalint, optmsm, mscan, aread];

export function storyOf(id: StoryId): Story {
  const found = stories.find((story) => story.id === id);
  if (!found) throw new Error(`There is no story ${id}.`);
  return found;
}
