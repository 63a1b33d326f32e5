import { Button } from 'react-aria-components';
import { type StoredModel, useLens } from '../../state/index.ts';
import page from '../app/page.module.css';
import { bytes } from '../charts/format.ts';
import { AskedPanel } from './AskedPanel.tsx';
import styles from './models.module.css';

/** What this browser keeps of models, and the way to be rid of it. */
export function StoredList() {
  const stored = useLens((state) => state.stored);
  const asked = useLens((state) => state.asked);
  const texts = useLens((state) => state.keptTexts);
  const models = stored.status === 'ready' ? stored.value : [];
  const files = models.flatMap((model) => model.files);
  const total = sumOf([...new Map(files.map((file) => [file.name, file])).values()]);
  return (
    <section className={page.section} aria-labelledby="stored">
      <h2 id="stored">Kept in this browser</h2>
      {stored.status === 'failed' && <p className={page.problem}>{stored.message}</p>}
      {stored.status === 'ready' && models.length === 0 && (
        <p className={page.soft}>
          Nothing. Models that you download are kept here, so that they come only once.
        </p>
      )}
      {models.length > 0 && (
        <>
          <p className={page.soft}>{bytes(total)} in all, in this browser’s private storage.</p>
          <ul className={styles.stored}>
            {models.map((model) => (
              <Stored key={model.url} model={model} shared={sharedBytes(model, models)} />
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

const sumOf = (files: StoredModel['files']): number => files.reduce((sum, { bytes }) => sum + bytes, 0);

/** Of files that other models have too: deleting this one alone does not free them. */
const sharedBytes = (model: StoredModel, models: readonly StoredModel[]): number =>
  sumOf(
    model.files.filter(({ name }) =>
      models.some((other) => other !== model && other.files.some((file) => file.name === name)),
    ),
  );

function Stored({ model, shared }: { readonly model: StoredModel; readonly shared: number }) {
  const { askFor, forgetModel } = useLens.getState();
  const inView = useLens((state) => state.view.model === model.id);
  const towers = model.towers
    .map((tower) => (tower === 'vision' ? 'image tower' : 'text tower'))
    .join(' and ');
  return (
    <li>
      <span className={styles.storedName}>
        <strong>{model.title}</strong>
        <span className={page.soft}>
          {bytes(model.bytes)}
          {shared > 0 && ` (${bytes(shared)} shared with another model)`};{' '}
          {model.complete ? towers : `download interrupted${towers && `, has the ${towers}`}`}; last used{' '}
          {new Date(model.lastUsed).toLocaleDateString('en-GB')}
        </span>
        <span className={styles.url}>{model.url}</span>
      </span>
      <span className={page.buttons}>
        {!inView && (
          <Button className="button" onPress={() => void askFor({ kind: 'stored', id: model.id })}>
            {model.complete ? 'Open' : 'Go on'}
            <span className="sr-only">: {model.title}</span>
          </Button>
        )}
        <Button className="button" onPress={() => void forgetModel(model.id)}>
          Delete<span className="sr-only">: {model.title}</span>
        </Button>
      </span>
    </li>
  );
}
