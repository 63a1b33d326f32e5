import type { ChanceFit, Loadable, WordedCode } from '../../state/index.ts';
import { ATOM_FORMS, TERM_COUNTS, type TermCount, type View } from '../../state/index.ts';
import { Explain } from '../app/Explain.tsx';
import { number } from '../charts/format.ts';
import { SignedBars } from '../charts/SignedBars.tsx';
import { Sparkline } from '../charts/Sparkline.tsx';
import imagesStyles from './images.module.css';
import styles from './neuron.module.css';
import { Pending } from './Pending.tsx';
import { Segmented } from './Segmented.tsx';
import { fitInWords } from './words.ts';

type Atoms = View['atoms'];

const ATOM_LABELS: Record<Atoms, string> = {
  'unit-atoms': 'unit-length (corrected)',
  'as-released': 'as released',
};

interface Props {
  readonly code: Loadable<WordedCode>;
  /** What random directions reach with as many words; undefined until known. */
  readonly chance: ChanceFit | undefined;
  /** What is known of R² for each number of words. */
  readonly curve: readonly { readonly m: TermCount; readonly r2: number | undefined }[];
  readonly terms: TermCount;
  readonly atoms: Atoms;
  readonly onTerms: (terms: TermCount) => void;
  readonly onAtoms: (atoms: Atoms) => void;
  readonly onRetry: () => void;
}

/** The neuron's direction in words: how much of it they explain, and which they are. */
export function TextCode({ code, chance, curve, terms, atoms, onTerms, onAtoms, onRetry }: Props) {
  return (
    <>
      <div className={imagesStyles.codeControls}>
        <Segmented
          label="Words, at most"
          value={String(terms)}
          onChange={(value) => onTerms(TERM_COUNTS.find((count) => String(count) === value) ?? terms)}
          choices={TERM_COUNTS.map((count) => ({ value: String(count), label: String(count) }))}
        />
        <Segmented
          label="Text vectors"
          value={atoms}
          onChange={onAtoms}
          choices={ATOM_FORMS.map((form) => ({ value: form, label: ATOM_LABELS[form] }))}
        />
      </div>
      <Pending loadable={code} what="words" onRetry={onRetry}>
        {(value) => (
          <>
            <div className={styles.fit}>
              <p>
                <strong className={styles.fitNumber}>
                  <Explain id="r2">R²</Explain> {number(value.r2, 2)}
                </strong>{' '}
                {chance && <Explain id="r2">(random directions: {number(chance.mean, 2)})</Explain>}{' '}
                {fitInWords(value.r2, chance)}
              </p>
              <FitCurve curve={curve} current={terms} />
            </div>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by keys */}
            <section className={styles.codeScroll} aria-label="Words and their weights" tabIndex={0}>
              <SignedBars
                label={`The direction as ${value.terms.length} words with signed coefficients`}
                terms={value.terms.map((term) => ({ label: term.text, value: term.coefficient }))}
              />
            </section>
          </>
        )}
      </Pending>
    </>
  );
}

function FitCurve({ curve, current }: { readonly curve: Props['curve']; readonly current: TermCount }) {
  const known = curve.flatMap(({ m, r2 }) => (r2 === undefined ? [] : [{ x: m, y: Math.max(0, r2) }]));
  if (known.length < 2) return null;
  const words = known.map(({ x, y }) => `${x} words: ${number(y, 2)}`).join('; ');
  return (
    <figure className={styles.curve}>
      <Sparkline points={known} current={current} yMax={1} label={`R² by number of words. ${words}.`} />
      <figcaption>
        R² for {known[0]!.x} … {known.at(-1)!.x} words
      </figcaption>
    </figure>
  );
}
