import { describe, expect, it } from 'vitest';
import { models } from '../../models/registry';
import { parseSetup } from '../../training/parseSetup';
import { defaultSetup, presetSettings } from '../../training/setup';
import { addressOf, openAddress } from './address';
import { wholeReproduceView } from './reproduceView';
import { listOfStories } from './learnView';
import { pages, useSetup } from './setup';

describe('the address', () => {
  it('of the default names its dataset alone; an empty one is a first visit’s, in a cause world', () => {
    const plain = addressOf({ page: 'lab', setup: defaultSetup(), preset: 'browser', tab: null });
    expect(plain).toBe(`?dataset=${defaultSetup().dataset}`);
    expect(openAddress(plain).setup).toEqual(defaultSetup());
    for (const nothing of ['', '?']) {
      const first = openAddress(nothing);
      expect(first.setup).toEqual({ ...defaultSetup(), dataset: 'conflict-4' });
      expect(openAddress(addressOf(first)).setup).toEqual(first.setup);
    }
  });

  it.each(models.map((model) => model.id))('brings %s back with page, tab, preset and settings', (model) => {
    for (const page of pages) {
      const setup = {
        ...defaultSetup(),
        model,
        settings: presetSettings(model, 'tiny'),
        dataset: 'travel-20',
        seed: 9,
        backend: 'cpu' as const,
      };
      const opened = openAddress(addressOf({ page, setup, preset: 'tiny', tab: 'gates' }));
      expect(opened.problems).toEqual([]);
      expect({ ...opened, autostart: undefined, problems: undefined }).toEqual({
        page,
        setup,
        preset: 'tiny',
        tab: 'gates',
        autostart: undefined,
        reproduce: wholeReproduceView,
        learn: listOfStories,
        embed: null,
        picture: null,
        pinned: null,
        chosen: [],
        trace: false,
        problems: undefined,
      });
    }
  });

  it('that asks for an unknown page opens the lab and says so', () => {
    const opened = openAddress('?page=nowhere&autostart=1');
    expect(opened.page).toBe('lab');
    expect(opened.autostart).toBe(true);
    expect(opened.problems.join(' ')).toContain('nowhere');
  });

  it('of the Compare page names the chosen runs, and comes back to them; what is no identity is dropped', () => {
    const chosen = ['0b-1', 'run_2'];
    const state = { page: 'compare', setup: defaultSetup(), preset: 'browser', tab: null, chosen } as const;
    expect(openAddress(addressOf(state)).chosen).toEqual(chosen);
    expect(openAddress(addressOf({ ...state, pinned: 'run_2' })).pinned).toBe('run_2');
    expect(openAddress('?page=compare&pin=<b>').pinned).toBeNull();
    const led = { ...state, page: 'lab', tab: 'masks', picture: 'mask-pair' } as const;
    expect(openAddress(addressOf(led))).toMatchObject({ tab: 'masks', picture: 'mask-pair' });
    expect(addressOf({ ...state, page: 'lab' })).not.toContain('runs');
    expect(openAddress('?page=compare&runs=a,a,<b>,').chosen).toEqual(['a']);
  });

  it('may ask for the operations of a step', () => {
    const opened = openAddress('?trace=1');
    expect(opened.trace).toBe(true);
    expect(opened.problems).toEqual([]);
    expect(addressOf(opened)).toBe('?dataset=aliccp-3');
  });

  it('that asks for an unknown picture drops it and says which there are', () => {
    const opened = openAddress('?tab=gatez&seed=3');
    expect(opened.tab).toBeNull();
    expect(opened.setup.seed).toBe(3);
    expect(opened.problems).toEqual([expect.stringMatching(/"gatez".*gates, masks/)]);
    expect(addressOf(opened)).toBe('?seed=3');
  });
});

describe('choosing', () => {
  it('a model takes that model’s settings under the present preset and leaves the rest', () => {
    useSetup.setState({ setup: parseSetup({ ...defaultSetup(), seed: 5 }), preset: 'tiny' });
    const other = models.find((model) => model.id !== defaultSetup().model)!;
    useSetup.getState().chooseModel(other.id);
    const { setup } = useSetup.getState();
    expect(setup.seed).toBe(5);
    expect(setup.settings).toEqual(presetSettings(other.id, 'tiny'));
  });
});
