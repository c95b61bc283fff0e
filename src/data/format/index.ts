export { catalogueSchema, parseCatalogue, type Catalogue, type CatalogueEntry } from './catalogue';
export { fingerprintOf } from './fingerprint';
export { FORMAT, manifestSchema, parseManifest, type Manifest } from './manifest';
export { readDataset, type ReadOptions } from './read';
export { writeDataset, type WriteOptions } from './write';
