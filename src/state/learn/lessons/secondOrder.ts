import { CAST } from '../cast.ts';
import { aboutLesson } from '../catalogue.ts';
import { kindsAt } from '../ends.ts';
import { headsByBlock } from '../headsByBlock.ts';
import type { Lesson } from '../lesson.ts';
import { inView, measureAt, named, ofNeuron, picturesOf, rowAt } from '../look.ts';

const { strong } = CAST;
const QUIET = 0.1;

export const secondOrder: Lesson = {
  ...aboutLesson('second-order'),
  steps: [
    {
      title: 'Thousands of small switches',
      text: [
        'CLIP turns a picture into 128 numbers. That list is its answer: pictures that mean similar things get similar lists, and so do words that fit them.',
        'On the way to the answer the picture passes six blocks. Each block has 768 neurons: numbers that grow when something they react to is there. Every line of this list is one neuron of block 0, with the pictures that move it most.',
      ],
      view: { page: 'block', block: 0 },
      look: 'Neurons of the block',
    },
    {
      title: 'What switches it on is only half of it',
      text: [
        `Here is ${named(strong)}. It moves the answer in one direction or the other, and these are the pictures on which it does so most.`,
        'Look at the first dozen of the “most positive”; the other end is hidden for now.',
      ],
      view: ofNeuron(strong, { sign: 'positive' }),
      look: 'Most positive pictures',
      question: {
        kind: 'choice',
        ask: 'What do several of the first dozen “Most positive” pictures show?',
        options: () => [
          { id: 'animal, marine', label: 'animals of the sea' },
          { id: 'food, fruit', label: 'fruit' },
          { id: 'face, smiling', label: 'smiling faces' },
          { id: 'place, building', label: 'buildings' },
        ],
        truth(state) {
          const [row, pictures] = [rowAt(state, strong), picturesOf(state)];
          return row && pictures && kindsAt(row, 'positive', pictures)[0]?.kind;
        },
        hint: 'Point at a picture to read what is on it, and count what comes more than twice among the first twelve.',
        because(state) {
          const count = kindsAt(rowAt(state, strong)!, 'positive', picturesOf(state)!)[0]!.pictures;
          return `${count} of the first twelve show animals of the sea. The others are no animals, but look at their colours.`;
        },
      },
    },
    {
      title: 'Who carries it to the answer?',
      text: [
        'A neuron does not speak to the answer itself. It writes a note into the picture’s patches; attention heads in later blocks read the note and carry it on. What arrives by way of these heads is the neuron’s second-order effect.',
        'This table says how much of it each head of each later block carries.',
      ],
      more: {
        text: 'φ is the second-order effect of neuron n on picture I. Every later head r carries it along one fixed vector u, which depends on the model alone; how much, c, depends on the picture: on where the neuron fires (p), how much the head attends there (a), and the spread σ by which the layer’s input is divided. e is small and the same for all neurons of the block.',
        formulas: ['secondOrder'],
      },
      view: ofNeuron(strong),
      look: 'Which later heads carry it',
      question: {
        kind: 'choice',
        ask: 'The heads of which block carry the most, all together?',
        options: (state) =>
          headsByBlock(state, strong)?.map(({ block }) => ({ id: String(block), label: `block ${block}` })),
        truth(state) {
          const blocks = headsByBlock(state, strong);
          const first = blocks && [...blocks].sort((a, b) => b.share - a.share)[0];
          return first && String(first.block);
        },
        hint: 'The last column, “all”, sums up each block’s row.',
        because(state) {
          const first = [...headsByBlock(state, strong)!].sort((a, b) => b.share - a.share)[0]!;
          return `Block ${first.block}’s heads carry ${Math.round(100 * first.share)}% of it; the other blocks share the rest.`;
        },
      },
    },
    {
      title: 'How far does one neuron move the answer?',
      text: [
        'The whole answer is taken to be 100 long. The effect size says how far this one neuron typically moves it away from what it does on an average picture.',
      ],
      view: ofNeuron(strong),
      look: 'Effect size',
      question: {
        kind: 'number',
        ask: 'How far does this neuron typically move the answer?',
        unit: 'of 100',
        tolerance: 0.02,
        truth: (state) => measureAt(state, 'typicalNorm', strong),
        hint: 'It is the first number in the strip under the neuron’s name.',
        because: (state) =>
          `${measureAt(state, 'typicalNorm', strong)!.toFixed(2)} of 100. That is a lot for one of thousands of neurons: most of this block do less than a fifth of it.`,
      },
    },
    {
      title: 'Most do little',
      text: [
        'In the picture on this page every dot is a neuron of block 0. Dots far to the left hardly move the answer at all, whatever switches them on.',
        'Open one of those: click a dot at the left edge, or turn the list round by clicking the head of its column “effect”.',
      ],
      view: { page: 'block', block: 0 },
      look: 'Overview',
      question: {
        kind: 'do',
        ask: `Open a neuron of block 0 whose effect size is below ${QUIET}.`,
        done(state) {
          const place = inView(state);
          const size = place && measureAt(state, 'typicalNorm', place);
          if (place?.block !== 0 || size === undefined) return 'no';
          return size < QUIET ? 'yes' : 'wrong';
        },
        hint: 'This one moves the answer more than that. Go back to the block with the key u and look further left.',
        because(state) {
          const place = inView(state)!;
          return `${measureAt(state, 'typicalNorm', place)!.toFixed(3)} of 100: ${named(place)} has pictures of its own, and hardly a say in the answer.`;
        },
      },
    },
    {
      title: 'Two ends of one line',
      text: [
        'Back to where we began. A neuron’s effect is measured from its own average. So it can push the answer one way on some pictures, “most positive”, and the opposite way on others, “most negative”. Both ends belong to what it does.',
        'The second-order effect is one of the ways a neuron acts: through the heads that read it. It also acts through later neurons; that is left out here. Next: how one direction can stand for all of it.',
      ],
      more: {
        text: 'The signed activation x is the effect on a picture, less the mean effect, along the neuron’s direction r.',
        formulas: ['activation'],
      },
      view: ofNeuron(strong),
      look: 'Pictures at both ends',
    },
  ],
};
