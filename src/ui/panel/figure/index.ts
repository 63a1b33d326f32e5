export { type Figure, figureOf, SEEN_ONLY } from './figure.ts';
export { pngOf, scaleFor } from './png.ts';
