/** Spreads of random directions within which an R² is no finding; the page of a neuron says so too. */
export const SPREADS = 3;
