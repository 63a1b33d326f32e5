import type { StoreApi } from 'zustand/vanilla';
import type { AblationSlice } from './ablationSlice.ts';
import type { AnalysisSlice } from './analysisSlice.ts';
import type { BlockWordsSlice } from './blockWordsSlice.ts';
import type { BundleSlice } from './bundleSlice.ts';
import type { ClassesSlice } from './classesSlice.ts';
import type { CommandSlice } from './commandSlice.ts';
import type { CompareSlice } from './compareSlice.ts';
import type { ConceptsSlice } from './conceptsSlice.ts';
import type { EngineSlice } from './engineSlice.ts';
import type { ExperimentsSlice } from './experimentsSlice.ts';
import type { FindSlice } from './findSlice.ts';
import type { ImageSlice } from './imageSlice.ts';
import type { IntakeSlice } from './intakeSlice.ts';
import type { LearnSlice } from './learn/learnSlice.ts';
import type { ModelsSlice } from './modelsSlice.ts';
import type { NearestSlice } from './nearestSlice.ts';
import type { NeuronSlice } from './neuronSlice.ts';
import type { NoticeSlice } from './noticeSlice.ts';
import type { OfflineSlice } from './offlineSlice.ts';
import type { OwnSetSlice } from './ownSetSlice.ts';
import type { OwnSlice } from './ownSlice.ts';
import type { PackSlice } from './packSlice.ts';
import type { PinsSlice } from './pinsSlice.ts';
import type { PresentSlice } from './presentSlice.ts';
import type { SearchSlice } from './searchSlice.ts';
import type { Services } from './services.ts';
import type { SubjectSlice } from './subjectSlice.ts';
import type { ViewHistorySlice } from './viewHistorySlice.ts';
import type { ViewSlice } from './viewSlice.ts';
import type { WordsSlice } from './wordsSlice.ts';

/** Everything the page knows; one slice a file. */
export type LensState = ViewSlice &
  ViewHistorySlice &
  CommandSlice &
  PresentSlice &
  SubjectSlice &
  PackSlice &
  ModelsSlice &
  OwnSetSlice &
  EngineSlice &
  AnalysisSlice &
  SearchSlice &
  NeuronSlice &
  OwnSlice &
  WordsSlice &
  ImageSlice &
  IntakeSlice &
  AblationSlice &
  ClassesSlice &
  ConceptsSlice &
  NearestSlice &
  FindSlice &
  BlockWordsSlice &
  ExperimentsSlice &
  LearnSlice &
  CompareSlice &
  PinsSlice &
  BundleSlice &
  OfflineSlice &
  NoticeSlice;

/** How a slice is made: its first values and its functions. */
export type Slice<T> = (
  set: StoreApi<LensState>['setState'],
  get: StoreApi<LensState>['getState'],
  services: Services,
) => T;
