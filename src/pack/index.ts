/** An analysis as files: what other rooms use of this one. */
export type { PackTexts } from './arrays.ts';
export { PACK_VERSION, type PackBlock, type PackManifest, parseManifest } from './manifest.ts';
export { type FetchBytes, openPack, type Pack } from './read.ts';
export { type PackParts, writePack } from './write.ts';
