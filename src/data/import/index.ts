/** Import of a person's own files: see README.md. */
export { buildDataset } from './build';
export type { FileLike } from './bytes';
export type { Notice, ProblemCode } from './errors';
export { inspectFile, type Inspection } from './inspect';
export { parseMapping, type Mapping } from './mapping';
export type { ImportProgress } from './options';
export { TableOnce } from './tableOnce';
