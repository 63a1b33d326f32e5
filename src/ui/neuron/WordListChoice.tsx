import { useId } from 'react';
import { loadedValue, POOLS, type PoolChoice, useLens } from '../../state/index.ts';
import { count } from '../charts/format.ts';
import { FileButton } from '../own/FileButton.tsx';
import { JobProgress } from '../own/JobProgress.tsx';
import controls from './controls.module.css';

const LISTS: Record<PoolChoice, string> = {
  set: '1,548 words of the pictogram world',
  'english-30000': '30,000 common English words',
  'noun-phrases-10000': '10,000 noun phrases',
  file: 'your own list',
};

/** Which words a direction may be put into; another list is read by the model on this machine first. */
export function WordListChoice() {
  const pool = useLens((state) => state.view.pool);
  const own = useLens((state) => state.ownWords);
  const reading = useLens((state) => state.reading);
  const { cancelReading, chooseOwnWords, setView } = useLens.getState();
  const id = useId();
  const brought = useLens((state) => loadedValue(state.subject)?.pack?.texts?.count);
  const elsewhere = useLens((state) => state.view.pack !== undefined);
  const nameOf = (name: PoolChoice): string => {
    if (name === 'file' && own) return own.name;
    return name === 'set' && elsewhere && brought ? `${count(brought)} texts of this analysis` : LISTS[name];
  };
  const lists = POOLS.filter((name) => name !== 'file' || own !== undefined || pool === 'file');
  return (
    <>
      <div className={controls.list}>
        <label htmlFor={id}>Words from</label>
        <select
          id={id}
          value={pool}
          onChange={(event) => setView({ pool: event.target.value as PoolChoice })}
        >
          {lists.map((name) => (
            <option key={name} value={name}>
              {nameOf(name)}
            </option>
          ))}
        </select>
        <FileButton
          label="Your own list"
          accept="text/plain,.txt"
          onFiles={([file]) => file && chooseOwnWords(file)}
        />
      </div>
      {reading && <JobProgress progress={reading} onCancel={cancelReading} />}
    </>
  );
}
