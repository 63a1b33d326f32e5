import { useEffect } from 'react';
import { useLens } from '../../state/index.ts';
import { presentationOf } from '../../state/presentation.ts';
import { ActionButton } from '../app/ActionButton.tsx';
import { FullScreenMark } from '../app/icons.tsx';
import { Pointer } from './Pointer.tsx';
import styles from './present.module.css';

const STEP_NAMES = { lesson: 'Step', pins: 'Pin', neurons: 'Neuron' } as const;

/** All there is around a presentation: steps, a pointer, the size of the type, and the way out. */
export function PresentBar() {
  const scale = useLens((state) => state.presentScale);
  const pointer = useLens((state) => state.pointer);
  useScale(scale);
  return (
    <>
      <section className={styles.bar} aria-label="Presentation">
        <ActionButton id="previous-step" className={styles.step} label="Previous step">
          ←
        </ActionButton>
        <Counter />
        <ActionButton id="next-step" className={styles.step} label="Next step">
          →
        </ActionButton>
        <span className={styles.gap} />
        <ActionButton
          id="pointer"
          className={styles.tool}
          label={pointer ? 'Hide the pointer' : 'Show the pointer'}
        >
          <span className={styles.dot} data-on={pointer || undefined} />
        </ActionButton>
        <ActionButton id="smaller" className={styles.tool} label="Smaller type">
          A−
        </ActionButton>
        <ActionButton id="larger" className={styles.tool} label="Larger type">
          A+
        </ActionButton>
        <ActionButton id="full-screen" className={styles.tool} label="Full screen">
          <FullScreenMark />
        </ActionButton>
        <ActionButton id="leave-presentation" className={styles.tool}>
          Leave
        </ActionButton>
      </section>
      {pointer && <Pointer />}
    </>
  );
}

function Counter() {
  const text = useLens((state) => {
    const now = presentationOf(state);
    if (!now) return 'Nothing to step through here';
    if (now.at < 0) return `${now.count} ${STEP_NAMES[now.through].toLowerCase()}s`;
    return `${STEP_NAMES[now.through]} ${now.at + 1} of ${now.count}`;
  });
  return (
    <output className={styles.counter} aria-live="polite">
      {text}
    </output>
  );
}

/** Everything that is measured in text grows with it. */
function useScale(scale: number): void {
  useEffect(() => {
    const { style, dataset } = document.documentElement;
    dataset.present = 'true';
    style.setProperty('--present-scale', String(scale));
    return () => {
      delete dataset.present;
      style.removeProperty('--present-scale');
    };
  }, [scale]);
}
