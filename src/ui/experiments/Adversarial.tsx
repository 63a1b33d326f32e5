import { type AdversarialTables, type ShownScene, useLens, waysOf } from '../../state/index.ts';
import { wordsOfPairSheet } from '../../state/tables/experimentTables.ts';
import { number, signed } from '../charts/format.ts';
import { RankedBars } from '../charts/RankedBars.tsx';
import { copyText } from '../share/copyLink.ts';
import styles from './experiments.module.css';
import { NeuronLink } from './NeuronLink.tsx';
import { ResultPanel } from './ResultPanel.tsx';

const OURS = /second-order|indirect/;

/** Words that pull a picture towards a class that is not in it, and what came of pictures composed with them. */
export function Adversarial({ tables }: { readonly tables: AdversarialTables }) {
  const { pair, shown, parts } = tables;
  if (!pair) return null;
  const ways = waysOf(parts.flatMap(({ rows }) => rows));
  const each = ways[0]?.pictures ?? 0;
  return (
    <>
      <ResultPanel title="Success by way of finding words">
        <figure className={`panel ${styles.figure}`}>
          <figcaption>
            <strong>
              Seen as {pair.target} rather than {pair.depicted}
            </strong>
            , percent of {each} composed pictures a way; ± is the standard deviation between seeds
          </figcaption>
          <RankedBars
            label={`Pictures of ${pair.depicted} taken for ${pair.target}, percent`}
            bars={ways.map(({ way, success, deviation }) => ({
              id: way,
              label: way,
              value: success,
              error: deviation,
              quiet: !OURS.test(way),
            }))}
            rule="random words"
          />
          <p className={styles.soft}>
            The line is random words. None of the pictures shows {pair.target}, its synonyms or its family.
          </p>
        </figure>
      </ResultPanel>
      {shown.length > 0 && <Shown shown={shown} target={pair.target} />}
      <Prompt text={pair.prompt} />
      <Words pair={pair} />
      <section className={styles.tableFrame} aria-label="Ways of finding words">
        <table className={styles.table}>
          <caption>What was drawn, and what came of it</caption>
          <thead>
            <tr>
              <th scope="col">words</th>
              <th scope="col">success, %</th>
              <th scope="col">mean margin, logits</th>
              <th scope="col">drawn with the first seed</th>
            </tr>
          </thead>
          <tbody>
            {ways.map(({ way, success, deviation, margin, drawn }) => (
              <tr key={way}>
                <th scope="row">{way}</th>
                <td>
                  {success.toFixed(1)}
                  {deviation !== undefined && ` ± ${deviation.toFixed(1)}`}
                </td>
                <td>{signed(margin, 3)}</td>
                <td className={styles.long}>{drawn.join(', ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

function Shown({ shown, target }: { readonly shown: readonly ShownScene[]; readonly target: string }) {
  const ways = [...new Set(shown.map(({ way }) => way))];
  return (
    <ResultPanel title="Some of the pictures">
      <div className={styles.shown}>
        {ways.map((way) => (
          <figure key={way}>
            <figcaption>{way}</figcaption>
            <ul>
              {shown
                .filter((scene) => scene.way === way && scene.picture)
                .map(({ picture, others, margin }, i) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: pictures of one way never move
                  <li key={i} data-won={margin > 0 || undefined}>
                    <img
                      src={picture}
                      alt={others.length > 0 ? `with ${others.join(', ')}` : 'alone'}
                      width={192}
                      height={192}
                    />
                    <span>
                      {margin > 0 ? `✓ ${target}` : '✗'} {signed(margin, 2)}
                    </span>
                  </li>
                ))}
            </ul>
          </figure>
        ))}
      </div>
    </ResultPanel>
  );
}

function Prompt({ text }: { readonly text: string }) {
  const copy = async (): Promise<void> => {
    const { notify } = useLens.getState();
    if (await copyText(text)) notify('info', 'The prompt is in the clipboard.');
    else
      notify(
        'error',
        'The browser did not let this page write to the clipboard; mark the prompt and copy it.',
      );
  };
  return (
    <section className={styles.prompt} aria-labelledby="prompt">
      <h2 id="prompt">For a text-to-image tool</h2>
      <blockquote>{text}</blockquote>
      <button type="button" className="button" onClick={() => void copy()}>
        Copy the prompt
      </button>
    </section>
  );
}

/** Words with the neurons behind them, each a link. */
function Words({ pair }: { readonly pair: NonNullable<AdversarialTables['pair']> }) {
  return (
    <ResultPanel
      title={`Words of the neurons that push from ${pair.depicted} to ${pair.target}`}
      sheet={() => wordsOfPairSheet(pair)}
    >
      <ol className={styles.wordList}>
        {pair.words.slice(0, WORDS_SHOWN).map(({ word, score, neurons }) => (
          <li key={word}>
            <strong>{word}</strong> <span className={styles.soft}>{number(score)}</span>
            <span className={styles.voters}>
              {neurons.slice(0, VOTERS_SHOWN).map(({ block, neuron, part }) => (
                <NeuronLink key={`${block} ${neuron}`} block={block} neuron={neuron} part={part} />
              ))}
            </span>
          </li>
        ))}
      </ol>
    </ResultPanel>
  );
}

const WORDS_SHOWN = 20;
const VOTERS_SHOWN = 4;
