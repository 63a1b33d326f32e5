import { type NeuronPage, type TermCount, useLens, type View } from '../../state/index.ts';
import { Panel } from './Panel.tsx';
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
  const { setView } = useLens.getState();
  return (
    <Panel title="Its direction in words" explain="direction" area="code">
      <WordListChoice />
      <TextCode
        code={description.code}
        chance={page.chance(terms, atoms)}
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
