/** Entry of the worker that writes runs, so that the one that trains does not wait for it. */
import * as Comlink from 'comlink';
import { openRunWriting } from './runWriting';
import { changesChannel, Storage } from './storage';
import type { RunWriter } from './runKeeper';

const storage = new Storage();
const channel = new BroadcastChannel(changesChannel(storage));
const { write, keepProgress } = openRunWriting(storage, () => channel.postMessage('changed'));
Comlink.expose({ put: (record, some = {}) => write(record, some), keepProgress } satisfies RunWriter);
