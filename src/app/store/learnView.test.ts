import fc from 'fast-check';
import { expect, it } from 'vitest';
import { listOfStories, readLearnView, SCREENS, screenNamed, storyIds, writeLearnView } from './learnView';
import type { LearnView } from './learnView';

const views = fc.oneof(
  fc.constant(listOfStories),
  fc.record({
    story: fc.constantFrom(...storyIds),
    screen: fc.integer({ min: 1, max: SCREENS }),
    present: fc.boolean(),
  }),
);

function roundTrip(view: LearnView) {
  const params = new URLSearchParams();
  writeLearnView(view, params);
  return readLearnView(params);
}

it('the address brings every view back', () => {
  fc.assert(
    fc.property(views, (view) => {
      expect(roundTrip(view)).toEqual({ view, problems: [] });
    }),
  );
});

it('whatever the address says, there is a view, and one sentence for what could not be taken', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (story, screen) => {
      const { view, problems } = readLearnView(new URLSearchParams({ story, screen }));
      expect(view.screen).toBeGreaterThanOrEqual(1);
      expect(view.screen).toBeLessThanOrEqual(SCREENS);
      if (String(view.screen) !== screen)
        expect(problems.some((one) => one.includes('screens 1 to'))).toBe(true);
    }),
  );
  expect(readLearnView(new URLSearchParams('story=nobody')).problems[0]).toContain('nobody');
});

it('a screen has a short name', () => {
  expect(screenNamed('sarnet-2')).toEqual({ story: 'sarnet', screen: 2, present: false });
  for (const wrong of ['sarnet', 'sarnet-6', 'plan-1', 'auc']) expect(screenNamed(wrong)).toBeNull();
});
