/** A pin; filled where something is pinned. */
export function PinMark({ filled }: { readonly filled: boolean }) {
  return (
    <svg viewBox="0 0 16 16" width="1em" height="1em" aria-hidden="true">
      <path
        d="M5.5 1.5h5l-.8 1v3.7l2.3 2.3v1H4v-1l2.3-2.3V2.5z"
        fill={filled ? 'currentColor' : 'none'}
        stroke="currentColor"
        strokeWidth="1.3"
        strokeLinejoin="round"
      />
      <path d="M8 9.5V15" stroke="currentColor" strokeWidth="1.3" strokeLinecap="round" />
    </svg>
  );
}
