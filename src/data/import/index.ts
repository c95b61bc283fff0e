/** Import of a person's own files: see README.md. */
export { buildDataset, buildFromTable, type BuildOptions, type BuiltDataset } from './build';
export type { FileLike, ImportSource } from './bytes';
export { ImportError, type Notice, type Place, type ProblemCode } from './errors';
export {
  inspectFile,
  inspectTable,
  type ColumnInspection,
  type InspectOptions,
  type Inspection,
} from './inspect';
export {
  importRoles,
  mappingSchema,
  parseMapping,
  sides,
  type ColumnMapping,
  type ImportRole,
  type Mapping,
  type Side,
} from './mapping';
export type { ImportProgress, ReadOptions, TextLayout } from './options';
export { findPreset, presets, type Preset } from './presets';
export { readTable } from './readTable';
export type { Table, TableFormat } from './table';
