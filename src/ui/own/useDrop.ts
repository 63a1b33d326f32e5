import { type DragEvent, useState } from 'react';
import { filesOfDrop } from './gatherFiles.ts';

interface DropTarget {
  /** Whether something is held over it. */
  readonly over: boolean;
  readonly handlers: {
    readonly onDragOver: (event: DragEvent) => void;
    readonly onDragLeave: (event: DragEvent) => void;
    readonly onDrop: (event: DragEvent) => void;
  };
}

/** Makes an element take files and folders that are dropped on it. */
export function useDrop(onFiles: (files: readonly File[]) => void): DropTarget {
  const [over, setOver] = useState(false);
  return {
    over,
    handlers: {
      onDragOver(event) {
        event.preventDefault();
        setOver(true);
      },
      onDragLeave(event) {
        const inside =
          event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget);
        if (!inside) setOver(false);
      },
      onDrop(event) {
        event.preventDefault();
        setOver(false);
        filesOfDrop(event.dataTransfer).then(onFiles, () => onFiles([]));
      },
    },
  };
}
