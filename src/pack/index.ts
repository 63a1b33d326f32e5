/** An analysis as files: what other rooms use of this one. */
export type { PackTexts } from './arrays.ts';
export type { Vectors } from './blockFile.ts';
export { blobFiles, mapFiles, type PackFiles } from './files.ts';
export { httpFiles } from './httpFiles.ts';
export { PACK_VERSION, type PackBlock, type PackManifest, parseManifest } from './manifest.ts';
export type { AlignedLists, NeuronRow, ReadyCode, SimilarNeuron } from './neuronRows.ts';
export { PICTURES_FOLDER, PICTURES_INDEX, readJson } from './pictures.ts';
export { openPack, type Pack, rowOf } from './read.ts';
export { SOFTWARE } from './software.ts';
export { filesOfPack, type PackSource } from './source.ts';
export { type BlockCodes, type CodeForms, type Describer, describer } from './wordCodes.ts';
export { encodeBlock, encodeHead, type PackHead, type PackParts, writePack } from './write.ts';
export { type ByteSource, blobSource, zipFiles, zipPack } from './zip.ts';
