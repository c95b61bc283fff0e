/** Starts the worker that trains before any other code is fetched, then the page. */
import { startTrainingAhead } from '../workers/starting';
import { isolation } from './offline/register';

await isolation();
// It takes longest to be ready, and all that the page is made of is fetched and compiled meanwhile.
startTrainingAhead();
// Both at once; what fails of the page is met where it is waited for.
const page = import('./start');
page.catch(() => undefined);
const { begin } = await import('./begin');
await begin(page);
