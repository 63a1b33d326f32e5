/** How many tiles of at least `minTile` fit beside each other with gaps between them; never none. */
export const columnsFor = (width: number, minTile: number, gap: number): number =>
  Math.max(1, Math.floor((width + gap) / (minTile + gap)));
