import { useEffect, useState } from 'react';
import pictures from '../pictures-grid/pictures.module.css';

interface Props {
  readonly file: Blob;
  readonly alt: string;
  readonly grey?: boolean;
}

/**
 * A person's own picture, shown as the model sees it: the square in its middle. The address it is
 * shown by lives as long as the element.
 */
export function BlobPicture({ file, alt, grey }: Props) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return (
    <img
      className={pictures.picture}
      style={{ objectFit: 'cover' }}
      src={url}
      alt={alt}
      data-grey={grey || undefined}
      decoding="async"
      draggable={false}
    />
  );
}
