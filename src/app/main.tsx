/** Starts the worker before anything is drawn, then the page. */
import './styles/tokens.css';
import './styles/base.css';
import { createWorkerClient } from '../workers/client';
import { isolation } from './offline/register';

await isolation();
const client = createWorkerClient();
// The backend is what takes longest: it opens while the page's own code is still being fetched.
const asked = new URLSearchParams(location.search).get('backend');
const backend = asked === 'webgpu' || asked === 'wasm' || asked === 'cpu' ? asked : 'auto';
const opened = client.backendInfo(backend).catch(() => null); // an error comes again, with its sentence, from `train`

const { start } = await import('./start');
start(client, opened);
