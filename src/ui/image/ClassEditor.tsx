import { useId, useState } from 'react';
import { classListOf, parseClassList, useLens } from '../../state/index.ts';
import page from '../app/page.module.css';
import styles from './image.module.css';

/** Which classes there are to choose from, and the sentences they stand in: the set's, or a person's own. */
export function ClassEditor() {
  const list = useLens(classListOf);
  const own = useLens((state) => state.ownClasses !== undefined);
  const { setClasses } = useLens.getState();
  const [names, setNames] = useState<string>();
  const [templates, setTemplates] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const id = useId();
  const reset = (): void => {
    setNames(undefined);
    setTemplates(undefined);
    setProblem(undefined);
  };
  const use = (): void => {
    try {
      setClasses(parseClassList(names ?? list.names.join('\n'), templates ?? list.templates.join('\n')));
      reset();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  const many = (count: number, one: string): string => `${count} ${count === 1 ? one : `${one}s`}`;
  return (
    <details className={styles.names} data-export="no">
      <summary>
        {list.names.length === 0
          ? 'Name the classes'
          : `among ${own ? 'your ' : ''}${list.names.length} ${list.names.length === 1 ? 'class' : 'classes'}, in ${many(list.templates.length, 'template')}`}
      </summary>
      <div className={styles.editor}>
        <label htmlFor={`${id}-names`}>One class a line, as it stands in a sentence: “a cat”</label>
        <textarea
          id={`${id}-names`}
          className={page.input}
          rows={6}
          value={names ?? list.names.join('\n')}
          onChange={(event) => setNames(event.target.value)}
          spellCheck={false}
          aria-invalid={problem !== undefined}
          aria-describedby={`${id}-problem`}
        />
        <label htmlFor={`${id}-templates`}>Sentences it stands in, one a line, {'{}'} for the class</label>
        <textarea
          id={`${id}-templates`}
          className={page.input}
          rows={3}
          value={templates ?? list.templates.join('\n')}
          onChange={(event) => setTemplates(event.target.value)}
          spellCheck={false}
          aria-invalid={problem !== undefined}
          aria-describedby={`${id}-problem`}
        />
        {problem && (
          <p id={`${id}-problem`} role="alert" className={page.problem}>
            {problem}
          </p>
        )}
        <div className={page.buttons}>
          <button
            type="button"
            className="button"
            disabled={names === undefined && templates === undefined}
            onClick={use}
          >
            Use these
          </button>
          {own && (
            <button
              type="button"
              className="button"
              onClick={() => {
                setClasses(undefined);
                reset();
              }}
            >
              Back to the set’s classes
            </button>
          )}
        </div>
      </div>
    </details>
  );
}
