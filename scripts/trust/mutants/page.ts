/** A page for pictures in a process that has none; imported before anything of `src/app`. */
import { JSDOM } from 'jsdom';

const { window } = new JSDOM('', { url: 'https://lab.example/' });
const { document, navigator, localStorage, location, history } = window;
const matchMedia = () => ({
  matches: false,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
});
for (const [name, value] of Object.entries({
  window,
  document,
  navigator,
  localStorage,
  location,
  history,
  matchMedia,
}))
  Object.defineProperty(globalThis, name, { value, configurable: true });
Object.defineProperty(window, 'matchMedia', { value: matchMedia });
