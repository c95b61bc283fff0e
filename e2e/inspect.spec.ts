/** The side of the Lab that looks into a run: its edge, its strip of thumbnails, the model drawn, and what is printed of it. */
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect, test, type Lab } from './support/lab';
import { trained } from './support/pictures';

const RUN = { model: 'mmoe', dataset: 'aliccp-3', steps: 8, evaluateEvery: 4 };

async function saved(lab: Lab, figure: string, format: 'SVG' | 'PNG'): Promise<Buffer> {
  const part = lab.page.getByTestId(`figure-${figure}`);
  await part.getByRole('button', { name: /^Export:/ }).click();
  const download = lab.page.waitForEvent('download');
  await part.getByRole('button', { name: format, exact: true }).click();
  return readFile(await (await download).path());
}

/** Share of a picture's pixels that are nearly white, and that are dark. */
async function tones(page: Page, image: Buffer, type: string): Promise<{ white: number; dark: number }> {
  return page.evaluate(
    async (source) => {
      const picture = new Image();
      picture.src = source;
      await picture.decode();
      const canvas = document.createElement('canvas');
      canvas.width = picture.width;
      canvas.height = picture.height;
      const context = canvas.getContext('2d')!;
      context.drawImage(picture, 0, 0);
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      let [white, dark] = [0, 0];
      for (let k = 0; k < data.length; k += 4) {
        const least = Math.min(data[k]!, data[k + 1]!, data[k + 2]!);
        const most = Math.max(data[k]!, data[k + 1]!, data[k + 2]!);
        if (least > 240) white++;
        if (most < 60) dark++;
      }
      const all = data.length / 4;
      return { white: white / all, dark: dark / all };
    },
    `data:${type};base64,${image.toString('base64')}`,
  );
}

test('the divider drags, moves by arrow keys and goes home; the strip is walked by arrow keys', async ({
  lab,
  page,
}) => {
  await trained(lab, RUN, 'gates');
  const divider = lab.control('divider');
  const width = async (): Promise<number> => Number(await divider.getAttribute('aria-valuenow'));
  const pictures = page.getByRole('complementary', { name: 'Inspect' });
  const start = await width();
  const box = (await divider.boundingBox())!;
  const window = page.viewportSize()!.width;
  await page.mouse.move(box.x + box.width / 2, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(window * 0.5, box.y + 40, { steps: 4 });
  await page.mouse.up();
  await expect.poll(width).toBe(50);
  await expect.poll(async () => Math.round((await pictures.boundingBox())!.width / window / 0.01)).toBe(50);
  await divider.focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect.poll(width).toBe(54);
  await page.keyboard.press('ArrowRight');
  await expect.poll(width).toBe(52);
  await page.keyboard.press('Home');
  await expect.poll(width).toBe(start);

  await lab.control('tab-whatif').click();
  const strip = lab.control('strip');
  const others = strip.getByTestId('make-lead');
  await expect.poll(() => others.count()).toBeGreaterThanOrEqual(2);
  // In the order in which they are seen, which is not that of the page's text.
  const places = await others.evaluateAll((all) =>
    all.map((one) => Number(one.getAttribute('data-place'))).sort((one, other) => one - other),
  );
  const thumbnail = (place: number | undefined) => strip.locator(`button[data-place="${place}"]`);
  const last = thumbnail(places.at(-1));
  await thumbnail(places[0]).focus();
  await page.keyboard.press('ArrowRight');
  await expect(thumbnail(places[1])).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await expect(thumbnail(places[0])).toBeFocused();
  // Before the first stands the last.
  await page.keyboard.press('ArrowLeft');
  await expect(last).toBeFocused();
  const title = await last.innerText();
  await page.keyboard.press('Enter');
  await expect(page.locator('.stage-lead .figure h3')).toHaveText(title);
  await expect(strip.getByRole('button', { name: title })).toHaveCount(0);
});

test('the model is drawn from what it computes, and what is printed is light on a dark page', async ({
  lab,
  page,
}) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await trained(lab, RUN, 'model');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  const model = lab.control('figure-model');
  const arrows = model.locator('path.model-arrow');
  await expect(arrows).toHaveCount(6);
  const drawn = await arrows.evaluateAll((all) =>
    all
      .map((path) => `${path.getAttribute('data-from')} > ${path.getAttribute('data-to')}`)
      .filter((arrow) => !arrow.startsWith('fields'))
      .sort(),
  );
  expect(drawn).toEqual(['expert > tower', 'gate > tower', 'output > click prediction', 'tower > output']);
  // Labels stand within their boxes.
  const outside = await model.locator('.model-part').evaluateAll(
    (parts) =>
      parts.filter((part) => {
        const box = part.querySelector('rect')!.getBoundingClientRect();
        return [...part.querySelectorAll('text')].some((text) => {
          const own = text.getBoundingClientRect();
          return own.left < box.left || own.right > box.right;
        });
      }).length,
  );
  expect(outside).toBe(0);
  // Enlarged it grows with its place, and comes back to its own size.
  const drawnWidth = async (): Promise<number> =>
    (await model.locator('.model-part').first().locator('rect').first().boundingBox())!.width;
  const small = await drawnWidth();
  await page.setViewportSize({ width: 1600, height: 1200 });
  await model.getByTestId('enlarge').click();
  await expect.poll(drawnWidth).toBeGreaterThan(small * 1.2);
  await page.keyboard.press('Escape');
  await expect.poll(drawnWidth).toBeCloseTo(small, 0);
  await page.setViewportSize({ width: 1280, height: 720 });
  const paper = (svg: string): string | undefined =>
    /<rect width="100%" height="100%" fill="([^"]+)"/.exec(svg)?.[1];
  const svg = (await saved(lab, 'model', 'SVG')).toString();
  expect(paper(svg)).toMatch(/^#fff(fff)?$/);
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  for (const [tab, figure] of [
    ['model', 'model'],
    ['gates', 'gates'],
  ] as const) {
    await lab.control(`tab-${tab}`).click();
    const { white, dark } = await tones(page, await saved(lab, figure, 'PNG'), 'image/png');
    expect({ figure, printed: white > 0.35, dark: dark < 0.2 }).toEqual({
      figure,
      printed: true,
      dark: true,
    });
  }
  await lab.control('tab-model').click();
  await model.getByRole('button', { name: /^expert:/ }).click();
  await expect(lab.control('tab-gates')).toHaveAttribute('aria-selected', 'true');
});
