/** Versions that a run's numbers may depend on. */
import { version_core } from '@tensorflow/tfjs-core';

export const versions: Readonly<Record<string, string>> = { scenarium: '0.1.0', tfjs: version_core };
