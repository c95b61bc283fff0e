/**
 * `npm run flows`: trains each story's small run and keeps what one row of its test part goes through, for the Learn page
 * (src/app/pages/learn/inside/flows). `npm run flows -- --check` compares instead; names of stories choose some.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { storyIds } from '../src/app/store/learnView';
import { storyOf } from '../src/app/pages/learn/stories';
import { flowOf } from './flows/flowOf';

const asked = process.argv.slice(2).filter((argument) => argument !== '--check');
const check = process.argv.includes('--check');
const unknown = asked.filter((id) => !storyIds.some((known) => known === id));
if (unknown.length > 0) {
  console.error(`There is no story ${unknown.join(', ')}; stories are ${storyIds.join(', ')}.`);
  process.exit(2);
}
const folder = new URL('../src/app/pages/learn/inside/flows/', import.meta.url);
let apart = 0;
for (const id of storyIds.filter((one) => asked.length === 0 || asked.includes(one))) {
  const flow = await flowOf(storyOf(id));
  const file = new URL(`${id}.json`, folder);
  const what = `${id}: row ${flow.row.row}, ${Object.keys(flow.numbers).length} lists of numbers`;
  if (check) {
    const same = isDeepStrictEqual(JSON.parse(await readFile(file, 'utf8')), flow);
    if (!same) apart++;
    console.log(`${what}, ${same ? 'as stored' : 'NOT as stored'}`);
    continue;
  }
  const text = await format(JSON.stringify(flow), { ...(await resolveConfig(file)), parser: 'json' });
  await writeFile(file, text);
  console.log(what);
}
process.exit(apart === 0 ? 0 : 1);
