/** Device programs cannot be compiled without a GPU, but a reserved word can be seen by reading. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/** Reserved by WGSL (section 15.2) and likely as a name. */
const reserved = new Set(
  (
    'abstract active alignas alignof as asm attribute auto await become cast catch class common compile concept crate ' +
    'debugger decltype delete demote do dynamic_cast enum explicit export extends extern external fallthrough filter ' +
    'final finally friend from fxgroup get goto groupshared highp impl implements import inline instanceof interface ' +
    'layout lowp macro match mediump meta mod module move mut mutable namespace new nil null of operator package pass ' +
    'patch pixelfragment precise precision premerge priv protected pub public readonly ref register require resource ' +
    'restrict self set shared sizeof smooth snorm static super target template this throw trait try type typedef ' +
    'typeid typename typeof union unless unorm unsafe unsized use using varying virtual volatile where with writeonly yield'
  ).split(' '),
);

const folder = new URL('./', import.meta.url);
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
);

it('no device program names a variable by a reserved word', () => {
  const found: string[] = [];
  let names = 0;
  for (const file of sources) {
    const text = readFileSync(new URL(file, folder), 'utf8');
    for (const [template] of text.matchAll(/`[^`]*`/g)) {
      for (const [, name] of template.matchAll(/\b(?:let|var|const|fn)\s+([A-Za-z_]\w*)/g)) {
        names++;
        if (reserved.has(name!)) found.push(`${file}: ${name}`);
      }
    }
    // Bindings are named in TypeScript.
    for (const [, name] of text.matchAll(/\{ name: '(\w+)', tensor/g)) {
      if (reserved.has(name!)) found.push(`${file}: ${name}`);
    }
  }
  expect(names).toBeGreaterThan(50);
  expect(found).toEqual([]);
});

it('loops read only arrays and uniforms that their contract and attributes give', () => {
  const found: string[] = [];
  let loops = 0;
  for (const file of sources.filter((name) => /^ops[\\/]\w+[\\/]index\.ts$/.test(name))) {
    const text = readFileSync(new URL(file, folder), 'utf8');
    const attributes = [...text.matchAll(/readonly (\w+): number;/g)].map(([, name]) => name!);
    for (const [, body] of text.matchAll(/defineOperation\(\{\n(.*?)\n\}\);/gs)) {
      const [, contract] = /shapes: '([^']*)'/.exec(body!) ?? [];
      const device = body!.split('device:')[1];
      if (!body!.includes('loop: {') || !contract || !device) continue;
      loops++;
      const inputs = [...contract.split('->')[0]!.matchAll(/(\w+)\??:/g)].map(([, name]) => name!);
      const letters = contract.replace(/\w+\??:/g, '').match(/[A-Za-z]+/g) ?? [];
      const uniforms = new Set([...letters, ...attributes]);
      const arrays = new Set([...inputs, 'result']);
      for (const [, name] of device.matchAll(/uniforms\.(\w+)/g)) {
        if (!uniforms.has(name!)) found.push(`${file}: uniforms.${name}`);
      }
      for (const [, name] of device.split('save:')[0]!.matchAll(/\b([A-Za-z]\w*)\[/g)) {
        if (!arrays.has(name!)) found.push(`${file}: ${name}[…]`);
      }
    }
  }
  expect(loops).toBeGreaterThan(20);
  expect(found).toEqual([]);
});
