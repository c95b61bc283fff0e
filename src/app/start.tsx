import type { BackendInfo } from '../engine';
import { createRoot } from 'react-dom/client';
import type { WorkerClient } from '../workers/client';
import { App } from './App';
import { preloadCharts } from './charts/LineFrame';
import { RunActions, RunActionsProvider } from './store/runActions';
import { startQueueRunner } from './store/queueRunner';
import { followBeside } from './beside/besideStore';
import { printSteps } from './printSteps';
import { keepForOffline } from './offline/register';
import { followAblations } from './store/ablations';
import { takeOverEarlier } from './store/earlierStorage';
import { followStorageHealth } from './store/storageHealth';
import { followPins } from './store/pins';
import { followQueue } from './store/queue';
import { openAddress } from './store/address';
import { useSetup } from './store/setup';
import { report, useNotices } from './store/notices';
import { followRuns, useRuns } from './store/runs';

/** So many sentences are read at once; the form shows what the rest became. */
const MOST_PROBLEMS = 4;

/** Null where a browser refuses it (private windows of some). */
function earlierStorage(): globalThis.Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

/** The queue and what belongs to it, read before any of it is trained. */
async function followMade(actions: RunActions): Promise<void> {
  const { values } = actions.client;
  await takeOverEarlier(values, earlierStorage());
  await followQueue(values);
  await followAblations(values);
  await followBeside(values).catch(report);
  startQueueRunner(actions);
}

/** Fetches what draws curves: beside the first steps, where a run is being built, which needs both cores. */
function fetchCharts({ current }: RunActions): void {
  if (current.state !== 'compiling') return preloadCharts();
  const stop = current.subscribe(() => {
    if (current.state === 'compiling') return;
    stop();
    preloadCharts();
  });
}

/** Reads the address, asks the worker to get ready, and draws the page. */
export function start(client: WorkerClient, opened: Promise<BackendInfo | null>): void {
  const opening = openAddress(location.search);
  const { page, setup, preset, tab, picture, learn, embed, reproduce, chosen, pinned } = opening;
  useSetup.setState({ page, setup, preset, tab, picture, learn, embed, reproduce, chosen });
  if (pinned !== null) useSetup.setState({ pinned });
  const actions = new RunActions(client);
  void opened.then((backend) => backend && actions.current.meet(backend));
  if (opening.trace) printSteps(actions);
  if (opening.autostart) void actions.train();
  else client.prepare(opening.setup).catch(() => undefined); // an error comes again, with its sentence, from `train`
  if (opening.problems.length > 0) {
    const said = opening.problems.slice(0, MOST_PROBLEMS);
    const more = opening.problems.length - said.length;
    if (more > 0) said.push(`And ${more} more of the address could not be taken.`);
    useNotices.getState().tell('error', said.join(' '));
  }

  const root = document.getElementById('root');
  if (!root) throw new Error('index.html has no #root.');
  createRoot(root).render(
    <RunActionsProvider value={actions}>
      <App />
    </RunActionsProvider>,
  );
  followRuns(client.runs);
  useRuns.subscribe(({ list }) => {
    const kept = list?.find(({ id }) => id === actions.current.id);
    if (kept) actions.current.rename(kept.name);
  });
  followStorageHealth(client);
  void followMade(actions).catch(report);
  void followPins(client.values).catch(report);
  fetchCharts(actions);
  keepForOffline();
}
