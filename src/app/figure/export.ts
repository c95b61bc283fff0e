/** A drawn figure as SVG or PNG: every `<svg>` and `<canvas>` inside it at its place, styles written out, title on top. */

import { linesOf } from './tableDrawing';
import type { Measure } from './tableDrawing';

const SVG = 'http://www.w3.org/2000/svg';
const STYLES = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-opacity',
  'stroke-linejoin',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'font-variant-numeric',
  'text-anchor',
  'dominant-baseline',
  'paint-order',
  'visibility',
] as const;

function writeStyles(from: Element, to: Element): void {
  const style = getComputedStyle(from);
  for (const name of STYLES) {
    const value = style.getPropertyValue(name);
    if (value) (to as SVGElement).style.setProperty(name, value);
  }
  for (let i = 0; i < from.children.length; i++) {
    const source = from.children[i];
    const target = to.children[i];
    if (source && target) writeStyles(source, target);
  }
}

function placed(
  element: Element,
  origin: DOMRect,
  top: number,
): { x: number; y: number; w: number; h: number } {
  const box = element.getBoundingClientRect();
  return { x: box.left - origin.left, y: box.top - origin.top + top, w: box.width, h: box.height };
}

const drawings = (body: HTMLElement): readonly (SVGSVGElement | HTMLCanvasElement)[] =>
  [...body.querySelectorAll<SVGSVGElement | HTMLCanvasElement>('svg, canvas')].filter(
    (element) => !element.closest('button') && !element.parentElement?.closest('svg'),
  );

/** False where a figure is a table and nothing else. */
export function isDrawn(body: HTMLElement): boolean {
  return drawings(body).length > 0;
}

/** The type of an element, and how wide a text of 12 px is in it. */
export function typeOf(body: HTMLElement): { readonly font: string; readonly measure: Measure | undefined } {
  const font = getComputedStyle(body).fontFamily;
  const context = document.createElement('canvas').getContext('2d');
  if (!context) return { font, measure: undefined };
  return {
    font,
    measure: (text, bold) => {
      context.font = `${bold ? 600 : 400} 12px ${font}`;
      return context.measureText(text).width;
    },
  };
}

/** One self-contained SVG document of the figure's drawing. */
export function drawingToSvg(
  body: HTMLElement,
  title: string,
): { readonly text: string; readonly width: number; readonly height: number } {
  const origin = body.getBoundingClientRect();
  const width = Math.ceil(origin.width);
  const titleLines = linesOf(title, Math.max(20, Math.floor(width / 7.8)));
  const top = 14 + 18 * titleLines.length;
  const height = Math.ceil(origin.height) + top + 8;
  const root = document.createElementNS(SVG, 'svg');
  root.setAttribute('xmlns', SVG);
  root.setAttribute('width', String(width));
  root.setAttribute('height', String(height));
  root.setAttribute('viewBox', `0 0 ${width} ${height}`);
  const page = getComputedStyle(document.documentElement);
  const paper = document.createElementNS(SVG, 'rect');
  paper.setAttribute('width', '100%');
  paper.setAttribute('height', '100%');
  paper.setAttribute('fill', page.getPropertyValue('--surface').trim());
  root.append(paper);
  titleLines.forEach((line, k) => {
    const heading = document.createElementNS(SVG, 'text');
    heading.setAttribute('x', '8');
    heading.setAttribute('y', String(20 + 18 * k));
    heading.setAttribute('font-family', getComputedStyle(body).fontFamily);
    heading.setAttribute('font-size', '14');
    heading.setAttribute('font-weight', '600');
    heading.setAttribute('fill', page.getPropertyValue('--ink').trim());
    heading.textContent = line;
    root.append(heading);
  });
  for (const element of drawings(body)) {
    const { x, y, w, h } = placed(element, origin, top);
    if (w === 0 || h === 0) continue;
    if (element instanceof HTMLCanvasElement) {
      const image = document.createElementNS(SVG, 'image');
      image.setAttribute('href', element.toDataURL('image/png'));
      for (const [name, value] of Object.entries({ x, y, width: w, height: h }))
        image.setAttribute(name, String(value));
      image.setAttribute('preserveAspectRatio', 'none');
      root.append(image);
    } else {
      const clone = element.cloneNode(true) as SVGSVGElement;
      writeStyles(element, clone);
      for (const [name, value] of Object.entries({ x, y, width: w, height: h }))
        clone.setAttribute(name, String(value));
      root.append(clone);
    }
  }
  return { text: new XMLSerializer().serializeToString(root), width, height };
}

/** @throws Error when the browser cannot rasterise the drawing. */
export async function svgToPng(
  svg: { text: string; width: number; height: number },
  scale = 2,
): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg.text)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = svg.width * scale;
  canvas.height = svg.height * scale;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser cannot draw the picture; export it as SVG instead.');
  context.scale(scale, scale);
  context.drawImage(image, 0, 0);
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) =>
        blob ? resolve(blob) : reject(new Error('The picture is too large for PNG; export it as SVG.')),
      'image/png',
    );
  });
}

/** Hands a file to the person. */
export function download(
  name: string,
  content: Blob | string | Uint8Array,
  type = 'application/octet-stream',
): void {
  const blob = content instanceof Blob ? content : new Blob([content as BlobPart], { type });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
