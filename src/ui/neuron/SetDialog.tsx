import type { ListedImage, NeuronDetail, NeuronPage, PictureSet } from '../../state/index.ts';
import { SetPicture } from '../pictures-grid/SetPicture.tsx';
import { ImageDialog } from './ImageDialog.tsx';
import type { MapOverlay } from './useOverlay.ts';

interface Props {
  readonly listed: readonly ListedImage[];
  /** Which of them is large; none while undefined. */
  readonly open: number | undefined;
  readonly onOpen: (image: number | undefined) => void;
  readonly pictures: PictureSet;
  readonly page: NeuronPage;
  readonly detail: NeuronDetail;
  readonly overlay: MapOverlay;
}

/** One of the listed pictures of the set, large; from there to those beside it. */
export function SetDialog({ listed, open, onOpen, pictures, page, detail, overlay }: Props) {
  const place = listed.findIndex((item) => item.image === open);
  const item = listed[place];
  if (!item) return null;
  const { image, caption, value } = item;
  return (
    <ImageDialog
      title={`Picture ${image}`}
      image={String(image)}
      caption={caption}
      value={value}
      picture={(alt, grey) => <SetPicture cell={pictures.cell(image)} alt={alt} grey={grey} />}
      place={place}
      of={listed.length}
      detail={detail}
      map={page.heatmaps.get(image)}
      overlay={overlay}
      onNeedMap={() => page.requestHeatmaps([image])}
      onStep={(by) => onOpen(listed[place + by]?.image)}
      onClose={() => onOpen(undefined)}
    />
  );
}
