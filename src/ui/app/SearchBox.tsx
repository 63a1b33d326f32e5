import { type FormEvent, type Ref, useDeferredValue, useId, useMemo } from 'react';
import { loadedValue, neuronNumber, useLens } from '../../state/index.ts';
import { progressInWords } from '../own/progressInWords.ts';
import { useSecondsLeft } from '../own/useSecondsLeft.ts';
import styles from './shell.module.css';

/** Words offered while typing. */
const MOST_OFFERED = 12;

/** Words rank the neurons; a number goes to that neuron. */
export function SearchBox({ inputRef }: { readonly inputRef: Ref<HTMLInputElement> }) {
  const query = useLens((state) => state.view.query);
  const words = useLens((state) => loadedValue(state.texts)?.words);
  const list = useId();
  const hint = useId();
  const typed = useDeferredValue(query.trim().toLowerCase());
  const offered = useMemo(() => offer(words ?? [], typed), [words, typed]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const { submitQuery, openBlock, view } = useLens.getState();
    const hasWords = query.trim() !== '' && neuronNumber(query) === undefined;
    if (hasWords && view.page !== 'block') openBlock(view.block);
    submitQuery(query);
  };
  return (
    <search className={styles.search}>
      <form onSubmit={submit}>
        <svg viewBox="0 0 20 20" width="1em" height="1em" aria-hidden="true">
          <circle cx="8.5" cy="8.5" r="5.5" fill="none" stroke="currentColor" strokeWidth="1.7" />
          <path d="m13 13 4.5 4.5" stroke="currentColor" strokeWidth="1.7" strokeLinecap="round" />
        </svg>
        <input
          ref={inputRef}
          type="search"
          value={query}
          placeholder="dog, night sky, #123"
          aria-label="Search neurons by words, or go to one by its number"
          aria-describedby={hint}
          list={list}
          autoComplete="off"
          spellCheck={false}
          maxLength={200}
          onChange={(event) => useLens.getState().typeQuery(event.target.value)}
          onFocus={() => void useLens.getState().ensureTexts()}
        />
        <kbd>/</kbd>
        <datalist id={list}>
          {offered.map((word) => (
            <option key={word} value={word} />
          ))}
        </datalist>
      </form>
      <SearchHint id={hint} />
    </search>
  );
}

function offer(words: readonly string[], typed: string): string[] {
  if (typed.length < 2) return [];
  const starts = words.filter((word) => word.startsWith(typed));
  return starts.slice(0, MOST_OFFERED);
}

function SearchHint({ id }: { readonly id: string }) {
  const progress = useLens((state) => (state.search.status === 'loading' ? state.searchProgress : undefined));
  const left = useSecondsLeft(progress);
  const words = useLens((state) => {
    const { search, searchWaits, engine, view } = state;
    if (neuronNumber(view.query) !== undefined) return `Enter opens neuron ${neuronNumber(view.query)}`;
    if (searchWaits) {
      return engine.status === 'ready'
        ? 'Enter loads the model’s text tower to read these words'
        : 'Enter starts the model here to read these words';
    }
    if (search.status === 'failed') return search.message;
    if (search.status !== 'loading') return '';
    return engine.status === 'ready' ? 'The model reads …' : 'The model is starting …';
  });
  const ordered = useLens(({ search, view }) => (search.status === 'ready' ? view.query.trim() : ''));
  const fetching = progress?.unit === 'bytes';
  const text = fetching ? progress.stage : words;
  return (
    <div className={styles.hint} data-empty={text === '' || undefined}>
      <span id={id} role="status">
        {text}
        {text === '' && ordered !== '' && (
          <span className="sr-only">The list is in order of “{ordered}”.</span>
        )}
      </span>
      {/* Not said: it changes every moment. */}
      {fetching && <span>, {progressInWords(progress, left)}</span>}
    </div>
  );
}
