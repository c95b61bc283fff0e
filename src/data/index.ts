/** What other folders need of this one. `import/` has an entry of its own, contracts and splits are imported by file. */
export * from './format';
export * from './simulate';
