import type { WorkerLike } from '../../src/workers/supervised';

/** A worker over a message channel in this process. Killing it is closing its ports: no event tells of it. */
export class LocalWorker {
  readonly like: WorkerLike;
  private readonly far: MessagePort;
  private readonly errors: ((event: Event) => void)[] = [];
  ended = false;

  constructor(expose: (port: MessagePort) => void) {
    const { port1, port2 } = new MessageChannel();
    this.far = port2;
    expose(port2);
    port1.start();
    this.like = {
      postMessage: (message: unknown, transfer?: Transferable[]) =>
        port1.postMessage(message, transfer ?? []),
      addEventListener: (type: string, listener: EventListenerOrEventListenerObject) => {
        if (type === 'error') this.errors.push(listener as (event: Event) => void);
        else port1.addEventListener(type, listener);
      },
      removeEventListener: (type: string, listener: EventListenerOrEventListenerObject) =>
        port1.removeEventListener(type, listener),
      terminate: () => {
        this.ended = true;
        port1.close();
      },
    };
  }

  /** Dies without a word. */
  kill(): void {
    this.far.close();
  }

  /** Breaks down with an error event. */
  crash(message: string): void {
    for (const listener of this.errors) listener(Object.assign(new Event('error'), { message }));
  }
}
