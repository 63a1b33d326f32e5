import type { ReactNode } from 'react';

function Icon({ children }: { readonly children: ReactNode }) {
  return (
    <svg viewBox="0 0 20 20" width="1.2em" height="1.2em" aria-hidden="true">
      <g fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" strokeLinejoin="round">
        {children}
      </g>
    </svg>
  );
}

/** A prompt: commands by their name. */
export const CommandMark = () => (
  <Icon>
    <rect x="2.5" y="3.5" width="15" height="13" rx="2.5" />
    <path d="m6 8 2.5 2L6 12M10.5 12.5H14" />
  </Icon>
);

/** Out of the box. */
export const ShareMark = () => (
  <Icon>
    <path d="M10 12V2.8M6.8 5.8 10 2.6l3.2 3.2M6 9H4.2v8h11.6V9H14" />
  </Icon>
);

/** Three lines. */
export const MenuMark = () => (
  <Icon>
    <path d="M3 5h14M3 10h14M3 15h14" />
  </Icon>
);

/** Four corners. */
export const FullScreenMark = () => (
  <Icon>
    <path d="M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4" />
  </Icon>
);
