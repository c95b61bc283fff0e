/** Entry of the worker that writes runs, so that the one that trains does not wait for it. */
import * as Comlink from 'comlink';
import { openRunStore } from './runStore';
import type { RunWriter } from './runKeeper';

const { put, keepProgress } = openRunStore();
Comlink.expose({ put, keepProgress } satisfies RunWriter);
