import { expect, test } from './support/lab';

/** What a script that got in would try first. */
const attempts = {
  text: () => Reflect.construct(Function, ['return 1']) as unknown,
  html: () => (document.body.innerHTML = '<img src=x onerror=alert(1)>'),
  otherPolicy: () =>
    (
      globalThis as unknown as { trustedTypes: { createPolicy(name: string, rules: object): object } }
    ).trustedTypes.createPolicy('own', {}),
  worker: () => new Worker(URL.createObjectURL(new Blob(['1']))),
  script: () => document.body.appendChild(document.createElement('script')).append('window.got = 1'),
};

test('the page runs no script but its own files, and the tests hear of every breach', async ({
  lab,
  page,
}) => {
  const response = await page.goto('./');
  const headers = response?.headers() ?? {};
  expect(headers['content-security-policy']).toContain("script-src 'self' 'wasm-unsafe-eval';");
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers['referrer-policy']).toBe('no-referrer');
  await expect(lab.app).toBeVisible();

  const breaches: string[] = [];
  page.on('console', (message) => {
    if (message.text().startsWith('policy: ')) breaches.push(message.text());
  });
  lab.tolerated.push(/./);
  for (const [name, attempt] of Object.entries(attempts)) {
    const before = breaches.length;
    // In a task of the page's own: what the test evaluates itself is let through.
    await page.evaluate(`void setTimeout(${attempt.toString()})`);
    await expect.poll(() => breaches.length, { message: name }).toBeGreaterThan(before);
  }
  expect(await page.evaluate(() => 'got' in window)).toBe(false);
});
