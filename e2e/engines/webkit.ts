/** WebKitGTK's small browser by WebDriver (W3C), on a screen that nobody sees. */
import { Program, freePort, installed } from './processes';
import type { Engine } from './engine';

const folders = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/libexec'];
const versions = ['webkit2gtk-4.1', 'webkitgtk-6.0', 'webkit2gtk-4.0'];

const driver = installed('/usr/bin/WebKitWebDriver');
const screen = installed('/usr/bin/Xvfb');
const browser = installed(
  ...folders.flatMap((folder) => versions.map((version) => `${folder}/${version}/MiniBrowser`)),
);

/** Whether driver, browser and screen are all there. */
export const webkitInstalled = driver !== null && screen !== null && browser !== null;

async function send<T>(address: string, method: 'POST' | 'DELETE', body?: object): Promise<T> {
  const response = await fetch(address, { method, body: body && JSON.stringify(body) });
  const { value } = (await response.json()) as { value: T & { message?: string } };
  if (!response.ok) throw new Error(`${address}: ${value.message}`);
  return value;
}

export async function openWebkit(): Promise<Engine> {
  if (!driver || !screen || !browser) throw new Error('WebKitGTK is not installed.');
  const programs: Program[] = [];
  const close = async () => {
    for (const program of programs.reverse()) await program.end();
  };
  try {
    const display = new Program(screen, [
      '-displayfd',
      '1',
      '-screen',
      '0',
      '1280x720x24',
      '-nolisten',
      'tcp',
    ]);
    programs.push(display);
    const number = await display.hear(/^(\d+)\n/m);
    const port = await freePort();
    programs.push(
      new Program(driver, [`--port=${port}`], {
        DISPLAY: `:${number}`,
        // Namespaces of its own are not to be had in a container, nor is a graphics card.
        WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
        WEBKIT_DISABLE_DMABUF_RENDERER: '1',
        LIBGL_ALWAYS_SOFTWARE: '1',
      }),
    );
    const home = `http://127.0.0.1:${port}/session`;
    const alwaysMatch = { 'webkitgtk:browserOptions': { binary: browser, args: ['--automation'] } };
    const started = async () => {
      for (let attempt = 0; ; attempt++) {
        try {
          return await send<{ sessionId: string }>(home, 'POST', { capabilities: { alwaysMatch } });
        } catch (error) {
          // The driver says nothing when it listens.
          if (attempt === 100 || !(error instanceof TypeError)) throw error;
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
    };
    const session = `${home}/${(await started()).sessionId}`;
    return {
      problems: [],
      open: (url) => send(`${session}/url`, 'POST', { url }),
      async read<T>(expression: string) {
        const script = `return JSON.stringify(${expression})`;
        return JSON.parse(await send<string>(`${session}/execute/sync`, 'POST', { script, args: [] })) as T;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
