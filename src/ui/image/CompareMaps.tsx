import { FIND_MAPS, type FindMap, type FoundMap, type FoundText, useLens } from '../../state/index.ts';
import { percent } from '../charts/format.ts';
import { FoundCanvas } from './FoundCanvas.tsx';
import styles from './image.module.css';
import { MAP_TITLES } from './mapNames.ts';
import { ThePicture } from './ThePicture.tsx';
import { useAgreement, useTruth } from './useAgreement.ts';

/** All maps of one text at the same time, each with how well it meets the truth where that is known. */
export function CompareMaps({ found }: { readonly found: FoundText }) {
  const maps = FIND_MAPS.flatMap((kind) => {
    const map = found.maps.get(kind);
    return map ? [{ kind, map }] : [];
  });
  const truth = useTruth(found.text);
  return (
    <ul className={styles.compare} aria-label={`Maps of “${found.text}”`}>
      <li>
        <figure>
          <div className={styles.stage}>
            <ThePicture />
            {truth && <FoundCanvas map={truth} threshold={0.5} drawn="outline" />}
          </div>
          <figcaption>
            {truth ? 'Where it truly is' : 'The picture'}
            <small>{truth ? 'the set’s own mask' : 'no true mask of this'}</small>
          </figcaption>
        </figure>
      </li>
      {maps.map(({ kind, map }) => (
        <li key={kind}>
          <ComparedMap kind={kind} map={map} text={found.text} />
        </li>
      ))}
    </ul>
  );
}

interface ComparedProps {
  readonly kind: FindMap;
  readonly map: FoundMap;
  readonly text: string;
}

function ComparedMap({ kind, map, text }: ComparedProps) {
  const threshold = useLens((state) => state.view.findCut);
  const agreement = useAgreement(map, useTruth(text));
  return (
    <figure>
      <div className={styles.stage}>
        <ThePicture grey quiet />
        <FoundCanvas map={map.map} threshold={threshold} drawn="overlay" size={112} />
        <button
          type="button"
          className={styles.grid}
          onClick={() => useLens.getState().setView({ findMap: kind, findLook: 'overlay' })}
          aria-label={`Look at this map alone: ${MAP_TITLES[kind]}`}
        />
      </div>
      <figcaption>
        {MAP_TITLES[kind]}
        <small>
          {map.flat && 'the same everywhere: it says nothing'}
          {agreement && !map.flat && (
            <strong>
              IoU {percent(agreement.iou, 0)} · AP {percent(agreement.precision, 0)}
            </strong>
          )}
        </small>
      </figcaption>
    </figure>
  );
}
