import { useMemo } from 'react';
import {
  type ClassScore,
  classListOf,
  classStanding,
  type LensState,
  loadedValue,
  useLens,
} from '../../state/index.ts';

const NONE: readonly ClassScore[] = [];

/**
 * How the classes stand on the picture and without what is switched off, or without what `without` says.
 * Empty until picture and classes are read.
 */
export function useStanding(count: number, without?: Float32Array): readonly ClassScore[] {
  const embedding = useLens((state) => loadedValue(state.picture)?.reading.embedding);
  const names = useLens((state) => classListOf(state).names);
  const vectors = useLens((state) => loadedValue(state.classVectors));
  const ablated = useLens((state) => loadedValue(state.ablated)?.representation);
  const after = without ?? ablated;
  return useMemo(
    () => (embedding && vectors ? classStanding(names, vectors, embedding, after, count) : NONE),
    [embedding, names, vectors, after, count],
  );
}

/** The same, once and as it is now. */
export function standingOf(state: LensState, count: number): readonly ClassScore[] {
  const embedding = loadedValue(state.picture)?.reading.embedding;
  const vectors = loadedValue(state.classVectors);
  const after = loadedValue(state.ablated)?.representation;
  return embedding && vectors
    ? classStanding(classListOf(state).names, vectors, embedding, after, count)
    : NONE;
}

/** What is switched off and already taken out of the numbers, in words. */
export function offLabels(): readonly string[] {
  const { off, ablated } = useLens.getState();
  return ablated.status === 'ready' ? off.map(({ label }) => label) : [];
}
