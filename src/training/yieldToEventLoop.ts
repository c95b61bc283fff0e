/**
 * Lets waiting messages be handled before work goes on. A message to oneself, because nested timers wait at least 4 ms
 * in browsers: a tenth of a training step.
 */
let wake: (() => Promise<void>) | null = null;

function byMessage(): () => Promise<void> {
  const waiting: (() => void)[] = [];
  const channel = new MessageChannel();
  channel.port1.onmessage = () => waiting.shift()?.();
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      channel.port2.postMessage(null);
    });
}

/** Resolves in a later turn of the event loop, without delay. */
export function yieldToEventLoop(): Promise<void> {
  // Node's own way does not hold the process open as a message channel does.
  wake ??=
    typeof setImmediate === 'function' ? () => new Promise((resolve) => setImmediate(resolve)) : byMessage();
  return wake();
}
