/**
 * Lets WebAssembly fuse a multiplication and an addition, as browsers do: without it Node 20 rounds in between, and a cell that is
 * trained again in a browser differs in the last digits. Must be loaded before a backend is opened.
 */
import { setFlagsFromString } from 'node:v8';

const [major = 0] = process.versions.node.split('.').map(Number);
// Later versions have it without asking, and may not know the flag.
if (major < 22) setFlagsFromString('--experimental-wasm-relaxed-simd');
