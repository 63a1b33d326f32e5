import { blockWordsOf, useLens } from '../../state/index.ts';
import { JobProgress } from '../own/JobProgress.tsx';
import styles from './block.module.css';

/** The way to a word or two beside every neuron of the list. */
export function WordsBar() {
  const words = useLens(blockWordsOf);
  const wording = useLens((state) => state.wording);
  const reading = useLens((state) => state.reading);
  const { cancelWording, wordBlock } = useLens.getState();
  if (wording) return <JobProgress progress={reading ?? wording} onCancel={cancelWording} />;
  if (words) return null;
  return (
    <button type="button" className={`button ${styles.wordsButton}`} onClick={() => void wordBlock()}>
      Put all into words
    </button>
  );
}
