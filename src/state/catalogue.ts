/** What ships with the page. */
export interface CatalogueEntry {
  readonly model: string;
  readonly set: string;
  readonly modelUrl: string;
  readonly setUrl: string;
  readonly packUrl: string;
  readonly modelTitle: string;
  readonly setTitle: string;
}

export const CATALOGUE: readonly CatalogueEntry[] = [
  {
    model: 'pictogram-clip',
    set: 'pictograms',
    modelUrl: 'models/pictogram-clip/',
    setUrl: 'sets/pictograms/',
    packUrl: 'packs/pictograms/',
    modelTitle: 'Pictogram CLIP',
    setTitle: 'Pictogram scenes',
  },
];

export const entryFor = (model: string, set: string): CatalogueEntry =>
  CATALOGUE.find((entry) => entry.model === model && entry.set === set) ?? CATALOGUE[0]!;
