/** docs/glossary.md says what src/app/glossary says, and every name of code that it gives exists. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { glossary } from '../src/app/glossary/terms';

const terms = glossary.flatMap((group) => group.terms);

function page(): string {
  const groups = glossary.map(({ title, terms }) => {
    const lines = terms.map(
      ({ term, meaning, code }) =>
        `**${term}.** ${meaning} \`${code.name}\` in [${code.file}](../${code.file})`,
    );
    return `## ${title}\n\n${lines.join('\n\n')}\n`;
  });
  const head =
    '# Glossary\n\nThe words that pages, code and docs share, each with the name that the code has for it.\n' +
    '<!-- Made from src/app/glossary/terms.ts by `npx vitest run tests/glossary.test.ts -u`; edit there. -->\n';
  return [head, ...groups].join('\n');
}

it('the page of docs is made of the terms', async () => {
  await expect(page()).toMatchFileSnapshot('../docs/glossary.md');
});

it('a term stands once, in at most two sentences', () => {
  const names = terms.map(({ term }) => term.toLowerCase());
  expect(new Set(names).size).toBe(names.length);
  const long = terms.filter(
    ({ meaning }) => (meaning.match(/[.:?!](\s|$)/g) ?? []).length > 3 || !/\.$/.test(meaning),
  );
  expect(long.map(({ term }) => term)).toEqual([]);
});

it('names of code exist where the glossary says', () => {
  const missing = terms
    .filter(
      ({ code }) =>
        !existsSync(code.file) || !new RegExp(`\\b${code.name}\\b`).test(readFileSync(code.file, 'utf8')),
    )
    .map(({ term, code }) => `${term}: ${code.name} in ${code.file}`);
  expect(missing).toEqual([]);
});
