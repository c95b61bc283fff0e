// @vitest-environment jsdom
import { act, cleanup, render } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createWorkerClient } from '../../../workers/client';
import { useCatalogue } from '../../store/catalogue';
import { RunActions, RunActionsProvider } from '../../store/runActions';
import { useSetup } from '../../store/setup';
import { DatasetPicker } from './DatasetPicker';

beforeEach(() => {
  vi.useFakeTimers();
  useCatalogue.setState({ entries: null });
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

/** The picker beside a run that is being built, or none. */
function open(building: boolean) {
  const client = createWorkerClient();
  const catalogue = vi.spyOn(client, 'catalogue').mockResolvedValue([]);
  const actions = new RunActions(client);
  if (building) actions.current.begin(useSetup.getState().setup, '');
  render(
    <RunActionsProvider value={actions}>
      <DatasetPicker />
    </RunActionsProvider>,
  );
  return { actions, catalogue };
}

const wait = (milliseconds: number) => act(() => vi.advanceTimersByTimeAsync(milliseconds));

it('asks for the list of datasets at once', async () => {
  const { catalogue } = open(false);
  await wait(0);
  expect(catalogue).toHaveBeenCalledTimes(1);
});

it('leaves the cores to a run that is being built, for two seconds', async () => {
  const { catalogue } = open(true);
  await wait(1_900);
  expect(catalogue).not.toHaveBeenCalled();
  await wait(200);
  expect(catalogue).toHaveBeenCalledTimes(1);
});

it('no longer than the run waits for its first figures', async () => {
  const { actions, catalogue } = open(true);
  await wait(500);
  act(() => actions.current.fail('It could not be built.'));
  await wait(0);
  expect(catalogue).toHaveBeenCalledTimes(1);
});
