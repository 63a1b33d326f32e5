/** The sign of neuronlens: a neuron in the field of view. */
export function Mark() {
  return (
    <svg viewBox="0 0 32 32" width="1.6em" height="1.6em" aria-hidden="true">
      <circle cx="16" cy="16" r="12.5" fill="none" stroke="currentColor" strokeWidth="1.6" />
      <circle cx="16" cy="16" r="4" fill="var(--accent)" />
      <g fill="none" stroke="var(--accent)" strokeWidth="1.6" strokeLinecap="round">
        <path d="M12.6 13.6 7.4 9.6M19.4 13.4 23.8 8.6M13.4 19.2 10 24M20 17.2 27 19.4" />
      </g>
    </svg>
  );
}
