import { expect, it } from 'vitest';
import { WORLDS } from '../../../data/simulate';
import { models } from '../../../models/registry';
import { simulationOfId } from '../../../training/simulatedId';
import { proposedFor } from './proposed';

it('proposes to every paper’s model the world of its cause and the twin of its data, both simulated by their id', () => {
  const papers = models.filter(({ family }) => family === 'paper');
  expect(papers).toHaveLength(WORLDS.length);
  for (const { id } of papers) {
    const [world, twin, ...more] = proposedFor(id);
    expect(more).toEqual([]);
    expect(world?.id).toBe(WORLDS.find(({ cause }) => cause?.paper === id)?.id);
    for (const one of [world, twin]) {
      expect(simulationOfId(one!.id)).toMatchObject({ size: 'small', seed: 1, knobs: {} });
      expect(one!.title).toContain('simulated');
    }
  }
});

it('proposes nothing to a model that is no paper’s', () => {
  expect(proposedFor('mmoe')).toEqual([]);
});
