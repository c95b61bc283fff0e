import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { stories, storyOf } from '../../src/app/pages/learn/stories';
import type { StoredFlow } from '../../src/app/pages/learn/inside/flow';
import { flowAddress, flowOf } from './flowOf';

const stored = async (story: string): Promise<StoredFlow> =>
  JSON.parse(
    await readFile(new URL(`../../src/app/pages/learn/inside/flows/${story}.json`, import.meta.url), 'utf8'),
  ) as StoredFlow;

describe('stored rows of the stories', () => {
  it.each(stories.map((story) => [story.id, story] as const))(
    '%s is of the run that its story still describes',
    async (id, story) => {
      expect((await stored(id)).address).toBe(flowAddress(story));
    },
  );

  // One stands for all, whose numbers `npm run flows -- --check` compares: each takes seconds of training.
  it('come out the same to the last of six digits where a run is trained again', async () => {
    const flow = await flowOf(storyOf('mscan'));
    expect(flow).toEqual(await stored('mscan'));
  });
});
