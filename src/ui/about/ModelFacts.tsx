import type { ReactNode } from 'react';
import { blocksOf, entryFor, loadedValue, useLens } from '../../state/index.ts';
import { backendWords } from '../app/engineWords.ts';
import { count, number, percent } from '../charts/format.ts';
import styles from './about.module.css';

/** The facts of the shipped analysis, as its files state them. */
export function ModelFacts() {
  const manifest = useLens((state) => loadedValue(state.manifest));
  const pictures = useLens((state) => loadedValue(state.pictures));
  const entry = useLens((state) => entryFor(state.view.model, state.view.set));
  if (!manifest) return null;
  const { model, set, options, backend, software, deviations } = manifest;
  const { vision, text, dim } = model.config;
  return (
    <section className={styles.section} aria-labelledby="facts">
      <h2 id="facts">The model, the pictures, the numbers</h2>
      <dl className={styles.facts}>
        <Fact name="Model">
          {entry.modelTitle} ({model.name})
        </Fact>
        <Fact name="Vision transformer">
          {vision.layers} blocks of {vision.heads} heads and {count(vision.neurons)} neurons, width{' '}
          {vision.width}; {vision.imageSize} × {vision.imageSize} pixels in patches of {vision.patchSize}
        </Fact>
        {text && (
          <Fact name="Text transformer">
            {text.layers} blocks, width {text.width}, {count(text.vocabularySize)} tokens
          </Fact>
        )}
        <Fact name="Space of pictures and texts">{dim} dimensions</Fact>
        <Fact name="Weights">
          <span className={styles.hash}>SHA-256 {model.hash}</span>
        </Fact>
        <Fact name="Pictures">
          {pictures?.name ?? set.name}, {count(set.count)} scenes
        </Fact>
        {pictures && <Fact name="Licence of the pictures">{pictures.licence}</Fact>}
        <Fact name="Analysis">
          blocks {blocksOf(manifest).join(', ')}; strongest pictures: {count(options.topK)} of{' '}
          {count(set.count)} ({percent(options.fraction, 0)})
        </Fact>
        <Fact name="Computed with">
          {software.name} {software.version}, {backendWords(backend)}, {backend.precision}, {backend.runtime}
        </Fact>
        {deviations && (
          <Fact name={`Checked against ${deviations.reference}`}>
            {Object.entries(deviations.values)
              .map(([quantity, value]) => `${quantity}: ${number(value, 2)}`)
              .join('; ')}
          </Fact>
        )}
        <Fact name="Licence of this program">MIT</Fact>
      </dl>
    </section>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
