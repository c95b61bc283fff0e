/** The table of docs/onward.md: how far a run that went on in PyTorch is from the lab's own continuation, by model. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { everything } from './everything';
import type { Differences } from './compare';
import type { Length } from './runs';

const path = fileURLToPath(new URL('../../docs/onward.md', import.meta.url));

const shown = (value: number): string => (value === 0 ? '0' : value.toExponential(1));

/** Rows of the table by what was trained: those that were not compared this time stay. */
function tableOf(results: readonly Differences[], before: string, { left, end }: Length): string {
  const heads = ['model', 'scores', 'first loss', `next ${end - left} losses`, 'final AUC', 'pictures'];
  const known = [...before.matchAll(/^\| ([a-z0-9 -]+?) +\|(.*)\|$/gm)].map(
    ([, name, cells]) => [name!, cells!.split('|').map((cell) => cell.trim())] as const,
  );
  const found = new Map(known);
  for (const { name, scores, start, losses, auc, probes } of results)
    found.set(name, [scores, start, losses, auc, probes].map(shown));
  const rows = everything.flatMap(({ name }) => {
    const cells = found.get(name);
    return cells ? [[name, ...cells]] : [];
  });
  const lines = [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return [`Left at step ${left}, ended at step ${end}; largest differences.`, '', ...lines].join('\n');
}

export async function writeResults(results: readonly Differences[], length: Length): Promise<void> {
  const text = await readFile(path, 'utf8');
  const put = text.replace(
    /(<!-- results -->)([^]*?)(<!-- \/results -->)/,
    (_, open: string, before: string, close: string) =>
      `${open}\n\n${tableOf(results, before, length)}\n\n${close}`,
  );
  await writeFile(path, await format(put, { ...(await resolveConfig(path)), filepath: path }));
}
