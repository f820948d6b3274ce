// PNG with a palette, a third of the size that a browser makes: what is versioned stays small.
import { crc32, deflateSync } from 'node:zlib';

/** Colours that differ by no more are one: the eye does not tell them apart, nor does the comparison. */
const SAME = 6;

const MOST_COLOURS = 256;

/** @param pixels red, green, blue and alpha of each, of an opaque picture */
export function smallPng(width, height, pixels) {
  const { palette, indexOf } = paletteOf(pixels);
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0, at = 0; y < height; y++) {
    rows[at++] = 0;
    for (let x = 0; x < width; x++) rows[at++] = indexOf.get(colour(pixels, 4 * (y * width + x)));
  }

  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const colours = Buffer.from(palette.flatMap(([red, green, blue]) => [red, green, blue]));
  const parts = [chunk('IHDR', header), chunk('PLTE', colours), chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), ...parts]);
}

const colour = (pixels, at) => (pixels[at] << 16) | (pixels[at + 1] << 8) | pixels[at + 2];

/** The most frequent colours; each other one is the nearest of them. */
function paletteOf(pixels) {
  const counts = new Map();
  for (let at = 0; at < pixels.length; at += 4) counts.set(colour(pixels, at), (counts.get(colour(pixels, at)) ?? 0) + 1);
  const palette = [];
  const indexOf = new Map();
  for (const [each] of [...counts].sort(([, a], [, b]) => b - a)) {
    const parts = [each >> 16, (each >> 8) & 255, each & 255];
    const { index, far } = nearest(palette, parts);
    if (far <= SAME || palette.length === MOST_COLOURS) indexOf.set(each, index);
    else indexOf.set(each, palette.push(parts) - 1);
  }

  return { palette, indexOf };
}

function nearest(palette, [red, green, blue]) {
  let [index, far] = [-1, Infinity];
  for (let i = 0; i < palette.length; i++) {
    const distance = Math.max(Math.abs(palette[i][0] - red), Math.abs(palette[i][1] - green), Math.abs(palette[i][2] - blue));
    if (distance < far) [index, far] = [i, distance];
  }

  return { index, far };
}

function chunk(name, data) {
  const content = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(content));
  return Buffer.concat([length, content, sum]);
}
