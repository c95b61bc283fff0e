import { scriptAddress } from '../../engine/scriptAddress';

/** Milliseconds after opening: the page's own files and the first training go first. */
const LATER = 6_000;

/** Asks the browser to keep the page for times without a network. A browser that can't or won't loses nothing else. */
export function keepForOffline(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  const register = () => navigator.serviceWorker.register(scriptAddress('sw.js')).catch(() => undefined);
  setTimeout(() => void register(), LATER);
}
