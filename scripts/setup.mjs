/** Set-up shared by `npm start` and `npm test`: everything a machine with only Node and npm is missing. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs a command in the project, inheriting the terminal. @returns the exit code */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (result.error) console.error(`${command} could not be started: ${result.error.message}`);
  return result.status ?? 1;
}

/** The same without holding this process up. @returns the exit code, once it is known */
export function runBeside(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    child.on('error', (error) => console.error(`${command} could not be started: ${error.message}`));
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** Runs a command in the project and keeps what it prints. @returns exit code and output, both streams in order */
export function runQuietly(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.on('error', (error) =>
      chunks.push(Buffer.from(`${command} could not be started: ${error.message}`)),
    );
    child.on('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString() }));
  });
}

/** Ends the process with one sentence. */
export function fail(sentence, code = 1) {
  console.error(sentence);
  process.exit(code);
}

/** @throws ends the process when Node is too old for the build */
export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const enough = major > 20 || (major === 20 && minor >= 19);
  if (!enough) fail(`Node ${process.versions.node} is too old; install Node 20.19 or newer.`, 2);
}

/** Installs packages where node_modules is missing or older than the lockfile. */
export function ensurePackages() {
  const lock = `${root}package-lock.json`;
  const mark = `${root}node_modules/.package-lock.json`;
  if (existsSync(mark) && statSync(mark).mtimeMs >= statSync(lock).mtimeMs) return;
  if (existsSync(mark) && samePackages(lock, mark)) return;
  console.log('Installing packages …');
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  if (run('npm', ['ci', '--prefer-online', ...quiet]) === 0) return;
  // A registry that lags behind the lockfile may still hold versions that fit package.json.
  console.log('The locked versions could not be installed; trying the ones that package.json allows …');
  if (run('npm', ['install', '--no-package-lock', '--prefer-online', ...quiet]) !== 0) {
    fail('npm could not install the packages; check the network and try again.');
  }
}

/** A checkout newer than node_modules need not mean other packages. */
function samePackages(lock, mark) {
  const versions = (file) =>
    JSON.stringify(
      Object.entries(JSON.parse(readFileSync(file, 'utf8')).packages ?? {})
        .filter(([path, entry]) => path !== '' && !entry.optional && !entry.devOptional)
        .map(([path, entry]) => `${path}@${entry.version}`)
        .sort(),
    );
  return versions(lock) === versions(mark);
}

const knownBrowsers = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Path of a Chromium: `CHROMIUM_PATH`, an installed one, Playwright's own, or null. */
async function findChromium() {
  const named = process.env.CHROMIUM_PATH;
  if (named) {
    if (!existsSync(named)) fail(`CHROMIUM_PATH names ${named}, which does not exist.`, 2);
    return named;
  }
  const installed = knownBrowsers.find((path) => existsSync(path));
  if (installed) return installed;
  const { chromium } = await import('@playwright/test');
  const own = chromium.executablePath();
  return existsSync(own) ? own : null;
}

/** Finds a Chromium, else installs one: Playwright's, else Debian's package. @returns its path */
export async function ensureChromium() {
  const found = await findChromium();
  if (found) return found;
  console.log('Installing a Chromium for the browser tests …');
  run('npx', ['playwright', 'install', '--with-deps', 'chromium'], { timeout: 240_000 });
  const own = await findChromium();
  if (own) return own;
  installFromDebian('chromium');
  const packaged = await findChromium();
  if (packaged) return packaged;
  return fail('No Chromium was found or could be installed; install one and set CHROMIUM_PATH to its path.');
}

/** Installs Debian's packages where apt may, without asking. @returns whether it could */
function installFromDebian(...packages) {
  if (!existsSync('/usr/bin/apt-get')) return false;
  const [command, ...before] =
    process.getuid?.() === 0 ? ['apt-get'] : ['sudo', '--non-interactive', 'apt-get'];
  const apt = (...args) =>
    run(command, [...before, ...args], { stdio: ['ignore', 'ignore', 'inherit'], timeout: 240_000 }) === 0;
  return apt('update', '-qq') && apt('install', '-y', '-qq', ...packages);
}

/** What each browser beside Chromium needs, by Debian's names and where it then is. */
const otherBrowsers = {
  firefox: { packages: ['firefox-esr'], paths: [['/usr/bin/firefox-esr', '/usr/bin/firefox']] },
  webkit: {
    packages: ['webkit2gtk-driver', 'xvfb'],
    paths: [['/usr/bin/WebKitWebDriver'], ['/usr/bin/Xvfb']],
  },
};

/** Which browsers beside Chromium are here; what is missing is installed from Debian's packages where that may be done. */
export function ensureOtherBrowsers() {
  const present = ({ paths }) => paths.every((alternatives) => alternatives.some((path) => existsSync(path)));
  const missing = () => Object.keys(otherBrowsers).filter((name) => !present(otherBrowsers[name]));
  const wanted = missing().flatMap((name) => otherBrowsers[name].packages);
  if (wanted.length > 0) {
    console.log(`Installing ${wanted.join(', ')} for the tests in other browsers …`);
    installFromDebian(...wanted);
  }
  const without = missing();
  if (without.length > 0)
    console.log(
      `Not tested in ${without.join(' and ')}, which could not be installed here; install ${without.flatMap((name) => otherBrowsers[name].packages).join(' ')} to test there.`,
    );
  return Object.keys(otherBrowsers).filter((name) => !without.includes(name));
}
