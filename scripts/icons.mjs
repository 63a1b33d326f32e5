/**
 * Makes the icons of public/icons from icon.svg there: `node scripts/icons.mjs`. The maskable one has no corners of
 * its own and keeps its drawing within the middle four fifths, as launchers cut what shape they like.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

const at = (name) => fileURLToPath(new URL(`../public/icons/${name}`, import.meta.url));
const svg = readFileSync(at('icon.svg'), 'utf8');
const full = svg
  .replace('rx="7"', 'rx="0"')
  .replace(/(<rect[^>]*>)([\s\S]*)(<\/svg>)/, '$1<g transform="translate(3.2 3.2) scale(0.8)">$2</g>$3');

const draw = (source, side, name) =>
  sharp(Buffer.from(source), { density: (72 * side) / 32 })
    .resize(side, side)
    .png({ palette: true })
    .toFile(at(name));

await Promise.all([
  draw(svg, 192, 'icon-192.png'),
  draw(svg, 512, 'icon-512.png'),
  draw(full, 512, 'maskable-512.png'),
  draw(full, 180, 'apple-touch-icon.png'),
]);
