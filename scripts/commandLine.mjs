/** Command lines of the scripts: what is wrong with one is said in one sentence, and the script ends with exit code 2. */
// The whole module: one without parseArgs must get as far as being told that Node is too old.
import util from 'node:util';

/**
 * @param {string} sentence says what to do
 * @returns {never}
 */
export function refuse(sentence) {
  console.error(sentence);
  process.exit(2);
}

/**
 * `parseArgs` of node:util, refusing what it does not know.
 * @template {import('node:util').ParseArgsConfig} T
 * @param {T} config
 * @returns {ReturnType<typeof util.parseArgs<T>>}
 */
export function parseCommandLine(config) {
  try {
    return util.parseArgs(config);
  } catch (error) {
    const options = Object.keys(config.options ?? {}).map((name) => `--${name}`);
    const wrong = error instanceof Error ? error.message.split(/[.\n]/)[0] : String(error);
    return refuse(
      `${wrong}; ${options.length === 0 ? 'no options are taken' : `options are ${options.join(', ')}`}.`,
    );
  }
}

/**
 * Names of an option that takes several with commas between; undefined where it was not given.
 * @param {string} option with its dashes
 * @param {string | undefined} given
 * @param {(sentence: string) => never} fail
 * @returns {string[] | undefined}
 */
export function listed(option, given, fail = refuse) {
  const names = given?.split(',').map((name) => name.trim());
  if (names?.includes(''))
    fail(
      `${option} takes names with commas between, none of them empty, not "${given}"; leave it out for the usual ones.`,
    );
  return names;
}

/**
 * Refuses names that are not known.
 * @param {string} what one of them, such as `model`
 * @param {readonly string[]} asked
 * @param {readonly string[]} known
 */
export function expectKnown(what, asked, known) {
  const unknown = asked.filter((name) => !known.includes(name));
  const said = unknown.map((name) => name || '""').join(', ');
  if (unknown.length > 0) refuse(`There is no ${what} ${said}; known are ${known.join(', ')}.`);
}

/**
 * Refuses what is no whole number above 0.
 * @param {string} option with its dashes
 * @param {string | undefined} given
 * @returns {number}
 */
export function wholeNumber(option, given) {
  const number = Number(given);
  if (!given || !Number.isInteger(number) || number < 1)
    refuse(`${option} takes a whole number above 0, not "${given ?? ''}".`);
  return number;
}
