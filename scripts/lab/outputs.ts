/** Files that a command is asked to write. */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { flag, UsageError } from './usage';
import type { Flags } from './usage';

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/** @throws UsageError before anything is trained, where one of the files could not be written at its end */
export async function checkOutputs(flags: Flags, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const path = flag(flags, name);
    if (path === null) continue;
    const folder = dirname(resolve(path));
    const other = `name another file after --${name}.`;
    if (!(await isFolder(folder))) throw new UsageError(`There is no folder ${folder}; make it, or ${other}`);
    if (await isFolder(path)) throw new UsageError(`${path} is a folder; ${other}`);
    const allowed = access(folder, constants.W_OK | constants.X_OK);
    await allowed.catch(() => {
      throw new UsageError(`Nothing can be written to ${folder}; ${other}`);
    });
  }
}
