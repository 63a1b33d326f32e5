import type { ReactNode } from 'react';
import type { Agreement } from '../../state/index.ts';
import { Explain } from '../app/Explain.tsx';
import { count, percent } from '../charts/format.ts';
import styles from './block.module.css';

/** How close the live numbers come to the shipped ones, in figures. */
export function AgreementFigures({ agreement }: { readonly agreement: Agreement }) {
  return (
    <dl className={styles.agreement} aria-label="Agreement of live and shipped numbers">
      <Figure name={<Explain id="agreementNorm">effect size, largest relative error</Explain>}>
        {agreement.typicalNormError === undefined ? 'not stated' : tiny(agreement.typicalNormError)}
      </Figure>
      <Figure name={<Explain id="agreementNorm">mean effect, largest relative error</Explain>}>
        {tiny(agreement.meanEffectError)}
      </Figure>
      <Figure name={<Explain id="agreementCosine">|cos| of directions, smallest</Explain>}>
        {Number.isNaN(agreement.cosineSmallest) ? '–' : nearOne(agreement.cosineSmallest)}
        <small> over {count(agreement.cosineNeurons)} neurons</small>
      </Figure>
      <Figure name={<Explain id="agreementTop">equal top sets</Explain>}>
        {percent(agreement.equalTopSets)}
        {agreement.equalTopSets < 1 && <small> ({percent(agreement.sharedTopImages, 2)} of pictures)</small>}
      </Figure>
    </dl>
  );
}

function Figure({ name, children }: { readonly name: ReactNode; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** 3.1 × 10⁻⁷ rather than 0.0000. */
function tiny(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  if (value >= 0.001) return percent(value, 2);
  const power = Math.floor(Math.log10(value));
  const digits = String(-power).replace(/\d/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]!);
  return `${(value / 10 ** power).toFixed(1)} × 10⁻${digits}`;
}

/** 0.9999998 rather than 1.000: what is missing to 1 is the point. */
function nearOne(cosine: number): string {
  if (cosine >= 1 - 1e-9) return '1';
  const places = Math.min(9, Math.max(3, Math.ceil(-Math.log10(1 - cosine)) + 1));
  return (Math.floor(cosine * 10 ** places) / 10 ** places).toFixed(places);
}
