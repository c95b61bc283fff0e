import { readFileSync } from 'node:fs';
import js from '@eslint/js';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/**
 * The folders of src, from the top down. Imports point down this list only, `data` standing beside `engine`.
 * `workers` opens doors to `app`: its client, its types, and what starts a worker before there is a client.
 */
const folders = {
  app: [
    'app',
    'workers/client',
    'workers/protocol',
    'workers/starting',
    'studies',
    'training',
    'models',
    'engine',
    'data',
  ],
  workers: ['workers', 'training', 'models', 'engine', 'data'],
  studies: ['studies', 'training', 'models', 'data'],
  training: ['training', 'models', 'engine', 'data'],
  models: ['models', 'engine', 'data'],
  engine: ['engine'],
  data: ['data'],
};

const boundaries = Object.entries(folders).map(([folder, allowed]) => {
  const banned = Object.keys(folders).filter(
    (other) => !allowed.some((path) => path.split('/')[0] === other),
  );
  const patterns = banned.map((other) => ({
    regex: `(^|/)\\.\\./${other}(/|$)`,
    message: `src/${folder} must not import src/${other}: imports point down the list in eslint.config.js (see src/README.md).`,
  }));
  if (folder === 'app') {
    patterns.push({
      regex: `/workers/(?!client|protocol|starting)`,
      message:
        'src/app reaches the worker only through workers/client, workers/protocol and workers/starting.',
    });
  }
  if (folder === 'data') {
    patterns.push({ regex: '^@tensorflow/', message: 'src/data holds no tensors: use typed arrays.' });
  }
  return {
    files: [`src/${folder}/**/*.{ts,tsx}`],
    rules: { 'no-restricted-imports': ['error', { patterns }] },
  };
});

/** Packages are imported only where `package.json` declares them: the page from `dependencies`, tests and tools from both lists. */
const manifest = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8'));

function declaredPackages(files, lists) {
  const names = lists.flatMap((list) => Object.keys(manifest[list]));
  const undeclared = `^(?!\\.|node:|(?:${names.join('|')})(?:/|$))`;
  const message = `package.json does not list this package under ${lists.join(' or ')}.`;
  return {
    files,
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { patterns: [{ regex: undeclared, message }] }],
      'no-restricted-syntax': [
        'error',
        { selector: `ImportExpression[source.value=/${undeclared.replaceAll('/', '\\x2F')}/]`, message },
      ],
    },
  };
}

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'test-results/', 'playwright-report/', '.cache/', 'public/'] },
  js.configs.recommended,
  // Rules that need types are oxlint's (.oxlintrc.json): it asks the compiler that `npm run types` uses.
  ...tseslint.configs.recommended,
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: ['error', 'always'],
    },
  },
  ...boundaries,
  declaredPackages(['**/*.{ts,tsx,js,mjs}'], ['dependencies', 'devDependencies']),
  {
    ...declaredPackages(['src/**/*.{ts,tsx}'], ['dependencies']),
    ignores: ['src/**/*.test.{ts,tsx}', 'src/**/testing.ts', 'src/**/testing/*.ts'],
  },
  {
    files: ['src/app/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': reactHooks },
    rules: reactHooks.configs.recommended.rules,
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        Buffer: 'readonly',
        performance: 'readonly',
        document: 'readonly',
        URLSearchParams: 'readonly',
        close: 'readonly',
        WebAssembly: 'readonly',
      },
    },
  },
);
