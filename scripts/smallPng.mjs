/** Makes a screenshot small: the same picture with a palette of at most 256 colours, which a page of text and lines hardly exceeds. */
import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
const MOST = 256;

function* chunksOf(png) {
  for (let at = SIGNATURE.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    yield { type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) };
    at += length + 12;
  }
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const ends = [Buffer.alloc(4), Buffer.alloc(4)];
  ends[0].writeUInt32BE(data.length);
  ends[1].writeUInt32BE(crc32(body));
  return Buffer.concat([ends[0], body, ends[1]]);
}

function paeth(a, b, c) {
  const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

/** Undoes the filters of a line, in place. */
function unfilter(kind, line, above, step) {
  for (let i = 0; i < line.length; i++) {
    const [a, b, c] = [line[i - step] ?? 0, above[i] ?? 0, i < step ? 0 : (above[i - step] ?? 0)];
    line[i] += [0, a, b, (a + b) >> 1, paeth(a, b, c)][kind];
  }
}

/** @param png 8 bits a channel, RGB or RGBA, not interlaced: what Chromium's screenshots are */
function pixelsOf(png) {
  const chunks = [...chunksOf(png)];
  const head = chunks[0].data;
  const [width, height, bits, kind] = [head.readUInt32BE(0), head.readUInt32BE(4), head[8], head[9]];
  if (bits !== 8 || ![2, 6].includes(kind) || head[12] !== 0) throw new Error('No screenshot of Chromium.');
  const step = kind === 6 ? 4 : 3;
  const raw = inflateSync(
    Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data)),
  );
  const colours = new Uint32Array(width * height);
  let above = new Uint8Array(width * step);
  for (let y = 0; y < height; y++) {
    const from = y * (width * step + 1);
    const line = new Uint8Array(raw.subarray(from + 1, from + 1 + width * step));
    unfilter(raw[from], line, above, step);
    for (let x = 0; x < width; x++)
      colours[y * width + x] = (line[x * step] << 16) | (line[x * step + 1] << 8) | line[x * step + 2];
    above = line;
  }
  return { width, height, colours };
}

const channels = (colour) => [colour >> 16, (colour >> 8) & 255, colour & 255];

/** The palette: the colours that cover most, and for every colour its nearest of them. */
function paletteOf(colours) {
  const counts = new Map();
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const palette = [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, MOST)
    .map(([colour]) => colour);
  const known = palette.map(channels);
  const distance = (a, b) => (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2;
  const nearest = new Map(palette.map((colour, k) => [colour, k]));
  for (const colour of counts.keys()) {
    if (nearest.has(colour)) continue;
    const own = channels(colour);
    nearest.set(
      colour,
      known.reduce((best, one, k) => (distance(own, one) < distance(own, known[best]) ? k : best), 0),
    );
  }
  return { palette, nearest };
}

/** @returns the bytes of the same picture as a PNG with a palette */
export function smallPng(png) {
  const { width, height, colours } = pixelsOf(png);
  const { palette, nearest } = paletteOf(colours);
  const lines = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) lines[y * (width + 1) + 1 + x] = nearest.get(colours[y * width + x]);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', head),
    chunk('PLTE', Buffer.from(palette.flatMap(channels))),
    chunk('IDAT', deflateSync(lines, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
