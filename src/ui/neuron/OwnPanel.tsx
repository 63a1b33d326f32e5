import { useEffect, useState } from 'react';
import { encodeView, type NeuronDetail, type NeuronPage, ownImage, useLens } from '../../state/index.ts';
import { ownSheet } from '../../state/tables/neuronTables.ts';
import { signed } from '../charts/format.ts';
import { useRoving } from '../charts/useRoving.ts';
import { BlobPicture } from '../own/BlobPicture.tsx';
import { Panel } from '../panel/Panel.tsx';
import { ImageDialog } from './ImageDialog.tsx';
import { ImageTile } from './ImageTile.tsx';
import imagesStyles from './images.module.css';
import type { MapOverlay } from './useOverlay.ts';
import type { OwnEntry } from './useOwnEntries.ts';

interface Props {
  readonly entries: readonly OwnEntry[];
  readonly page: NeuronPage;
  readonly detail: NeuronDetail;
  readonly overlay: MapOverlay;
  /** The norm above which a picture is significant for the neuron; |activation| above it is enough. */
  readonly threshold: number | undefined;
}

/** The person's own pictures on this neuron, strongest first. */
export function OwnPanel({ entries, page, detail, overlay, threshold }: Props) {
  const { block, neuron } = page;
  const [pointed, setPointed] = useState<string>();
  const [open, setOpen] = useState<string>();
  const view = useLens((state) => state.view);
  const shown = entries.filter((entry) => entry.failure === undefined);
  const roving = useRoving(shown.length, shown.length);
  useMeasuring(shown);
  const need = (id: string): void => useLens.getState().requestOwnHeatmap(id, block, neuron);
  const place = shown.findIndex((entry) => entry.id === open);
  const opened = shown[place];
  const pointedEntry = shown.find((entry) => entry.id === pointed);
  const failures = entries.length - shown.length;
  return (
    <Panel
      title="Your pictures"
      explain="activation"
      area="own"
      live
      table={(of) => ownSheet(of, shown, threshold)}
      aside={<a href={encodeView({ ...view, page: 'own' })}>All your pictures</a>}
    >
      <p className={imagesStyles.ownReadout}>
        {pointedEntry
          ? inWords(pointedEntry, threshold)
          : `Strongest first, by |activation|.${left(failures)}`}
      </p>
      <ul className={imagesStyles.ownRow} aria-label="Your pictures, strongest first">
        {shown.map((entry, index) => (
          <li key={entry.id}>
            <ImageTile
              caption={entry.name}
              value={entry.value}
              picture={(grey) => <BlobPicture file={entry.file} alt="" grey={grey} />}
              pointed={pointed === entry.id}
              map={entry.map}
              overlay={overlay}
              onNeeded={() => need(entry.id)}
              onPoint={(on) => setPointed(on ? entry.id : undefined)}
              onOpen={() => setOpen(entry.id)}
              focusProps={roving.item(index)}
            />
          </li>
        ))}
      </ul>
      {opened && (
        <ImageDialog
          title={opened.name}
          image={ownImage(opened.id)}
          caption="Your picture, cut to the square the model sees"
          value={opened.value}
          picture={(alt, grey) => <BlobPicture file={opened.file} alt={alt} grey={grey} />}
          place={place}
          of={shown.length}
          detail={detail}
          map={opened.map}
          overlay={overlay}
          onNeedMap={() => need(opened.id)}
          onStep={(by) => setOpen(shown[place + by]?.id)}
          onClose={() => setOpen(undefined)}
        />
      )}
    </Panel>
  );
}

/** Measures pictures that came before this block was looked at. */
function useMeasuring(shown: readonly OwnEntry[]): void {
  const unmeasured = shown.some((entry) => entry.value === undefined);
  const measuring = useLens((state) => state.ownProgress !== undefined);
  useEffect(() => {
    if (unmeasured && !measuring) void useLens.getState().measureOwn();
  }, [unmeasured, measuring]);
}

const left = (failures: number): string =>
  failures === 0 ? '' : ` ${failures} could not be measured; your pictures' own page says why.`;

function inWords(entry: OwnEntry, threshold: number | undefined): string {
  if (entry.value === undefined) return `${entry.name}: being measured …`;
  const surely = threshold !== undefined && Math.abs(entry.value) > threshold;
  return `${signed(entry.value)} · ${entry.name}${surely ? ' · above the threshold: significant for this neuron' : ''}`;
}
