/**
 * What the graphics device complained about. It does not throw: a program that it refuses simply leaves its output as it was,
 * so training would go on with wrong numbers.
 */

let errors: string[] = [];
const watched = new WeakSet<GPUDevice>();
/** Why the device that was opened last is no longer there; null while it is. */
let lost: string | null = null;

/** Why the graphics device is gone (a driver's crash, sleep, a card unplugged); null while it is there, or none was opened. */
export function lostDevice(): string | null {
  return lost;
}

/** Starts listening to a device; once is enough. */
export function watchDevice(device: GPUDevice): void {
  if (watched.has(device)) return;
  watched.add(device);
  lost = null;
  device.addEventListener('uncapturederror', (event) => {
    // The first is the cause; those that follow are its consequences.
    if (errors.length < 1) errors.push(event.error.message);
  });
  void device.lost.then(({ message, reason }) => {
    lost = message || reason;
    errors.push(`the device was lost: ${lost}`);
  });
}

/** Forgets a device that is gone, and what it complained about. */
export function forgetDevice(): void {
  errors = [];
  lost = null;
}

/** @throws Error with the device's first complaint since the last call, if there was one. */
export function demandNoDeviceErrors(): void {
  const [first] = errors;
  errors = [];
  if (first === undefined) return;
  throw new Error(
    `The graphics device refused a step (${first.split('\n')[0]}). Choose the WASM backend and start again.`,
  );
}
