import { CAST } from '../cast.ts';
import { aboutLesson } from '../catalogue.ts';
import { chanceQuestion, SPREADS } from '../chance.ts';
import type { Lesson } from '../lesson.ts';
import { chanceOf, inView, measureAt, named, ofNeuron, percents, rowAt } from '../look.ts';
import { MEASURED } from '../measured.ts';

const { narrow, wide, strong } = CAST;
const { scenes, withoutEffects, fromDirections } = MEASURED;
const FEW = 4;
const USUAL = 16;

export const oneDirection: Lesson = {
  ...aboutLesson('one-direction'),
  steps: [
    {
      title: 'A push has a length and a direction',
      text: [
        'On every picture a neuron gives the answer a push. A push has 128 numbers, one for each of the answer’s. That would be hard to look at, were it not for one thing: a neuron’s strong pushes nearly all lie on one line.',
        'The variance share says how nearly. At 100% all strong pushes go along one line, there or back.',
      ],
      more: {
        text: 'r is the first principal direction of the effects on the neuron’s strongest pictures, after the mean over all pictures was taken off. s are the singular values of the same effects.',
        formulas: ['direction', 'varianceShare'],
      },
      view: ofNeuron(narrow),
      look: 'Variance share',
      question: {
        kind: 'number',
        ask: `What is the variance share of ${named(narrow)}?`,
        unit: '%',
        tolerance: 0.5,
        truth(state) {
          const share = measureAt(state, 'varianceShares', narrow);
          return share === undefined ? undefined : 100 * share;
        },
        hint: 'It is the second number in the strip under the neuron’s name.',
        because: (state) =>
          `${percents(measureAt(state, 'varianceShares', narrow)!)}: its strong pushes lie on one line, and hardly anything is lost by looking along it only.`,
      },
    },
    {
      title: 'Not all of them do',
      text: [
        `This is ${named(wide)}. Its effect is large too, but its pushes go more than one way.`,
        'Whatever is said about its one direction leaves out more.',
      ],
      view: ofNeuron(wide),
      look: 'Variance share',
      question: {
        kind: 'choice',
        ask: 'Of which of the two does one direction leave out more?',
        needs: [narrow],
        options: () => [narrow, wide].map((place) => ({ id: named(place), label: named(place) })),
        truth(state) {
          const [a, b] = [narrow, wide].map((place) => measureAt(state, 'varianceShares', place));
          if (a === undefined || b === undefined) return undefined;
          return named(a < b ? narrow : wide);
        },
        hint: 'Compare the variance shares: what is missing to 100% is left out. The step before had the other one.',
        because(state) {
          const left = [narrow, wide].map((place) =>
            percents(1 - measureAt(state, 'varianceShares', place)!),
          );
          return `One direction leaves out ${left[1]} of ${named(wide)}, and ${left[0]} of ${named(narrow)}.`;
        },
      },
    },
    {
      title: 'Find one yourself',
      text: [
        'The higher a dot, the more of the neuron lies on one line. Nearly all dots of this block are high up; the list is turned so that the lowest come first.',
      ],
      view: { page: 'block', block: 0, sort: 'varianceShare', descending: false },
      look: 'Neurons of the block',
      question: {
        kind: 'do',
        ask: 'Open a neuron of block 0 of which one direction holds less than half.',
        done(state) {
          const place = inView(state);
          const share = place && measureAt(state, 'varianceShares', place);
          if (place?.block !== 0 || share === undefined) return 'no';
          return share < 0.5 ? 'yes' : 'wrong';
        },
        hint: 'One direction holds more than half of this one. Go back with the key u: the lowest dots, or the first lines of the list.',
        because(state) {
          const place = inView(state)!;
          return `One direction holds ${percents(measureAt(state, 'varianceShares', place)!)} of ${named(place)}. Such neurons are rare: read their pictures and words with care.`;
        },
      },
    },
    {
      title: 'Nearly enough for the answer too',
      text: [
        'Is anything lost if every neuron keeps its one direction only? That can be tried: take all effects of a block out of the answer, then put back only what lies along each neuron’s direction.',
        `Measured on this model over ${scenes.toLocaleString('en-GB')} pictures: without the effects of block 0 the model is right ${withoutEffects[0]} times in 100 less often; with one direction a neuron put back, ${fromDirections[0]} times. In block 1 it is ${withoutEffects[1]} and ${fromDirections[1].toFixed(1)}. The later blocks’ effects hardly matter either way.`,
        'A smaller version of the experiment can be run on this page.',
      ],
      more: {
        text: 'rep is the picture’s vector at length 100. The effects less their means are taken off; “from directions” then adds ⟨φ − mean, r⟩·r of every neuron again.',
        formulas: ['ablation'],
      },
      view: { page: 'experiments', block: 0, experiment: 'ablation' },
      look: 'What to look for',
    },
    {
      title: 'What would chance give?',
      text: [
        'A direction can be rebuilt from words, as the next lesson shows; R² says how much of it. But any direction can be rebuilt a little from so many words, even a random one that means nothing.',
        'So the page says beside R² what random directions reach with as many words.',
      ],
      more: {
        text: 'r̂ is the weighted sum of text vectors. R² is 1 when it is r itself.',
        formulas: ['r2'],
      },
      view: ofNeuron(strong, { terms: USUAL }),
      look: 'Its direction in words',
      question: chanceQuestion(USUAL, (chance, state) => {
        const r2 = rowAt(state, strong)?.codes.get(USUAL)?.r2;
        return `Random directions reach ${chance}; this neuron reaches ${r2?.toFixed(2) ?? 'more'}. Only what is above chance was found out about the neuron.`;
      }),
    },
    {
      title: 'A sharp line without a name',
      text: [
        `Back to ${named(narrow)}, whose pushes lie so nearly on one line. With ${FEW} words its description is short. Look at R², and at what random directions reach.`,
      ],
      view: ofNeuron(narrow, { terms: FEW }),
      look: 'Its direction in words',
      question: {
        kind: 'choice',
        ask: `Do these ${FEW} words tell more about it than chance would?`,
        options: () => [
          { id: 'yes', label: 'clearly more' },
          { id: 'no', label: 'no more than chance' },
        ],
        truth(state) {
          const [r2, chance] = [rowAt(state, narrow)?.codes.get(FEW)?.r2, chanceOf(state, FEW)];
          if (r2 === undefined || !chance) return undefined;
          return r2 > chance.mean + SPREADS * chance.deviation ? 'yes' : 'no';
        },
        hint: 'Read the sentence behind R²: it says how the two compare.',
        because: (state) =>
          `R² is ${rowAt(state, narrow)!.codes.get(FEW)!.r2.toFixed(2)}, and random directions reach up to ${(chanceOf(state, FEW)!.mean + SPREADS * chanceOf(state, FEW)!.deviation).toFixed(2)}. One line is one thing; that it has a name is another.`,
      },
    },
  ],
};
