import { directionsOf } from '../../state/directions.ts';
import { useLens } from '../../state/index.ts';
import { ActionButton } from '../app/ActionButton.tsx';
import { Explain } from '../app/Explain.tsx';
import page from '../app/page.module.css';

/** A page about what neurons do, while directions are in view. */
export function NotOfDirections() {
  const name = useLens((state) => directionsOf(state)?.name);
  const { openBlock, openAnalysis } = useLens.getState();
  return (
    <section className={page.page} aria-labelledby="not-of-directions">
      <h1 id="not-of-directions">This page is about neurons</h1>
      <p className={page.lead}>
        The analysis in view, “{name}”, is of <Explain id="givenDirection">directions made elsewhere</Explain>
        . A direction fires nowhere and cannot be switched off, so there is nothing of it to show here.
      </p>
      <div className={page.buttons}>
        <button type="button" className="button" data-main onClick={() => openBlock(0)}>
          Back to the directions
        </button>
        <button type="button" className="button" onClick={() => openAnalysis('pictogram-clip', 'pictograms')}>
          Open the shipped analysis of neurons
        </button>
        <ActionButton id="models" className="button">
          Models and pictures
        </ActionButton>
      </div>
    </section>
  );
}
