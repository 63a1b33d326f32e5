import type { ReactNode } from 'react';
import { blocksOf, loadedValue, useLens } from '../../state/index.ts';
import { backendWords } from '../app/engineWords.ts';
import { count, number, percent } from '../charts/format.ts';
import styles from './about.module.css';

/** The facts of what is in view, as its files state them. */
export function ModelFacts() {
  const subject = useLens((state) => loadedValue(state.subject));
  const pictures = useLens((state) => loadedValue(state.pictures));
  if (!subject) return null;
  const { model, set, options, pack } = subject;
  const { vision, text, dim } = model.config;
  return (
    <section className={styles.section} aria-labelledby="facts">
      <h2 id="facts">The model, the pictures, the numbers</h2>
      <dl className={styles.facts}>
        <Fact name="Model">
          {model.title} ({model.name})
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
        {model.hash && (
          <Fact name="Weights">
            <span className={styles.hash}>SHA-256 {model.hash}</span>
          </Fact>
        )}
        <Fact name="Pictures">
          {pictures?.name ?? set.title}, {count(set.count)}
        </Fact>
        {pictures && <Fact name="Licence of the pictures">{pictures.licence}</Fact>}
        <Fact name="Analysis">
          blocks {blocksOf(subject).join(', ')}; strongest pictures: {count(options.topK)} of{' '}
          {count(set.count)} ({percent(options.topK / set.count, 0)})
        </Fact>
        {pack && (
          <Fact name="Shipped numbers computed with">
            {pack.software.name} {pack.software.version}, {backendWords(pack.backend)},{' '}
            {pack.backend.precision}, {pack.backend.runtime}
          </Fact>
        )}
        {pack?.deviations && (
          <Fact name={`Checked against ${pack.deviations.reference}`}>
            {Object.entries(pack.deviations.values)
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
