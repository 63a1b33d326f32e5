import { loadedValue } from '../../data.ts';
import type { LensState } from '../../state.ts';
import { bareLabel, NEAR, nearnessOf, picturesBorneOut } from '../bornOut.ts';
import { CAST } from '../cast.ts';
import { aboutLesson } from '../catalogue.ts';
import { chanceQuestion } from '../chance.ts';
import { picturesAt, wordsAt } from '../ends.ts';
import type { Lesson, Option } from '../lesson.ts';
import { chanceOf, inView, isSame, named, ofNeuron, picturesOf, rowAt } from '../look.ts';

const { worded, misleading } = CAST;
const USUAL = 16;
const FEW = 4;
/** First pictures of an end that are held against its words. */
const PICTURES = 8;
const TOLD = 3;

const option = (word: string): Option => ({ id: word, label: word });
const alphabetical = (words: readonly string[]): Option[] => [...words].sort().map(option);

/** The words of the positive end with how near each is to anything on the first pictures, the nearest first. */
function wordsByPictures(
  state: LensState,
): readonly { readonly word: string; readonly near: number }[] | undefined {
  const [row, pictures, texts] = [rowAt(state, worded), picturesOf(state), loadedValue(state.texts)];
  if (!row || !pictures || !texts) return undefined;
  const near = nearnessOf(texts);
  const labels = picturesAt(row, 'positive', PICTURES).flatMap((image) =>
    pictures.labels(image).map(bareLabel),
  );
  return wordsAt(row, 'positive', USUAL)
    .map((word) => ({ word, near: Math.max(...labels.map((label) => near(label, word))) }))
    .sort((a, b) => b.near - a.near);
}

/** How many of the first pictures show something near the end's first words. */
function borneOut(state: LensState): number | undefined {
  const [row, pictures, texts] = [rowAt(state, misleading), picturesOf(state), loadedValue(state.texts)];
  if (!row || !pictures || !texts) return undefined;
  const words = wordsAt(row, 'positive', USUAL).slice(0, TOLD);
  return picturesBorneOut(words, picturesAt(row, 'positive', PICTURES), pictures.labels, nearnessOf(texts))
    .length;
}

export const words: Lesson = {
  ...aboutLesson('words'),
  steps: [
    {
      title: 'A direction among words',
      text: [
        'Pictures and texts have their answers in the same space: the words “a dog” lie near pictures of dogs. A neuron’s direction lies in that space too. So one can ask which words, added up, make this direction.',
        'The list says: so much of this word, less of that one. It is found step by step: first the word that helps most, then the one that helps most with what is left.',
      ],
      more: {
        text: 'Orthogonal matching pursuit: take the text t with the largest inner product with what is not yet explained, then fit all chosen texts anew. γ are the weights.',
        formulas: ['pursuit'],
      },
      view: ofNeuron(worded, { terms: USUAL }),
      look: 'Its direction in words',
    },
    {
      title: 'Plus and minus',
      text: [
        'A word with a plus belongs to the end of the “most positive” pictures. A word with a minus describes the other end: it is taken away, and so points the opposite way.',
      ],
      view: ofNeuron(worded, { terms: USUAL }),
      look: 'Words and their weights',
      question: {
        kind: 'choice',
        ask: 'Which of these words describes the end of the “most negative” pictures?',
        options(state) {
          const row = rowAt(state, worded);
          if (!row) return undefined;
          const [minus = ''] = wordsAt(row, 'negative', USUAL);
          return alphabetical([minus, ...wordsAt(row, 'positive', USUAL).slice(0, 3)]);
        },
        truth(state) {
          const row = rowAt(state, worded);
          return row && wordsAt(row, 'negative', USUAL)[0];
        },
        hint: 'Find the four words in the list; one of them has a minus before its weight, and its bar goes to the left.',
        because: (state) =>
          `“${wordsAt(rowAt(state, worded)!, 'negative', USUAL)[0]}” has the heaviest minus. It says something about the other end, not about this one.`,
      },
    },
    {
      title: 'Fewer words',
      text: [
        'More words rebuild more of the direction, and say less: nobody can keep 128 words in mind. R² is the price of brevity; the small curve shows it for each number of words.',
      ],
      view: ofNeuron(worded, { terms: USUAL }),
      look: 'Its direction in words',
      question: {
        kind: 'do',
        ask: `Set “Words, at most” to ${FEW}, and watch R².`,
        done: ({ view }) => (view.page === 'neuron' && view.terms === FEW ? 'yes' : 'no'),
        hint: '',
        because(state) {
          const codes = rowAt(state, worded)?.codes;
          const [few, usual] = [codes?.get(FEW)?.r2, codes?.get(USUAL)?.r2];
          if (few === undefined || usual === undefined) return 'With fewer words less of it is rebuilt.';
          return `With ${USUAL} words R² is ${usual.toFixed(2)}, with ${FEW} it is ${few.toFixed(2)}: the first few words do most of the work.`;
        },
      },
    },
    {
      title: 'What is chance?',
      text: [
        `R² of ${FEW} words would mean little if any direction could be rebuilt so well. The page tried: 64 random directions, the same list of words, as many of them.`,
      ],
      more: {
        text: 'R² may be compared at the same number of words, the same list and the same space only: with as many words as the space has dimensions every direction is rebuilt.',
        formulas: ['r2'],
      },
      view: ofNeuron(worded, { terms: FEW }),
      look: 'Its direction in words',
      question: chanceQuestion(
        FEW,
        (chance) => `${chance} comes by chance. Only what is clearly above is about this neuron.`,
      ),
    },
    {
      title: 'Do the pictures agree?',
      text: [
        `A description is a claim, and the pictures can bear it out. Here are the words of ${named(worded)} again; look at its first ${PICTURES} “most positive” pictures.`,
      ],
      view: ofNeuron(worded, { terms: USUAL, sign: 'positive' }),
      look: 'Most positive pictures',
      question: {
        kind: 'choice',
        ask: `Which of these words do the first ${PICTURES} “most positive” pictures bear out best?`,
        needsTexts: true,
        options(state) {
          const all = wordsByPictures(state);
          return all && alphabetical([all[0]!, ...all.slice(-3)].map(({ word }) => word));
        },
        truth(state) {
          const best = wordsByPictures(state)?.[0];
          return best && best.near >= NEAR ? best.word : undefined;
        },
        hint: 'Point at the pictures to read what is on them, and look for the thing itself or its nearest kin.',
        because: (state) =>
          `“${wordsByPictures(state)![0]!.word}” is nearest to what they show. Other words fit by colour or shape at best: the first pictures are round, and orange or brown.`,
      },
    },
    {
      title: 'Good words, other pictures',
      text: [
        `Now ${named(misleading)}. Its R² is high: the words rebuild nearly all of its direction.`,
        'R² holds the words against the direction. Nobody has held them against the pictures yet. That is for you to do.',
      ],
      view: ofNeuron(misleading, { terms: USUAL, sign: 'positive' }),
      look: 'Most positive pictures',
      question: {
        kind: 'choice',
        ask: `How many of the first ${PICTURES} “most positive” pictures show what its three heaviest plus words name?`,
        needsTexts: true,
        options: () => [
          { id: 'few', label: 'none or one' },
          { id: 'half', label: 'about half' },
          { id: 'most', label: 'nearly all' },
        ],
        truth(state) {
          const count = borneOut(state);
          if (count === undefined) return undefined;
          if (count <= 1) return 'few';
          return count >= PICTURES - 2 ? 'most' : 'half';
        },
        hint: 'Read the three heaviest words with a plus, then point at the first eight pictures one by one.',
        because(state) {
          const told = wordsAt(rowAt(state, misleading)!, 'positive', USUAL).slice(0, TOLD);
          return `${borneOut(state)} of ${PICTURES} show anything like ${told.join(', ')}. The sum of the words points along the direction; no single word has to be on a picture.`;
        },
      },
    },
    {
      title: 'How far to trust a description',
      text: [
        'Three questions, in this order. Is the variance share high, so that there is one direction to describe? Is R² well above chance? Do the pictures bear the words out?',
        'In this small model the third answer is often no: only two or three ends in a hundred have three of eight pictures that show something near their words. Its neurons answer to colours and shapes more than to things. In a large CLIP trained on photographs descriptions fit better; look before you quote one.',
      ],
      view: ofNeuron(worded, { terms: USUAL }),
      look: 'Words explain (R²)',
      question: {
        kind: 'do',
        ask: 'Try it: open a neuron of your own choice, with the key r for a random one, and ask it the three questions.',
        done(state) {
          const place = inView(state);
          return place && !isSame(place, worded) && rowAt(state, place) ? 'yes' : 'no';
        },
        hint: '',
        because(state) {
          const place = inView(state)!;
          const r2 = rowAt(state, place)?.codes.get(USUAL)?.r2;
          const chance = chanceOf(state, USUAL);
          if (r2 === undefined || !chance) return `This is ${named(place)}.`;
          return `For ${named(place)} R² is ${r2.toFixed(2)} with ${USUAL} words, where chance gives ${chance.mean.toFixed(2)}. Whether the pictures agree is for you to say.`;
        },
      },
    },
  ],
};
