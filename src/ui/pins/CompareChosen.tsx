import { useId } from 'react';
import { Button } from 'react-aria-components';
import { MOST_COMPARED, type Pin, pinView, useLens } from '../../state/index.ts';
import page from '../app/page.module.css';

/** Puts the ticked pins side by side, if they are of one analysis. */
export function CompareChosen({ chosen }: { readonly chosen: readonly Pin[] }) {
  const id = useId();
  const hindrance = hindranceOf(chosen);
  const open = (): void => {
    const { view, compare } = useLens.getState();
    compare(chosen, pinView(view, chosen[0]!));
  };
  return (
    <>
      <span id={id} className={page.soft} role="status">
        {hindrance}
      </span>
      <Button className="button" isDisabled={hindrance !== undefined} aria-describedby={id} onPress={open}>
        Compare{chosen.length > 1 && ` ${chosen.length}`}
      </Button>
    </>
  );
}

function hindranceOf(chosen: readonly Pin[]): string | undefined {
  const [first] = chosen;
  if (!first || chosen.length < 2) return 'Tick two to four to compare them.';
  if (chosen.length > MOST_COMPARED) return 'At most four stand side by side.';
  const together = chosen.every(
    (pin) => pin.model === first.model && pin.set === first.set && pin.pack === first.pack,
  );
  return together ? undefined : 'Only neurons of one analysis can be compared.';
}
