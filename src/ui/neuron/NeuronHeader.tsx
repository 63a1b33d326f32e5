import { useState } from 'react';
import { directionName, directionsOf } from '../../state/directions.ts';
import { type Loadable, useLens, type WordedCode } from '../../state/index.ts';
import { CompareButton } from '../compare/CompareButton.tsx';
import { PinButton } from '../pins/PinButton.tsx';
import { copyText } from '../share/copyLink.ts';
import controls from './controls.module.css';
import styles from './neuron.module.css';
import { topWords } from './words.ts';

interface Props {
  readonly block: number;
  readonly neuron: number;
  readonly code: Loadable<WordedCode>;
  readonly onStep: (by: 1 | -1) => void;
  readonly onRandom: () => void;
  /** How many pictures of the person's own stand further down. */
  readonly own: number;
  readonly onOwn: () => void;
}

const IN_ONE_LINE = 5;

/** Which neuron this is, in words, and where to go from it. */
export function NeuronHeader({ block, neuron, code, onStep, onRandom, own, onOwn }: Props) {
  const embed = useLens((state) => state.view.embed);
  const present = useLens((state) => state.view.present);
  return (
    <header className={styles.header}>
      <div className={styles.title}>
        <Name block={block} neuron={neuron} />
        {!embed && <PinButton block={block} neuron={neuron} />}
        <p className={styles.words}>
          {code.status === 'ready' ? (
            topWords(code.value, IN_ONE_LINE).map(({ text, positive }) => (
              <span key={text} data-sign={positive ? 'positive' : 'negative'}>
                {positive ? '+' : '−'} {text}
              </span>
            ))
          ) : (
            <span>{code.status === 'failed' ? 'no words for it' : 'looking for its words …'}</span>
          )}
        </p>
      </div>
      {!present && <Ways {...{ block, neuron, own, onOwn, onStep, onRandom }} />}
    </header>
  );
}

/** To other neurons, and with this one elsewhere; inside another page to its neighbours only. */
function Ways({ block, neuron, own, onOwn, onStep, onRandom }: Omit<Props, 'code'>) {
  const embed = useLens((state) => state.view.embed);
  return (
    <nav className={styles.nav} aria-label="Neurons">
      {own > 0 && (
        <button type="button" className={controls.button} onClick={onOwn}>
          Your {own === 1 ? 'picture' : `${own} pictures`} ↓
        </button>
      )}
      <button type="button" className={controls.button} onClick={() => onStep(-1)}>
        ← Previous
      </button>
      <button type="button" className={controls.button} onClick={() => onStep(1)}>
        Next →
      </button>
      {!embed && (
        <>
          <button type="button" className={controls.button} onClick={onRandom}>
            Random
          </button>
          <CompareButton block={block} neuron={neuron} className={controls.button!} />
          <CopyLink />
        </>
      )}
    </nav>
  );
}

function Name({ block, neuron }: Pick<Props, 'block' | 'neuron'>) {
  const given = useLens(directionsOf);
  if (!given) {
    return (
      <h1>
        <span className={styles.blockName}>Block {block} ·</span> neuron {neuron}
      </h1>
    );
  }
  const name = directionName(given, neuron);
  return (
    <h1>
      <span className={styles.blockName}>Direction {neuron} of</span> {given.name}
      {name && <>: {name}</>}
    </h1>
  );
}

type Copied = 'no' | 'yes' | 'failed';
const COPY_WORDS: Record<Copied, string> = {
  no: 'Copy link',
  yes: 'Copied',
  failed: 'Copy it from the address bar',
};

/** The address holds the whole view, so the link to it is the address. */
function CopyLink() {
  const [copied, setCopied] = useState<Copied>('no');
  const copy = async (): Promise<void> => {
    setCopied((await copyText(location.href)) ? 'yes' : 'failed');
    setTimeout(() => setCopied('no'), 2500);
  };
  return (
    <button type="button" className={controls.button} onClick={() => void copy()}>
      <span aria-live="polite">{COPY_WORDS[copied]}</span>
    </button>
  );
}
