import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { INK, INK_SOFT, TERM_COLOURS } from './tokens';

const tokens = readFileSync('src/app/styles/tokens.css', 'utf8');

it('colours are written in tokens.css and in the scales of colour/, nowhere else on the page', () => {
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', 'src/app'], {
    encoding: 'utf8',
  })
    .split('\n')
    .filter((file) => /\.(css|tsx?)$/.test(file) && !/\.test\.tsx?$/.test(file))
    .filter((file) => file !== 'src/app/styles/tokens.css' && !file.startsWith('src/app/colour/'));
  expect(files.length).toBeGreaterThan(100);
  // `rgb(${…})` is computed from a scale.
  const colour = /#[0-9a-f]{3,8}\b|\b(rgba?|hsla?|oklch|oklab)\((?!\$)/gi;
  const found = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(colour)].map(([text]) => `${file}: ${text}`),
  );
  expect(found).toEqual([]);
});

it.each([INK, INK_SOFT, ...TERM_COLOURS])('%s is a token of both themes', (name) => {
  const token = name.slice('var('.length, -1);
  expect(tokens.split(`  ${token}: #`)).toHaveLength(3);
});
