/** The PyTorch package (`python/`) as text, for the zip of a run: a part of its own, fetched when a run is taken along. */

const modules = import.meta.glob<string>(
  [
    '../../../python/scenarium/**/*.py',
    '../../../python/scenarium/**/*.json',
    '../../../python/pyproject.toml',
  ],
  { query: '?raw', import: 'default', eager: true },
);

/** Files by their path below `python/`. */
export const packageSources: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(modules).map(([path, text]) => [path.replace('../../../python/', ''), text]),
);
