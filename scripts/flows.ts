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
import { expectKnown, parseCommandLine } from './commandLine.mjs';

const { values, positionals: asked } = parseCommandLine({
  allowPositionals: true,
  options: { check: { type: 'boolean', default: false } },
});
const { check } = values;
expectKnown('story', asked, storyIds);
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
