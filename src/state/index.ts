import { browserServices } from './browserServices.ts';
import { bindHistory } from './history.ts';
import type { NeuronPage } from './neuronTypes.ts';
import { neuronPages } from './neuronView.ts';
import { bindPreferences } from './preferences.ts';
import type { HistoryPort } from './services.ts';
import type { LensState } from './state.ts';
import { createLensStore } from './store.ts';

const services = browserServices();
/** The page's one store: `useLens((state) => …)` in a component, `useLens.getState()` elsewhere. */
export const useLens = createLensStore(services);

const pageOf = neuronPages();
/** All that the page of a neuron needs; see NeuronPage. Data load by themselves when it is the view's block. */
export const useNeuron = (block: number, neuron: number): NeuronPage =>
  useLens((state) => pageOf(state, block, neuron));
/** The same outside of a component, or of several neurons at once. */
export const neuronPageOf: (state: LensState, block: number, neuron: number) => NeuronPage = pageOf;

/** Called once: follows the address and opens what ships with the page. */
export function start(port: HistoryPort): void {
  bindPreferences(useLens, services);
  bindHistory(useLens, port);
  const { openSubject, startOffline } = useLens.getState();
  void openSubject().then(startOffline);
}

export { isOff } from './ablationSlice.ts';
export { type HelpRow, helpGroups } from './actions/help.ts';
export {
  ACTIONS,
  type Action,
  type ActionPort,
  actionById,
  dispatchKey,
  type KeyPress,
} from './actions/index.ts';
export { type PaletteRow, type PaletteSection, paletteSections } from './actions/palette.ts';
export type { Agreement } from './agreement.ts';
export type { AnalysisJob, LiveBlock } from './analysisSlice.ts';
export { type BlockWords, blockWordsOf } from './blockWordsSlice.ts';
export { isBundle } from './bundleSlice.ts';
export { classListOf } from './classesSlice.ts';
export { type ClassList, parseClassList } from './classList.ts';
export { comparedOf, isCompared, MOST_COMPARED, type NeuronAt } from './compared.ts';
export { type Compared, cosineByChance, type Pair, pairsOf, type SharedWord } from './comparison.ts';
export * from './data.ts';
export type { BackendInfo, EngineStatus, ModelInfo, Progress } from './engineSlice.ts';
export { experimentKey, experimentOptions, labelsOf } from './experimentRequest.ts';
export {
  EXPERIMENTS,
  type ExperimentName,
  type ExperimentOptions,
  type ExperimentSettings,
  FORMS,
  firstOf,
  numbersOf,
  SET_PARTS,
  type SetPart,
  sampleOf,
} from './experimentSettings.ts';
export type {
  AblationTables,
  AdversarialTables,
  ExperimentJob,
  ExperimentRun,
  ExperimentTables,
  IndirectTables,
  KeptRun,
  SegmentationFigures,
  SegmentationTables,
  ShownScene,
} from './experimentsSlice.ts';
export * from './experimentView.ts';
export {
  blocksOfFind,
  FIND_FORMS,
  FIND_LOOKS,
  FIND_MAPS,
  FIND_ORDERS,
  FIND_SIGNS,
  FIND_TEXTS,
  type FindLook,
  type FindMap,
  type FindSettings,
  findBlocksOf,
  formOfFind,
  isOfNeurons,
} from './findSettings.ts';
export { GLOSSARY, type GlossaryEntry, type GlossaryId } from './glossary.ts';
export { isOfSet } from './imageSlice.ts';
export type * from './imageTypes.ts';
export {
  actingNeurons,
  agreementWithTruth,
  classStanding,
  conceptStanding,
  maskOf,
  nearestPictures,
  type PixelMap,
  pixelMap,
  trueMap,
} from './imageView.ts';
export { ownImage } from './intakeSlice.ts';
export {
  type AskedModel,
  CATALOGUE,
  type ModelPlan,
  type ModelSource,
  type StoredModel,
} from './modelsSlice.ts';
export { neuronKey } from './neuronSlice.ts';
export type * from './neuronTypes.ts';
export type { Notice } from './noticeSlice.ts';
export { headsOf, lookedOf, overviewOf, sourceOf, vectorsOf } from './numbers.ts';
export type { Offline } from './offlineSlice.ts';
export { FEWEST_IN_SET, type OwnSet } from './ownSetSlice.ts';
export { MOST_OWN, type OwnEffects, type OwnPicture, ownKey } from './ownSlice.ts';
export { MOST_FILE_BYTES, pinFile } from './pinFile.ts';
export { packedList } from './pinLink.ts';
export * from './pins.ts';
export { pinPlace, pinView, type SharedPins, sharedPins } from './pinsSlice.ts';
export { orderOf, rankOf } from './ranking.ts';
export { isSearching, neuronNumber, type SearchAnswer, searchScoresOf } from './searchSlice.ts';
export { type EmbedSize, embedSnippet, leavesBehind, permalink, previewLink, previewPath } from './share.ts';
export { LOCAL_PACK, OWN_SET, PACK_MODEL, PACK_SET, shippedModel, shippedSet } from './shipped.ts';
export { blocksOf, laterHeadsOf, neuronsOf, type Subject } from './subject.ts';
export { encodeView } from './urlCodec.ts';
export * from './view.ts';
export type { WordList } from './wordsSlice.ts';
export type { HistoryPort, LensState };
