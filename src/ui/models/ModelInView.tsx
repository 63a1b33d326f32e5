import { loadedValue, type ModelInfo, useLens } from '../../state/index.ts';
import { Explain } from '../app/Explain.tsx';
import { backendWords } from '../app/engineWords.ts';
import page from '../app/page.module.css';
import { bytes, count } from '../charts/format.ts';
import { CheckWords } from './CheckWords.tsx';
import styles from './models.module.css';

/** What is known of the model that the other pages show. */
export function ModelInView() {
  const subject = useLens((state) => loadedValue(state.subject));
  const engine = useLens((state) => state.engine);
  const name = useLens((state) => state.view.model);
  const info = useLens((state) => state.opened.get(name));
  const running = engine.status === 'ready' && engine.info.id === name ? engine.info : info;
  if (!subject) return null;
  const { vision, dim } = subject.model.config;
  return (
    <section className={page.section} aria-labelledby="in-view">
      <h2 id="in-view">In view: {subject.model.title}</h2>
      <p className={styles.sizes}>
        {vision.layers} blocks of {count(vision.neurons)} neurons and {vision.heads} heads; pictures of{' '}
        {vision.imageSize} × {vision.imageSize} in patches of {vision.patchSize}; {dim} dimensions
      </p>
      {running ? (
        <Facts info={running} />
      ) : (
        <p className={page.soft}>It has not been started in this tab yet.</p>
      )}
    </section>
  );
}

function Facts({ info }: { readonly info: ModelInfo }) {
  return (
    <dl className={page.facts}>
      <dt>
        <Explain id="selfCheck">Self-check</Explain>
      </dt>
      <dd>
        <CheckWords check={info.check} />
      </dd>
      <dt>Files</dt>
      <dd>
        {bytes(info.bytes)}, stored as {info.precision}; {VERIFIED[info.verified]}
      </dd>
      <dt>SHA-256 of the {info.hashOf}</dt>
      <dd className={page.hash}>{info.hash}</dd>
      <dt>Runs on</dt>
      <dd>
        {backendWords(info.backend)}, {info.backend.precision}
      </dd>
      {info.plan && (
        <>
          <dt>Estimated</dt>
          <dd>{info.plan.sentences.join(' ')}</dd>
        </>
      )}
      {info.noTexts && (
        <>
          <dt>Texts</dt>
          <dd>{info.noTexts}</dd>
        </>
      )}
      {info.notes.length > 0 && (
        <>
          <dt>Notes</dt>
          <dd>{info.notes.join(' ')}</dd>
        </>
      )}
    </dl>
  );
}

const VERIFIED: Record<ModelInfo['verified'], string> = {
  sha256: 'their SHA-256 is the published one',
  size: 'their size is the published one; no published SHA-256 covers what was loaded',
  none: 'nothing was published to hold them against',
};
