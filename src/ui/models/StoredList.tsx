import { Button } from 'react-aria-components';
import { type StoredModel, useLens } from '../../state/index.ts';
import { bytes } from '../charts/format.ts';
import { AskedPanel } from './AskedPanel.tsx';
import styles from './models.module.css';

/** What this browser keeps of models, and the way to be rid of it. */
export function StoredList() {
  const stored = useLens((state) => state.stored);
  const asked = useLens((state) => state.asked);
  const texts = useLens((state) => state.keptTexts);
  const models = stored.status === 'ready' ? stored.value : [];
  const total = models.reduce((sum, model) => sum + model.bytes, 0);
  return (
    <section className={styles.section} aria-labelledby="stored">
      <h2 id="stored">Kept in this browser</h2>
      {stored.status === 'failed' && <p className={styles.problem}>{stored.message}</p>}
      {stored.status === 'ready' && models.length === 0 && (
        <p className={styles.soft}>
          Nothing. Models that you download are kept here, so that they come only once.
        </p>
      )}
      {models.length > 0 && (
        <>
          <p className={styles.soft}>{bytes(total)} in all, in this browser’s private storage.</p>
          <ul className={styles.stored}>
            {models.map((model) => (
              <Stored key={model.id} model={model} />
            ))}
          </ul>
        </>
      )}
      {texts > 0 && (
        <p className={styles.keptTexts}>
          <span>Vectors of word lists that models have read: {bytes(texts)}.</span>
          <Button className="button" onPress={() => void useLens.getState().forgetTexts()}>
            Delete<span className="sr-only">: vectors of word lists</span>
          </Button>
        </p>
      )}
      {asked?.source.kind === 'stored' && <AskedPanel asked={asked} />}
    </section>
  );
}

function Stored({ model }: { readonly model: StoredModel }) {
  const { askFor, forgetModel } = useLens.getState();
  const towers = model.towers
    .map((tower) => (tower === 'vision' ? 'image tower' : 'text tower'))
    .join(' and ');
  return (
    <li>
      <span className={styles.storedName}>
        <strong>{model.title}</strong>
        <span className={styles.soft}>
          {bytes(model.bytes)};{' '}
          {model.complete ? towers : `download interrupted${towers && `, has the ${towers}`}`}; last used{' '}
          {new Date(model.lastUsed).toLocaleDateString('en-GB')}
        </span>
        <span className={styles.url}>{model.url}</span>
      </span>
      <span className={styles.buttons}>
        {model.complete && (
          <Button className="button" onPress={() => void askFor({ kind: 'stored', id: model.id })}>
            Open<span className="sr-only">: {model.title}</span>
          </Button>
        )}
        <Button className="button" onPress={() => void forgetModel(model.id)}>
          Delete<span className="sr-only">: {model.title}</span>
        </Button>
      </span>
    </li>
  );
}
