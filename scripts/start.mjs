/** `npm start`: installs what is missing, builds, serves and prints the address. */
import { checkNode, ensurePackages, fail, run } from './setup.mjs';

checkNode();
ensurePackages();
if (run('npx', ['vite', 'build', '--logLevel', 'warn']) !== 0)
  fail('The page could not be built; the messages above say why.');
const { serve } = await import('./serve.mjs');
const { address } = await serve({ port: Number(process.env.PORT ?? 4173), isolation: true });
console.log(`\nScenarium is at ${address}   (stop with Ctrl+C)`);
