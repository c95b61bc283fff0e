/** What other rooms need of the data room. `import/` has an entry of its own, contracts and splits are imported by file. */
export * from './format';
export * from './simulate';
