/** The service worker: it keeps the page for times without a network, and adds the headers that a host does not send. */
import { scriptAddress } from '../../engine/scriptAddress';

/** Milliseconds after opening: the page's own files and the first training go first. */
const LATER = 6_000;
/** Milliseconds that a page without threads waits for the service worker before it goes on without. */
const PATIENCE = 3_000;
/** Marks that this tab asked once. */
const ASKED = 'scenarium-isolation';

const available = (): boolean => import.meta.env.PROD && 'serviceWorker' in navigator;

const register = (): Promise<ServiceWorkerRegistration> =>
  navigator.serviceWorker.register(scriptAddress('sw.js'));

/** Asks the browser to keep the page for times without a network. A browser that can't or won't loses nothing else. */
export function keepForOffline(): void {
  if (!available()) return;
  const keep = async () => {
    await register();
    const { active } = await navigator.serviceWorker.ready;
    active?.postMessage('keep');
  };
  setTimeout(() => void keep().catch(() => undefined), LATER);
}

/** Whether the service worker came to serve this page. */
async function served(): Promise<boolean> {
  await register();
  if (navigator.serviceWorker.controller) return true;
  return new Promise((resolve) => {
    navigator.serviceWorker.addEventListener('controllerchange', () => resolve(true), { once: true });
    setTimeout(() => resolve(false), PATIENCE);
  });
}

/**
 * Resolves when the page may start. On a host that sends no isolation headers the page is opened again, once, through the
 * service worker, which adds them: before anything was begun, and only then can WebAssembly use threads.
 */
export async function isolation(): Promise<void> {
  // A page that the service worker served is as isolated as this browser makes it.
  if (window.crossOriginIsolated || !available() || navigator.serviceWorker.controller) return;
  try {
    if (sessionStorage.getItem(ASKED)) return;
    sessionStorage.setItem(ASKED, '1');
    if (!(await served())) return;
  } catch {
    return; // No service worker or no storage here: one thread.
  }
  location.reload();
  await new Promise(() => undefined);
}
