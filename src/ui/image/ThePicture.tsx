import { isOfSet, loadedValue, useLens } from '../../state/index.ts';
import { BlobPicture } from '../own/BlobPicture.tsx';
import { SetPicture } from '../pictures-grid/SetPicture.tsx';

interface Props {
  /** Colour means a map that lies over it. */
  readonly grey?: boolean;
  /** It is one of several: the first says what is on it. */
  readonly quiet?: boolean;
}

/** The picture of the view, as the model sees it; nothing where it is not here. */
export function ThePicture({ grey = false, quiet }: Props) {
  const image = useLens((state) => state.view.image);
  const pictures = useLens((state) => loadedValue(state.pictures));
  const mine = useLens((state) => state.own.find((picture) => picture.id.startsWith(image)));
  if (!isOfSet(image)) {
    return mine ? <BlobPicture file={mine.file} alt={quiet ? '' : mine.name} grey={grey} /> : null;
  }
  const index = Number(image);
  if (!pictures || index >= pictures.count) return null;
  return <SetPicture cell={pictures.cell(index)} alt={quiet ? '' : pictures.caption(index)} grey={grey} />;
}
