/** The client and the backend, before the page's own code is there; then the page. */
import './styles/tokens.css';
import './styles/base.css';
import { createWorkerClient } from '../workers/client';

/** Asks for the backend that the address names, fetches the page and draws it. */
export async function begin(): Promise<void> {
  const client = createWorkerClient();
  // The backend opens while the page's own code is still being fetched.
  const asked = new URLSearchParams(location.search).get('backend');
  const backend = asked === 'webgpu' || asked === 'wasm' || asked === 'cpu' ? asked : 'auto';
  const opened = client.backendInfo(backend).catch(() => null); // an error comes again, with its sentence, from `train`

  const { start } = await import('./start');
  start(client, opened);
}
