/** A real Chromium with a profile of its own that can be killed with all its processes at any moment. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import type { Page } from '@playwright/test';

const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--no-first-run',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-extensions',
  '--disable-crash-reporter',
  '--remote-debugging-port=0',
];
const START_MS = 60_000;

export interface KillableBrowser {
  readonly page: Page;
  /** Ends every process of it at once, as the system does when memory runs out or the power goes. */
  kill(): Promise<void>;
}

function executable(): string {
  const known = [
    process.env['CHROMIUM_PATH'],
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    chromium.executablePath(),
  ];
  const found = known.find((path) => path !== undefined && existsSync(path));
  if (found === undefined)
    throw new Error('There is no Chromium here; run "npm test" once, which installs one.');
  return found;
}

/** Opens a browser on what an earlier one of the same profile left behind. */
export async function openBrowser(profile: string): Promise<KillableBrowser> {
  // A killed browser leaves its lock behind.
  for (const lock of ['SingletonLock', 'SingletonCookie', 'SingletonSocket'])
    await rm(join(profile, lock), { force: true });
  const child = spawn(executable(), [...FLAGS, `--user-data-dir=${profile}`, 'about:blank'], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const kill = async (): Promise<void> => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // it has ended by itself
    }
    await ended;
  };
  try {
    const address = await new Promise<string>((resolve, reject) => {
      let said = '';
      const late = setTimeout(
        () => reject(new Error(`Chromium did not start: ${said.slice(-500)}`)),
        START_MS,
      );
      child.stderr.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        const found = /DevTools listening on (ws:\S+)/.exec(said);
        if (!found) return;
        clearTimeout(late);
        resolve(found[1]!);
      });
    });
    const browser = await chromium.connectOverCDP(address);
    const context = browser.contexts()[0]!;
    const page = context.pages()[0] ?? (await context.newPage());
    return { page, kill };
  } catch (error) {
    await kill();
    throw error;
  }
}
