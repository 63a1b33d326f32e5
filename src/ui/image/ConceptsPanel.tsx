import { useEffect, useMemo } from 'react';
import { type Concept, conceptStanding, loadedValue, useLens } from '../../state/index.ts';
import { conceptsSheet } from '../../state/tables/imageTables.ts';
import page from '../app/page.module.css';
import { signed } from '../charts/format.ts';
import { JobProgress } from '../own/JobProgress.tsx';
import { Panel } from '../panel/Panel.tsx';
import styles from './image.module.css';
import { NeuronRow } from './NeuronRow.tsx';
import { OffToggle } from './OffToggle.tsx';
import { offLabels } from './useStanding.ts';

const LISTED = 8;
const VOTERS = 5;

/** The words that the significant neurons add up to, and who says each. */
export function ConceptsPanel() {
  const voices = useLens((state) => state.voices);
  const reading = useLens((state) => state.reading);
  const blocks = useLens((state) => loadedValue(state.picture)?.blocks.length ?? 0);
  // Words and directions that ship take a second; any others a person asks for.
  const ready = useLens(
    (state) => state.view.pool === 'set' && loadedValue(state.subject)?.pack !== undefined,
  );
  const { cancelReading, findConcepts } = useLens.getState();
  useEffect(() => {
    if (ready && voices.status === 'idle' && blocks > 0) void useLens.getState().findConcepts();
  }, [ready, voices.status, blocks]);
  if (blocks === 0) return null;
  return (
    <Panel
      title="Its concepts"
      explain="conceptDiscovery"
      className={styles.panel}
      figure={voices.status === 'ready'}
      table={voices.status === 'ready' ? sheetOfConcepts : undefined}
    >
      {voices.status === 'idle' && (
        <button type="button" className="button" onClick={() => void findConcepts()}>
          Ask its significant neurons
        </button>
      )}
      {voices.status === 'loading' && <JobProgress progress={reading} onCancel={cancelReading} />}
      {voices.status === 'failed' && (
        <p role="alert" className={page.problem}>
          {voices.message}
        </p>
      )}
      {voices.status === 'ready' && <Concepts />}
    </Panel>
  );
}

function sheetOfConcepts(of: string) {
  const { voices, off, ablated } = useLens.getState();
  const concepts = conceptStanding(loadedValue(voices)!, off, loadedValue(ablated), LISTED);
  return conceptsSheet(of, concepts, offLabels());
}

function Concepts() {
  const voices = useLens((state) => loadedValue(state.voices));
  const off = useLens((state) => state.off);
  const ablated = useLens((state) => loadedValue(state.ablated));
  const concepts = useMemo(
    () => (voices ? conceptStanding(voices, off, ablated, LISTED) : []),
    [voices, off, ablated],
  );
  const voters = useLens((state) =>
    loadedValue(state.picture)?.reading.blocks.reduce(
      (sum, { significant }) => sum + significant.reduce((part, one) => part + one, 0),
      0,
    ),
  );
  const largest = Math.max(
    ...concepts.flatMap(({ before, after }) => [Math.abs(before), Math.abs(after)]),
    1e-9,
  );
  return (
    <>
      <p className={page.soft}>
        What {voters} significant neurons add up to (corrected form). Open a word to see who says it.
      </p>
      <ol className={styles.concepts}>
        {concepts.map((concept) => (
          <li key={concept.name}>
            <ConceptRow concept={concept} largest={largest} off={off.length > 0} />
          </li>
        ))}
      </ol>
    </>
  );
}

interface RowProps {
  readonly concept: Concept;
  readonly largest: number;
  readonly off: boolean;
}

function ConceptRow({ concept: { name, before, after, votes }, largest, off }: RowProps) {
  const width = (score: number): string => `${(100 * Math.max(0, score)) / largest}%`;
  const behind = votes.filter(({ part }) => part > 0);
  const blocks = [...new Set(behind.map(({ block }) => block))];
  return (
    <details>
      <summary>
        <span className={styles.word}>
          {name}
          <span className={styles.bar} style={{ inlineSize: width(before) }} aria-hidden="true" />
          {off && (
            <span className={styles.bar} data-after style={{ inlineSize: width(after) }} aria-hidden="true" />
          )}
        </span>
        <span className={styles.figure}>
          {signed(before, 2)}
          {off && ` → ${signed(after, 2)}`}
        </span>
      </summary>
      <ul className={styles.acting}>
        {votes.slice(0, VOTERS).map(({ block, neuron, part }) => (
          <NeuronRow key={`${block} ${neuron}`} block={block} neuron={neuron}>
            {signed(part, 2)}
          </NeuronRow>
        ))}
      </ul>
      <OffToggle
        part={{
          label: `${behind.length} behind “${name}”`,
          chosen: blocks.map((block) => ({
            block,
            neurons: behind.filter((vote) => vote.block === block).map(({ neuron }) => neuron),
          })),
        }}
      >
        Switch off all {behind.length} that speak for it
      </OffToggle>
    </details>
  );
}
