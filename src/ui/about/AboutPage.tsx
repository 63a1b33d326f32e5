import { FormulaList } from '../learn/math/FormulaList.tsx';
import styles from './about.module.css';
import { GlossaryList } from './GlossaryList.tsx';
import { ModelFacts } from './ModelFacts.tsx';
import { OfflineSection } from './OfflineSection.tsx';

/** What this is, what the numbers mean, whose work it stands on, and what it cannot say. */
export function AboutPage() {
  return (
    <article className={styles.page}>
      <header className={styles.lead}>
        <h1>What does one neuron do to the answer?</h1>
        <p>
          CLIP is a model that lays pictures and texts into one space, so that a picture of a dog lands near
          the words “a dog”. Inside are thousands of neurons. neuronlens takes each of them, follows what it
          writes through every later attention head to the final answer, and shows what that is: in pictures,
          in words, and on the picture itself.
        </p>
      </header>

      <section className={styles.section} aria-labelledby="private">
        <h2 id="private">Nothing leaves your machine</h2>
        <p>
          The embedded model, its words and its pictures come from the server that gave you this page. Another
          server is asked only when you open a model from it on the Models page, for that model’s files, or
          when you give the address of a picture on the Image page, for that one file. Your own pictures, from
          the camera too, are opened and measured in this tab and are gone when you close it; there is no
          account, no cookie and no counting of visits.
        </p>
      </section>

      <OfflineSection />

      <section className={styles.section} aria-labelledby="how">
        <h2 id="how">How a neuron is measured</h2>
        <ol>
          <li>
            Every picture of the set goes through the model. For every neuron and picture the second-order
            effect is computed: what the neuron adds to the answer by way of all attention heads in later
            blocks.
          </li>
          <li>
            The neuron’s mean effect is taken off. The length of what remains is its effect size on that
            picture; the pictures where it is largest are the neuron’s strongest.
          </li>
          <li>
            On these, the effects mostly lie along one line. That line is the neuron’s direction, and how much
            of the effect it holds is the variance share.
          </li>
          <li>
            The direction lives in the space of texts, so it can be written as a short weighted sum of words,
            and searched with words.
          </li>
        </ol>
        <p>
          The method is that of Gandelsman, Efros and Steinhardt,{' '}
          <cite>Interpreting the Second-Order Effects of Neurons in CLIP</cite> (2024). neuronlens computes
          the same numbers in a factorised form that costs a few per cent of a forward pass, which is why a
          browser can do it.
        </p>
      </section>

      <section className={styles.section} aria-labelledby="formulas">
        <h2 id="formulas">The same in formulas</h2>
        <FormulaList className={styles.glossary} />
      </section>

      <ModelFacts />

      <section className={styles.section} aria-labelledby="limits">
        <h2 id="limits">What it cannot say</h2>
        <ul>
          <li>
            The shipped model is small and was trained on scenes of drawn pictograms. It knows that world and
            no other: on photographs its neurons answer to colours and shapes, not to what is meant.
          </li>
          <li>
            Its neurons are not very tidy. Of a neuron’s nine strongest pictures 26 to 33% show things of one
            kind, by block, where chance gives 19% and the same model before training 20%. And only the first
            blocks matter much to the answer: without the effects of block 0 it is right in 70% of the
            pictures, of block 1 in 80%, instead of 85%. The model card has the tables.
          </li>
          <li>
            A neuron’s strongest pictures are the strongest <em>of this set</em>. What the set does not show,
            no list can show.
          </li>
          <li>
            Words describe a direction only as far as R² says. A low R² means the words are a hint, however
            fitting they sound.
          </li>
          <li>
            The second-order effect is one of the ways a neuron acts: through the heads of later blocks, with
            their attention held as it is. Effects by way of later MLPs, and on the attention itself, are left
            out.
          </li>
          <li>
            A direction with a low variance share is one of several; two machines may pick different ones, and
            both are right.
          </li>
        </ul>
      </section>

      <GlossaryList />
    </article>
  );
}
