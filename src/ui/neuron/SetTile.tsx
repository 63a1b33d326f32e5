import type { ComponentProps } from 'react';
import type { ListedImage, PictureSet } from '../../state/index.ts';
import { SetPicture } from '../pictures-grid/SetPicture.tsx';
import { ImageTile } from './ImageTile.tsx';

interface Props extends Omit<ComponentProps<typeof ImageTile>, 'caption' | 'value' | 'picture'> {
  readonly item: ListedImage;
  readonly pictures: PictureSet;
}

/** A tile of one of the set's pictures. */
export const SetTile = ({ item, pictures, ...tile }: Props) => (
  <ImageTile
    {...tile}
    caption={item.caption}
    value={item.value}
    picture={(grey) => <SetPicture cell={pictures.cell(item.image)} alt="" grey={grey} />}
  />
);
