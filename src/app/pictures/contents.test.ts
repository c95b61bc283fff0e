// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import type { ProbeSpec } from '../../models/definition';
import { findModel } from '../../models/registry';
import { pictures } from '.';
import { tabContents } from './contents';
import { picture, probeNamed } from './picture';
import { tabOf } from './tabs';

const probe = (name: string, topic: string, source?: ProbeSpec['source']): ProbeSpec => ({
  name,
  topic,
  title: name,
  reading: '',
  equation: '',
  axes: [{ name: 'scenario' }],
  scale: 'value',
  source,
});

/** Tab by tab: the pictures’ ids, then the probes that are drawn generically. */
function contents(probes: readonly ProbeSpec[], list = pictures, model = findModel('mix')) {
  return Object.fromEntries(
    tabContents(list, { probes, model }).map((one) => [
      one.tab,
      [...one.pictures.map(({ id }) => id), ...one.probes.map(({ name }) => `probe ${name}`)],
    ]),
  );
}

describe('what a run fills', () => {
  it('is nothing without probes and without a graph', () => {
    expect(contents([])).toEqual({});
  });

  it('are its own pictures first, then each probe that none of them shows', () => {
    expect(
      contents([
        probe('gates', 'gates'),
        probe('masks', 'masks'),
        probe('votes', 'counterfactual'),
        probe('fairness', 'fairness'),
        probe('fairnessRecovery', 'fairness'),
        probe('fairnessByItem', 'fairness'),
        probe('scenarioGradient', 'conflict'),
      ]),
    ).toEqual({
      gates: ['probe gates'],
      masks: ['masks', 'probe masks'],
      counterfactual: ['votes'],
      conflict: ['conflict', 'projection'],
      fairness: ['fairness', 'probe fairnessByItem'],
      whatif: ['whatif'],
      model: ['model'],
    });
  });

  it('is a graph without any probe', () => {
    expect(contents([], pictures, findModel('causalint'))).toEqual({ graph: ['causal-graph'] });
  });

  it('draws vectors of single rows in the picture of them alone', () => {
    expect(contents([probe('lastLayer', 'representation', 'rows')])).toEqual({
      representation: ['representation'],
      whatif: ['whatif'],
      model: ['model'],
    });
    expect(contents([probe('lastLayer', 'representation', 'rows')], [])).toEqual({});
  });

  it('has a tab for a topic that nobody described, after those that are', () => {
    const offered = contents([probe('edges', 'routing'), probe('masks', 'masks')]);
    expect(Object.keys(offered)).toEqual(['masks', 'whatif', 'model', 'routing']);
    expect(offered['routing']).toEqual(['probe edges']);
    expect(tabOf('routing').label).toBe('Routing');
  });

  it('takes a new picture from the list alone', () => {
    const edges = picture({
      id: 'edges',
      tab: 'routing',
      replaces: ['edges'],
      accepts: probeNamed('edges'),
      Component: () => null,
    });
    expect(contents([probe('edges', 'routing')], [...pictures, edges])).toEqual({
      whatif: ['whatif'],
      model: ['model'],
      routing: ['edges'],
    });
  });
});

it('pictures have names of their own', () => {
  const ids = pictures.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
