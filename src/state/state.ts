import type { StoreApi } from 'zustand/vanilla';
import type { AnalysisSlice } from './analysisSlice.ts';
import type { CatalogueSlice } from './catalogueSlice.ts';
import type { EngineSlice } from './engineSlice.ts';
import type { NeuronSlice } from './neuronSlice.ts';
import type { NoticeSlice } from './noticeSlice.ts';
import type { OwnSlice } from './ownSlice.ts';
import type { SearchSlice } from './searchSlice.ts';
import type { Services } from './services.ts';
import type { ViewSlice } from './viewSlice.ts';

/** Everything the page knows; one slice a file. */
export type LensState = ViewSlice &
  CatalogueSlice &
  EngineSlice &
  AnalysisSlice &
  SearchSlice &
  NeuronSlice &
  OwnSlice &
  NoticeSlice;

/** How a slice is made: its first values and its functions. */
export type Slice<T> = (
  set: StoreApi<LensState>['setState'],
  get: StoreApi<LensState>['getState'],
  services: Services,
) => T;
