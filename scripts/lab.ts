/** The lab without a browser: `npm run -s lab -- train | list | inspect | simulate`. Same code as the page. */
import { enableProdMode } from '@tensorflow/tfjs-core';
import { runCommand } from './lab/command';

// tfjs greets every Node process on stderr, which is kept for errors.
enableProdMode();

// WASM threads would keep the process open, so it is ended; what a pipe has not taken yet is waited for.
void runCommand(process.argv.slice(2)).then((code) => process.stdout.write('', () => process.exit(code)));
