export { parseCatalogue, type Catalogue } from './catalogue';
export { readDataset } from './read';
export { writeDataset } from './write';
