/** The client and the backend, before the page's own code is there; then the page. */
import './styles/tokens.css';
import './styles/base.css';
import { createWorkerClient } from '../workers/client';
import type * as Page from './start';

/** Asks for the backend that the address names, and draws the page once it is there. */
export async function begin(page: Promise<typeof Page>): Promise<void> {
  const client = createWorkerClient();
  // The backend opens while the page's own code is still being fetched.
  const asked = new URLSearchParams(location.search).get('backend');
  const backend = asked === 'webgpu' || asked === 'wasm' || asked === 'cpu' ? asked : 'auto';
  const opened = client.backendInfo(backend).catch(() => null); // an error comes again, with its sentence, from `train`

  const { start } = await page;
  start(client, opened);
}
