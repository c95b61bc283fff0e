/** `npm start`: installs what is missing, builds, serves and prints the address. */
import { parseCommandLine, wholeNumber } from './commandLine.mjs';
import { checkNode, ensurePackages, fail, run } from './setup.mjs';

checkNode();
parseCommandLine({ options: {} });
const port = wholeNumber('PORT', process.env.PORT ?? '4173');
ensurePackages();
if (run('npx', ['vite', 'build', '--logLevel', 'warn']) !== 0)
  fail('The page could not be built; the messages above say why.');
const { serve } = await import('./serve.mjs');
const { address } = await serve({ port, isolation: true });
console.log(`\nScenarium is at ${address}   (stop with Ctrl+C)`);
