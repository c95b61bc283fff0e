/** The main job, a reload, one picture and a report from the disk in browsers that are not Chromium. Projects `firefox` and `webkit`. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@playwright/test';
import { until } from './engine';
import { firefoxPath, openFirefox } from './firefox';
import { openWebkit, webkitInstalled } from './webkit';
import type { Engine } from './engine';

const engines: Readonly<Record<string, () => Promise<Engine> | string>> = {
  firefox: () => (firefoxPath ? openFirefox(firefoxPath) : 'Firefox is not installed (firefox-esr).'),
  webkit: () => (webkitInstalled ? openWebkit() : 'WebKitGTK is not installed (webkit2gtk-driver, xvfb).'),
};

const query = 'model=mmoe&preset=tiny&batch=256&steps=20&evaluateEvery=10&backend=wasm&autostart=1';
const app = (name: string) => `document.querySelector('[data-testid=app]')?.dataset.${name} ?? null`;
const figure = (name: string) =>
  `[...document.querySelectorAll('[data-testid=figure-${name}-data] tbody tr')].map((row) => row.textContent)`;

test('trains, keeps the run over a reload, draws its gates, and opens a report from the disk', async ({
  baseURL,
}, { project }) => {
  const opened = engines[project.name]?.() ?? `There is no browser ${project.name}.`;
  // A browser that is not installed cannot be tried; the sentence names the package that brings it.
  if (typeof opened === 'string') return test.skip(true, opened);
  const engine: Engine = await opened;
  try {
    await engine.open(`${baseURL}?${query}`);
    const state = () => engine.read<string | null>(app('state'));
    await until(state, (now) => now === 'done' || now === 'failed', 'the run ends');
    expect(await state()).toBe('done');
    expect(await engine.read(app('step'))).toBe('20');
    expect(await engine.read(app('backend'))).toBe('wasm');
    const aucs = await engine.read<string[]>(
      `[...document.querySelectorAll('[data-testid=scenario-table] [data-metric=auc]')].map((cell) => cell.textContent)`,
    );
    expect(aucs.filter((auc) => /^0\.\d{4}/.test(auc)).length).toBeGreaterThanOrEqual(3);
    // The page is isolated, so it has threads, and its policy forbids nothing that it does.
    expect(await engine.read('window.crossOriginIsolated')).toBe(true);

    const runs = `document.querySelectorAll('[data-testid=run-list] [data-status=done]').length`;
    const listed = () =>
      until(
        () => engine.read<number>(runs),
        (count) => count === 1,
        'the kept run is listed',
      );
    await listed();
    await engine.open(`${baseURL}?model=mmoe&tab=gates`);
    await listed();
    await engine.read(`document.querySelector('[data-testid=run-list] [data-run] button').click() ?? null`);
    const rows = await until(
      () => engine.read<string[]>(figure('gates')),
      (all) => all.length > 0 && all.every((row) => /\d/.test(row)),
      'the gates are drawn',
    );
    expect(rows.length).toBeGreaterThanOrEqual(3);

    // The report of stored studies, saved to a disk and opened from there: the file computes its p-values itself.
    await engine.open(`${baseURL}?page=reproduce`);
    const ready = `document.querySelector('[data-testid=report-html]') !== null`;
    await until(() => engine.read<boolean>(ready), Boolean, 'the stored studies are read');
    // No dialog asks where to save it: the text is taken as it is handed to the browser.
    await engine.read(
      `(() => { window.saved = null; HTMLAnchorElement.prototype.click = () => undefined;
        URL.createObjectURL = (blob) => { void blob.text().then((text) => { window.saved = text; }); return ''; };
        document.querySelector('[data-testid=report-html]').click(); return true; })()`,
    );
    const html = await until(() => engine.read<string | null>('window.saved'), Boolean, 'the report is made');
    const folder = await mkdtemp(join(tmpdir(), 'report-'));
    try {
      await writeFile(join(folder, 'report.html'), html!);
      await engine.open(pathToFileURL(join(folder, 'report.html')).href);
      const count = (selector: string) => `document.querySelectorAll('${selector}').length`;
      await until(
        () => engine.read<number>(count('#report[data-ready]')),
        (n) => n === 1,
        'the report is drawn',
      );
      for (const part of [
        '#claims [data-p]',
        '#tables [data-p]',
        '#doses svg',
        '#maps td[data-p]',
        '#runs tbody tr',
      ])
        expect(await engine.read<number>(count(part)), part).toBeGreaterThan(10);
    } finally {
      await rm(folder, { recursive: true });
    }
    expect(engine.problems).toEqual([]);
  } finally {
    await engine.close();
  }
});
