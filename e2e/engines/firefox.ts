/** Firefox by WebDriver BiDi (W3C), which it speaks without another program. */
import { WebSocket } from 'ws';
import { Program, installed } from './processes';
import type { Engine } from './engine';

export const firefoxPath = installed(process.env.FIREFOX_PATH, '/usr/bin/firefox-esr', '/usr/bin/firefox');

interface Message {
  readonly id?: number;
  readonly type: 'success' | 'error' | 'event';
  readonly result?: unknown;
  readonly message?: string;
  readonly params?: { readonly level?: string; readonly text?: string };
}

interface Evaluated {
  readonly type: 'success' | 'exception';
  readonly result?: { readonly value?: string };
  readonly exceptionDetails?: { readonly text: string };
}

/** Commands to one browser, answered by their numbers. */
class Connection {
  readonly problems: string[] = [];
  private readonly waiting = new Map<number, (message: Message) => void>();
  private sent = 0;

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (bytes: Buffer) => this.receive(JSON.parse(bytes.toString()) as Message));
  }

  static async to(address: string): Promise<Connection> {
    const socket = new WebSocket(address);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return new Connection(socket);
  }

  async send<T>(method: string, params: object): Promise<T> {
    const id = ++this.sent;
    const answer = new Promise<Message>((resolve) => this.waiting.set(id, resolve));
    this.socket.send(JSON.stringify({ id, method, params }));
    const { type, result, message } = await answer;
    if (type === 'error') throw new Error(`${method}: ${message}`);
    return result as T;
  }

  private receive(message: Message): void {
    if (message.id !== undefined) this.waiting.get(message.id)?.(message);
    else if (message.params?.level === 'error') this.problems.push(message.params.text ?? '');
  }
}

export async function openFirefox(path: string): Promise<Engine> {
  const options = ['--headless', '--no-remote', '--remote-debugging-port=0', '--profile', 'FOLDER'];
  const program = new Program(path, options, { MOZ_DISABLE_AUTO_SAFE_MODE: '1' });
  try {
    const address = await program.hear(/WebDriver BiDi listening on (ws:\S+)/);
    const browser = await Connection.to(`${address}/session`);
    await browser.send('session.new', { capabilities: {} });
    await browser.send('session.subscribe', { events: ['log.entryAdded'] });
    const { contexts } = await browser.send<{ contexts: { context: string }[] }>(
      'browsingContext.getTree',
      {},
    );
    const context = contexts[0]?.context;
    return {
      problems: browser.problems,
      open: (url) => browser.send('browsingContext.navigate', { context, url, wait: 'complete' }),
      async read<T>(expression: string) {
        const { result, exceptionDetails } = await browser.send<Evaluated>('script.evaluate', {
          expression: `(async () => JSON.stringify(await (${expression})))()`,
          target: { context },
          awaitPromise: true,
        });
        if (result?.value === undefined) throw new Error(`${expression}: ${exceptionDetails?.text}`);
        return JSON.parse(result.value) as T;
      },
      close: () => program.end(),
    };
  } catch (error) {
    await program.end();
    throw error;
  }
}
