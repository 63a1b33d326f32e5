import sharp from 'sharp';
import { escaped } from './page.ts';

/** Half of what feeds show at most: 3,840 of them stay a size that a host takes. */
export const WIDTH = 600;
export const HEIGHT = 315;
const CELL = 99;
const GAP = 3;
const GRID = 3 * CELL + 2 * GAP;
const LEFT = WIDTH - GRID - (HEIGHT - GRID) / 2;
const TOP = (HEIGHT - GRID) / 2;
const MOST_LINES = 6;
/** Letters that fit beside the pictures. */
const LINE = 24;

/** A square picture, [side, side, 3]. */
export interface Square {
  readonly side: number;
  readonly data: Buffer;
}

/** Nine pictures, three by three, beside a title and words. @returns a JPEG */
export async function previewPicture(
  pictures: readonly Square[],
  title: string,
  under: string,
  words: readonly string[],
): Promise<Buffer> {
  const cells = await Promise.all(
    pictures.slice(0, 9).map(async ({ side, data }, i) => ({
      input: await sharp(data, { raw: { width: side, height: side, channels: 3 } })
        .resize(CELL, CELL)
        .raw()
        .toBuffer(),
      raw: { width: CELL, height: CELL, channels: 3 as const },
      left: LEFT + (i % 3) * (CELL + GAP),
      top: TOP + Math.floor(i / 3) * (CELL + GAP),
    })),
  );
  return sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background: '#11161c' } })
    .composite([{ input: Buffer.from(lettering(title, under, words)), left: 0, top: 0 }, ...cells])
    .jpeg({ quality: 60, mozjpeg: true })
    .toBuffer();
}

function lettering(title: string, under: string, words: readonly string[]): string {
  const lines = linesOf(words);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" font-family="sans-serif">
<g fill="none" stroke="#63d5b6" stroke-width="2"><circle cx="32" cy="36" r="12" stroke="#ece9e1"/><circle cx="32" cy="36" r="4" fill="#63d5b6"/></g>
<text x="54" y="42" font-size="17" fill="#ece9e1">neuronlens</text>
<text x="20" y="96" font-size="31" font-weight="bold" fill="#ece9e1">${escaped(title)}</text>
<text x="20" y="122" font-size="16" fill="#bcc2c8">${escaped(under)}</text>
${lines.map((line, i) => `<text x="20" y="${160 + 24 * i}" font-size="18" fill="#63d5b6">${escaped(line)}</text>`).join('\n')}
</svg>`;
}

/** Words in lines; what does not fit is left out, whole words only. */
export function linesOf(words: readonly string[]): readonly string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    const longer = `${last}, ${word}`;
    if (last !== undefined && longer.length <= LINE) lines[lines.length - 1] = longer;
    else if (lines.length === MOST_LINES) break;
    else lines.push(word.length > LINE ? `${word.slice(0, LINE - 1)}…` : word);
  }
  return lines;
}
