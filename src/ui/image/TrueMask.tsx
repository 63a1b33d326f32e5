import { useEffect, useState } from 'react';
import {
  agreementWithTruth,
  type FoundText,
  loadedValue,
  type TrueMask as Mask,
  useLens,
} from '../../state/index.ts';
import { Explain } from '../app/Explain.tsx';
import { percent } from '../charts/format.ts';

interface Props {
  readonly found: FoundText;
  readonly threshold: number;
}

/** How well the outline meets the true mask, where the set has one of such a thing. */
export function TrueMask({ found, threshold }: Props) {
  const pictures = useLens((state) => loadedValue(state.pictures));
  const image = useLens((state) => state.view.image);
  const [mask, setMask] = useState<{ readonly image: string; readonly mask: Mask }>();
  useEffect(() => {
    let wanted = true;
    if (!pictures?.mask || !/^\d+$/.test(image)) return;
    pictures.mask(Number(image)).then(
      (read) => wanted && setMask({ image, mask: read }),
      () => undefined, // without a mask there is only nothing to compare with
    );
    return () => {
      wanted = false;
    };
  }, [pictures, image]);
  if (!pictures || mask?.image !== image) return null;
  const iou = agreementWithTruth(found, threshold, mask.mask, pictures.labels(Number(image)));
  if (iou === undefined) return null;
  return (
    <strong>
      <Explain id="iou">IoU</Explain> {percent(iou, 0)} with where it truly is.
    </strong>
  );
}
