import type { View } from '../../state/view.ts';
import { copyLinkToView } from './copyLink.ts';

interface Props {
  /** What the link leads to that is not in view. */
  readonly to: Partial<View>;
  /** “neuron 12 of block 3” */
  readonly what: string;
}

/** A small button that copies a link to one thing among others. */
export function CopyLinkButton({ to, what }: Props) {
  return (
    <button
      type="button"
      className="icon"
      aria-label={`Copy a link to ${what}`}
      title={`Copy a link to ${what}`}
      onClick={(event) => {
        event.stopPropagation();
        event.preventDefault();
        void copyLinkToView(to, what);
      }}
    >
      <LinkMark />
    </button>
  );
}

/** Two links of a chain. */
export function LinkMark() {
  return (
    <svg viewBox="0 0 20 20" width="1.1em" height="1.1em" aria-hidden="true">
      <g fill="none" stroke="currentColor" strokeWidth="1.7" strokeLinecap="round">
        <path d="M8.6 11.4a3.4 3.4 0 0 0 4.8 0l2.7-2.7a3.4 3.4 0 0 0-4.8-4.8L10.2 5" />
        <path d="M11.4 8.6a3.4 3.4 0 0 0-4.8 0l-2.7 2.7a3.4 3.4 0 0 0 4.8 4.8L9.8 15" />
      </g>
    </svg>
  );
}
