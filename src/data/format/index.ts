export { parseCatalogue, type Catalogue } from './catalogue';
export { readDataset } from './read';
export { manifestOf, writeDataset } from './write';
