// @vitest-environment jsdom
import { cleanup, render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { emptyRecord } from '../../../../tests/support/emptyRecord';
import { findModel } from '../../../models/registry';
import { defaultSetup, presetSettings } from '../../../training/setup';
import { parseSetup } from '../../../training/parseSetup';
import type { ParsedSetup } from '../../../training/parseSetup';
import { CurrentRun } from '../../store/currentRun';
import { viewOfRecord } from '../../store/runView';
import type { RunView } from '../../store/runView';
import { useSetup } from '../../store/setup';
import { causalGraph } from './CausalGraphFigure';

const model = findModel('causalint');

function setupOf(invar: boolean): ParsedSetup {
  return parseSetup({
    ...defaultSetup(),
    model: model.id,
    settings: { ...presetSettings(model.id, 'tiny'), invar },
  });
}

const keptRun = (invar: boolean): RunView =>
  viewOfRecord({ ...emptyRecord('kept'), status: 'done', setup: setupOf(invar) });

/** State of the edge that `invar` cuts, as the figure's table says it. */
function shown(view: RunView): string {
  const draw = causalGraph.accept({ probes: [], model });
  if (!draw) throw new Error('CausalInt has a graph.');
  render(draw(view));
  const row = within(screen.getByTestId('figure-causal-graph-data'))
    .getAllByRole('row', { hidden: true })
    .find((one) => within(one).queryByText('invar') !== null);
  return within(row!).getAllByRole('cell', { hidden: true }).at(-2)?.textContent ?? '';
}

beforeEach(() => {
  vi.stubGlobal(
    'matchMedia',
    () => ({ matches: false, addEventListener: () => undefined }) as unknown as MediaQueryList,
  );
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe('the causal graph', () => {
  it.each([true, false])('of a kept run has its own switches while MMoE is set up (invar %s)', (invar) => {
    useSetup.setState({
      setup: parseSetup({ ...defaultSetup(), model: 'mmoe', settings: presetSettings('mmoe', 'tiny') }),
    });
    expect(shown(keptRun(invar))).toBe(invar ? 'cut' : 'kept');
    expect(screen.queryAllByRole('switch')).toEqual([]);
  });

  it('of a kept run has its own switches while the same model is set up with others', () => {
    useSetup.setState({ setup: setupOf(true) });
    expect(shown(keptRun(false))).toBe('kept');
    expect(screen.queryAllByRole('switch')).toEqual([]);
  });

  it('of the current run is edited for the next one', () => {
    useSetup.setState({ setup: setupOf(false) });
    expect(shown(new CurrentRun(setupOf(true)).view())).toBe('kept');
    expect(screen.queryAllByRole('switch').length).toBeGreaterThan(0);
  });

  it('of the current run shows how that was trained once another model is chosen', () => {
    useSetup.setState({
      setup: parseSetup({ ...defaultSetup(), model: 'mmoe', settings: presetSettings('mmoe', 'tiny') }),
    });
    expect(shown(new CurrentRun(setupOf(true)).view())).toBe('cut');
  });
});
