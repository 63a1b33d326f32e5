import { CATALOGUE, loadedValue, PACK_MODEL, type PackManifest, useLens } from '../../state/index.ts';
import { Explain } from '../app/Explain.tsx';
import page from '../app/page.module.css';
import { count, number, percent } from '../charts/format.ts';

/** Where the numbers in view come from, when they were made before: what a reader needs to judge them. */
export function PackInView() {
  const subject = useLens((state) => loadedValue(state.subject));
  const pack = subject?.pack;
  const elsewhere = useLens((state) => state.view.pack);
  const { openAnalysis } = useLens.getState();
  if (!pack) return null;
  return (
    <section className={page.section} aria-labelledby="pack-in-view">
      <h2 id="pack-in-view">
        The analysis in view: {subject.model.title} on {subject.set.title}
      </h2>
      <Facts pack={pack} elsewhere={elsewhere} />
      {elsewhere && (
        <div className={page.buttons}>
          <button
            type="button"
            className="button"
            onClick={() => openAnalysis('pictogram-clip', 'pictograms')}
          >
            Back to the shipped analysis
          </button>
        </div>
      )}
    </section>
  );
}

interface FactsProps {
  readonly pack: PackManifest;
  readonly elsewhere: string | undefined;
}

function Facts({ pack, elsewhere }: FactsProps) {
  const { model, set, options, software, backend, deviations } = pack;
  return (
    <dl className={page.facts}>
      <dt>Where it is</dt>
      <dd className={page.hash}>
        {elsewhere === undefined ? 'It ships with this page' : whereIs(elsewhere)}
      </dd>
      <dt>Made by</dt>
      <dd>
        {software.name} {software.version} on {backend.provider}
        {backend.adapter && `, ${backend.adapter}`}, {backend.precision}; pack version {pack.version}
      </dd>
      <dt>Model</dt>
      <dd>
        {model.name} <span className={page.hash}>SHA-256 {model.hash}</span>
        <ModelWords pack={pack} />
      </dd>
      <dt>Pictures</dt>
      <dd>
        {set.name}, {count(set.count)}
        {set.skipped ? ` (${count(set.skipped)} more could not be read)` : ''}{' '}
        <span className={page.hash}>SHA-256 {set.hash}</span>
        {elsewhere && <PictureWords pack={pack} />}
      </dd>
      <dt>
        <Explain id="significant">Strongest</Explain>
      </dt>
      <dd>
        k = {count(options.topK)}, {percent(options.fraction)} of the pictures; {count(options.listed)} listed
        at each end
      </dd>
      <dt>{pack.directions ? 'Directions' : 'Blocks'}</dt>
      <dd>{pack.directions ? <Given pack={pack} /> : <Blocks pack={pack} />}</dd>
      <dt>Measured against</dt>
      <dd>{deviations ? <Deviations deviations={deviations} /> : 'no reference; nothing is stated'}</dd>
    </dl>
  );
}

const Blocks = ({ pack }: { readonly pack: PackManifest }) => (
  <>
    {pack.blocks.map(({ block }) => block).join(', ')}. <Certainty pack={pack} />
  </>
);

/** Which directions these are, and that they are no neurons. */
function Given({ pack: { directions, blocks } }: { readonly pack: PackManifest }) {
  return (
    <>
      {directions?.name}: {count(blocks[0]?.neurons ?? 0)}{' '}
      <Explain id="givenDirection">made elsewhere</Explain>{' '}
      <span className={page.hash}>SHA-256 of their file {directions?.hash}</span>
    </>
  );
}

const whereIs = (pack: string): string =>
  pack.startsWith('http') ? pack : 'On this machine; a link to this view works in this tab only';

/** Whether live features have their model, and where to get it. */
function ModelWords({ pack }: { readonly pack: PackManifest }) {
  const name = useLens((state) => state.view.model);
  const opened = useLens((state) => state.opened.has(name));
  const { askFor } = useLens.getState();
  if (name === PACK_MODEL) {
    return (
      <p className={page.soft}>
        Heat maps, own pictures and search by any words need this very model. It is none that this page knows:
        open its files below, under “A model of your own”.
        {pack.model.url && <span className={page.hash}> Its makers name {pack.model.url}.</span>}
      </p>
    );
  }
  const catalogued = CATALOGUE.find(({ id }) => id === name);
  if (!catalogued || opened) return <p className={page.soft}>This page has it: live features run.</p>;
  return (
    <>
      <p className={page.soft}>
        It is {catalogued.title} of the list below. Heat maps, own pictures and search by any words run once
        it is here.
      </p>
      <div className={page.buttons}>
        <button type="button" className="button" onClick={() => void askFor({ kind: 'catalogue', id: name })}>
          See what it takes
        </button>
      </div>
    </>
  );
}

function PictureWords({ pack }: { readonly pack: PackManifest }) {
  const seen = useLens((state) => loadedValue(state.pictures)?.licence !== 'not here');
  const mayAsk = useLens((state) => pack.set.url === undefined || state.mayAsk(pack.set.url));
  if (seen) return null;
  return (
    <p className={page.soft}>
      They do not come with it; their numbers stand in their place.
      {pack.set.url && !mayAsk && ` They are said to be at ${pack.set.url}, which was not asked.`}
    </p>
  );
}

function Certainty({ pack }: { readonly pack: PackManifest }) {
  const uncertified = pack.blocks.reduce((sum, entry) => sum + entry.uncertified, 0);
  const strongest = pack.blocks.filter(({ looked }) => looked === 'strongest').length;
  return (
    <>
      {uncertified === 0
        ? 'Every neuron’s strongest pictures are exact.'
        : `Of ${count(uncertified)} neurons the strongest pictures are not proven to be exact.`}
      {strongest > 0 && (
        <>
          {' '}
          Lists and counts are of the <Explain id="looked">strongest pictures alone</Explain>
          {strongest < pack.blocks.length && ` in ${count(strongest)} blocks`}.
        </>
      )}
      {pack.version === 1 &&
        ' It is of an older version: effect sizes are means rather than root mean squares, and no descriptions come with it.'}
    </>
  );
}

function Deviations({ deviations }: { readonly deviations: NonNullable<PackManifest['deviations']> }) {
  const parts = Object.entries(deviations.values).map(
    ([name, value]) => `${name} within ${number(value, 2)}`,
  );
  return (
    <>
      {deviations.reference}: {parts.join(', ')}
    </>
  );
}
