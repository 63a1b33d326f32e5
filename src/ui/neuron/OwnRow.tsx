import { useEffect, useState } from 'react';
import {
  type HeatmapPair,
  type Loadable,
  loadedValue,
  type MapKind,
  type NeuronDetail,
  type Overlay,
  useLens,
} from '../../state/index.ts';
import { signed } from '../charts/format.ts';
import type { MapForm } from '../charts/upsample.ts';
import { useRoving } from '../charts/useRoving.ts';
import { BlobPicture } from '../own/BlobPicture.tsx';
import { ImageDialog } from './ImageDialog.tsx';
import { ImageTile } from './ImageTile.tsx';
import styles from './neuron.module.css';
import type { MapScales } from './useMapScales.ts';

/** One of the person's pictures as this neuron sees it. */
export interface OwnEntry {
  readonly id: string;
  readonly name: string;
  readonly file: Blob;
  readonly value: number | undefined;
  readonly failure: string | undefined;
  readonly map: Loadable<HeatmapPair> | undefined;
}

interface Props {
  readonly entries: readonly OwnEntry[];
  readonly block: number;
  readonly neuron: number;
  /** The norm above which a picture is significant for the neuron; |activation| above it is enough. */
  readonly threshold: number | undefined;
  readonly detail: NeuronDetail;
  readonly scales: MapScales;
  readonly overlay: Overlay;
  readonly kind: MapKind;
  readonly form: MapForm;
  readonly engineWords: string | undefined;
}

/** The person's own pictures on this neuron, strongest first. */
export function OwnRow(props: Props) {
  const { entries, block, neuron, threshold, detail, scales, overlay, kind, form, engineWords } = props;
  const { requestOwnHeatmap, measureOwn } = useLens.getState();
  const [pointed, setPointed] = useState<string>();
  const [open, setOpen] = useState<string>();
  const roving = useRoving(entries.length, entries.length);
  const unmeasured = entries.some((entry) => entry.value === undefined && entry.failure === undefined);
  const measuring = useLens((state) => state.ownProgress !== undefined);
  useEffect(() => {
    if (unmeasured && !measuring) void measureOwn();
  }, [unmeasured, measuring, measureOwn]);
  const need = (id: string): void => requestOwnHeatmap(id, block, neuron);
  const place = entries.findIndex((entry) => entry.id === open);
  const opened = entries[place];
  const pointedEntry = entries.find((entry) => entry.id === pointed);
  return (
    <>
      <p className={styles.ownReadout} role="status">
        {pointedEntry ? inWords(pointedEntry, threshold) : 'Strongest first, by |activation|.'}
      </p>
      <ul className={styles.ownRow} aria-label="Your pictures, strongest first">
        {entries.map((entry, index) => (
          <li key={entry.id}>
            <ImageTile
              caption={entry.failure ? `${entry.name}: ${entry.failure}` : entry.name}
              value={entry.value}
              picture={(grey) => <BlobPicture file={entry.file} alt="" grey={grey} />}
              shown={overlay === 'always' || (overlay === 'hover' && pointed === entry.id)}
              map={entry.map}
              kind={kind}
              form={form}
              scale={scales.byKind[kind]}
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
          caption="Your picture, cut to the square the model sees"
          value={opened.value}
          picture={(alt, grey) => <BlobPicture file={opened.file} alt={alt} grey={grey} />}
          place={place}
          of={entries.length}
          detail={detail}
          map={opened.map}
          scales={scales}
          form={form}
          engineWords={engineWords}
          onNeedMap={() => need(opened.id)}
          onStep={(by) => setOpen(entries[place + by]?.id)}
          onClose={() => setOpen(undefined)}
        />
      )}
    </>
  );
}

function inWords(entry: OwnEntry, threshold: number | undefined): string {
  if (entry.failure) return `${entry.name}: ${entry.failure}`;
  if (entry.value === undefined) return `${entry.name}: being measured …`;
  const surely = threshold !== undefined && Math.abs(entry.value) > threshold;
  return `${signed(entry.value)} · ${entry.name}${surely ? ' · above the threshold: significant for this neuron' : ''}`;
}

export const ownPairs = (entries: readonly OwnEntry[]): HeatmapPair[] =>
  entries.flatMap((entry) => loadedValue(entry.map) ?? []);
