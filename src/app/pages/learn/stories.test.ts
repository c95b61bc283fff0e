import { describe, expect, it } from 'vitest';
import { meaningOf } from '../../glossary/GlossaryTerm';
import { findModel } from '../../../models/registry';
import { CAUSAL_GRAPH } from '../../../data/simulate/graph';
import { storyIds } from '../../store/learnView';
import { claimsOf } from '../../../studies/claims';
import { judge } from './Exercises';
import { termsIn } from './Prose';
import { stories } from './stories';
import { dosesOf, storySetup, worldAt } from './storySetup';

it('there is a story for every name, the one before all papers first', () => {
  expect(stories.map(({ id }) => id)).toEqual([...storyIds]);
  expect(stories[0]!.paper).toBeNull();
});

describe.each(stories.map((story) => [story.id, story] as const))('the story %s', (_, story) => {
  it('marks only words that the glossary has', () => {
    const said = [...story.screens.flatMap(({ text }) => text), story.predict.atZero, story.predict.question];
    expect(said.flatMap(termsIn).filter((term) => meaningOf(term) === undefined)).toEqual([]);
  });

  it('is short enough to be read aloud', () => {
    for (const { text } of story.screens) expect(text.join(' ').split(/\s+/).length).toBeLessThan(190);
  });

  it('tells of arrows that its graph has, each of which a switch of the model answers', () => {
    const graph = story.paper === null ? CAUSAL_GRAPH : findModel(story.paper).graph!;
    const edges: readonly { readonly from: string; readonly to: string }[] = graph.edges;
    const known = edges.map(({ from, to }) => `${from}-${to}`);
    expect(Object.keys(story.graph.edges).filter((edge) => !known.includes(edge))).toEqual([]);
    expect(story.graph.edges[story.graph.lead]).toBeDefined();
    const paper = story.paper === null ? null : findModel(story.paper).graph;
    const mute = paper?.edges.filter(
      ({ from, to, setting }) => !setting && `${from}-${to}` in story.graph.edges,
    );
    expect(mute ?? []).toEqual([]);
  });

  it('has a small run at every dose, which differs in one switch', () => {
    const { values, own } = dosesOf(story);
    expect(values).toContain(0);
    expect(worldAt(story, own)).toBe(story.world);
    for (const dose of values) {
      const setup = storySetup(story, dose);
      const { name, first, second } = story.predict.by;
      expect(setup.settings[name]).toEqual(first);
      expect(setup.settings[name]).not.toEqual(second);
      expect(setup.dataset).toBe(worldAt(story, dose));
    }
  });

  it('tells of eight claims of its paper at most, none of them twice', () => {
    const known = story.paper === null ? [] : claimsOf(story.paper).claims.map(({ id }) => id);
    expect(story.claims.filter((id) => !known.includes(id))).toEqual([]);
    expect(new Set(story.claims).size).toBe(story.claims.length);
    expect(story.claims.length > 0).toBe(story.paper !== null);
    expect(story.claims.length).toBeLessThanOrEqual(8);
  });

  it('names its cause in words', () => {
    const { name, meaning } = dosesOf(story);
    expect(name).toMatch(/^[a-z]+( [a-z]+)*$/);
    expect(meaning.length).toBeGreaterThan(20);
  });

  it('has exercises whose answers are right, and whose other answers are not', () => {
    for (const exercise of story.exercises) {
      expect(judge(exercise, String(exercise.answer))).toBe(true);
      expect(judge(exercise, exercise.kind === 'choice' ? '' : 'many')).toBeNull();
      const wrong =
        exercise.kind === 'choice' ? (exercise.answer + 1) % exercise.options.length : exercise.answer + 1;
      expect(judge(exercise, String(wrong))).toBe(false);
    }
  });
});

it('an answer is read as people write it', () => {
  const exercise = { kind: 'number', question: '', answer: -0.4, within: 0.01, why: '' } as const;
  for (const text of ['-0.4', '−0,4', ' -.4 ', '-0.4 %']) expect(judge(exercise, text)).toBe(true);
});
