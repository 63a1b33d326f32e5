import { loadedValue, type NeuronPage, type TermCount, useLens, type View } from '../../state/index.ts';
import { formOfAtoms } from '../../state/provenance.ts';
import { wordsSheet } from '../../state/tables/neuronTables.ts';
import { Panel } from '../panel/Panel.tsx';
import { TextCode } from './TextCode.tsx';
import type { Description } from './useDescription.ts';
import { WordListChoice } from './WordListChoice.tsx';

interface Props {
  readonly page: NeuronPage;
  readonly description: Description;
  readonly terms: TermCount;
  readonly atoms: View['atoms'];
}

export function WordsPanel({ page, description, terms, atoms }: Props) {
  const pool = useLens((state) => state.view.pool);
  const { setView } = useLens.getState();
  const code = loadedValue(description.code);
  const chance = page.chance(terms, atoms);
  return (
    <Panel
      title="Its direction in words"
      explain="direction"
      area="code"
      fills
      table={code && ((of) => wordsSheet(of, code, chance, pool))}
      note={`At most ${terms} words from ${pool === 'set' ? 'the set’s own list' : `the list ${pool}`}`}
      about={{ form: formOfAtoms(atoms) }}
    >
      <WordListChoice />
      <TextCode
        code={description.code}
        chance={chance}
        curve={description.curve}
        terms={terms}
        atoms={atoms}
        onTerms={(chosen) => setView({ terms: chosen })}
        onAtoms={(chosen) => setView({ atoms: chosen })}
        onRetry={() => page.requestSparseCode(terms, atoms)}
      />
    </Panel>
  );
}
