import { useEffect, useState } from 'react';
import { loadedValue, type PatchReading, useLens } from '../../state/index.ts';
import { patchSheet } from '../../state/tables/imageTables.ts';
import page from '../app/page.module.css';
import { signed } from '../charts/format.ts';
import { Panel } from '../panel/Panel.tsx';
import { ClassTable } from './ClassesPanel.tsx';
import styles from './image.module.css';
import { NeuronRow } from './NeuronRow.tsx';
import { OffToggle } from './OffToggle.tsx';
import { useStanding } from './useStanding.ts';

interface Props {
  readonly patch: number;
  readonly side: number;
  readonly onPatch: (patch: number) => void;
  readonly onClose: () => void;
}

/** Which neurons write at a patch, and the classes without them; arrows walk for those who cannot point. */
export function PatchNeurons({ patch, side, onPatch, onClose }: Props) {
  const reading = usePatch(patch);
  const row = Math.floor(patch / side);
  const column = patch % side;
  const place = `row ${row + 1}, column ${column + 1}`;
  return (
    <Panel
      title={`Patch in ${place}`}
      className={styles.panel}
      figure={typeof reading === 'object'}
      table={typeof reading === 'object' ? (of) => patchSheet(`${of} ${place}`, reading) : undefined}
      aside={
        <div className={styles.patchHead} data-export="no">
          <Walk label="left" to={patch - 1} enabled={column > 0} onPatch={onPatch} arrow="←" />
          <Walk label="up" to={patch - side} enabled={row > 0} onPatch={onPatch} arrow="↑" />
          <Walk label="down" to={patch + side} enabled={row < side - 1} onPatch={onPatch} arrow="↓" />
          <Walk label="right" to={patch + 1} enabled={column < side - 1} onPatch={onPatch} arrow="→" />
          <button type="button" className={styles.toggle} onClick={onClose} aria-label="Point at no patch">
            ×
          </button>
        </div>
      }
    >
      {typeof reading === 'string' && (
        <p role="alert" className={page.problem}>
          {reading}
        </p>
      )}
      {typeof reading === 'object' && (
        <>
          <h3>Who writes here, and how much of it along their directions</h3>
          <ul className={styles.acting}>
            {reading.writers.map(({ block, neuron, value }) => (
              <NeuronRow key={`${block} ${neuron}`} block={block} neuron={neuron}>
                {signed(value)} from here
              </NeuronRow>
            ))}
          </ul>
          <h3>The classes without all that is written here</h3>
          <WithoutPatch without={reading.without} />
          <OffToggle part={{ patch, label: `what is written in ${place}` }}>
            Take away what is written here
          </OffToggle>
        </>
      )}
    </Panel>
  );
}

/** What is read of a patch, or the sentence that says why not. */
function usePatch(patch: number): PatchReading | string | undefined {
  const id = useLens((state) => loadedValue(state.picture)?.reading.id);
  const [reading, setReading] = useState<PatchReading | string>();
  useEffect(() => {
    let wanted = true;
    if (id === undefined) return;
    useLens
      .getState()
      .readPatch(patch)
      .then(
        (found) => wanted && setReading(found),
        (error: unknown) => wanted && setReading(error instanceof Error ? error.message : String(error)),
      );
    return () => {
      wanted = false;
    };
  }, [id, patch]);
  return reading;
}

const CLASSES = 3;

function WithoutPatch({ without }: { readonly without: Float32Array }) {
  const rows = useStanding(CLASSES, without);
  return rows.length > 0 ? <ClassTable rows={rows} off /> : null;
}

interface WalkProps {
  readonly label: string;
  readonly arrow: string;
  readonly to: number;
  readonly enabled: boolean;
  readonly onPatch: (patch: number) => void;
}

function Walk({ label, arrow, to, enabled, onPatch }: WalkProps) {
  return (
    <button
      type="button"
      className={styles.toggle}
      disabled={!enabled}
      onClick={() => onPatch(to)}
      aria-label={`Patch to the ${label}`}
    >
      {arrow}
    </button>
  );
}
