import type { LensState } from '../../state.ts';
import { CAST } from '../cast.ts';
import { aboutLesson } from '../catalogue.ts';
import { ENOUGH, type End, kindsAt, LOOKED_AT } from '../ends.ts';
import type { Lesson, Place } from '../lesson.ts';
import { inView, isSame, named, ofNeuron, picturesOf, rowAt } from '../look.ts';

const { mixed } = CAST;
const ENDS: readonly End[] = ['positive', 'negative'];

const KINDS: Readonly<Record<string, string>> = {
  'animal, marine': 'animals of the sea',
  'sky, weather': 'sky and weather',
  'food, fruit': 'fruit',
  'person, role': 'people at work',
  'transport, ground': 'vehicles on land',
  'animal, bird': 'birds',
  'plant, flower': 'flowers',
};
const kindName = (kind: string): string => KINDS[kind] ?? kind;

const kindsOf = (state: LensState, place: Place, end: End) => {
  const [row, pictures] = [rowAt(state, place), picturesOf(state)];
  return row && pictures && kindsAt(row, end, pictures);
};

/** The two kinds on most of the first pictures, in one name. */
function topTwo(state: LensState): string | undefined {
  const [first, second] = kindsOf(state, mixed, 'positive') ?? [];
  return first && second && [first.kind, second.kind].sort().join(' + ');
}

const pair = (a: string, b: string) => ({
  id: [a, b].sort().join(' + '),
  label: `${kindName(a)}, and ${kindName(b)}`,
});

/** An end with two kinds on it. */
const mixedEnd = (state: LensState, place: Place): End | undefined =>
  ENDS.find((end) => (kindsOf(state, place, end)?.length ?? 0) >= 2);

export const polysemous: Lesson = {
  ...aboutLesson('polysemous'),
  steps: [
    {
      title: 'One neuron, one meaning?',
      text: [
        'It would be neat if every neuron stood for one thing. Most do not. A word with several meanings, like “bank”, is polysemous; so is a neuron that answers to several unlike things.',
        `Look at the first dozen “most positive” pictures of ${named(mixed)}.`,
      ],
      view: ofNeuron(mixed, { sign: 'positive' }),
      look: 'Most positive pictures',
      question: {
        kind: 'choice',
        ask: 'Which two kinds of things come most often among the first twelve?',
        options: () => [
          pair('animal, bird', 'plant, flower'),
          pair('animal, marine', 'sky, weather'),
          pair('food, fruit', 'transport, ground'),
          pair('person, role', 'sky, weather'),
        ],
        truth: topTwo,
        hint: 'Point at each of the first twelve pictures; its caption says what is on it.',
        because(state) {
          const [first, second] = kindsOf(state, mixed, 'positive')!;
          return `${first!.pictures} of twelve show ${kindName(first!.kind)}, and ${second!.pictures} ${kindName(second!.kind)}.`;
        },
      },
    },
    {
      title: 'Two things, or one that has no name?',
      text: [
        'A fish and a whirlwind are two things to us. But look at the colours: nearly all of these pictures are light blue. Perhaps the neuron does not know about fish or weather at all, and answers to that blue.',
        'Before you call a neuron polysemous, look for what its pictures share. Here, where the drawing itself counts, colour and shape come first.',
      ],
      view: ofNeuron(mixed, { sign: 'positive' }),
      look: 'Most positive pictures',
    },
    {
      title: 'The other end',
      text: [
        'Every neuron has two ends, and the other end may be about something else altogether. That alone makes many neurons mean two things.',
      ],
      view: ofNeuron(mixed, { sign: 'negative' }),
      look: 'Most negative pictures',
      question: {
        kind: 'choice',
        ask: 'Which of these kinds comes most often among the first twelve “most negative” pictures?',
        options: () =>
          ['animal, marine', 'food, fruit', 'plant, flower', 'transport, ground'].map((kind) => ({
            id: kind,
            label: kindName(kind),
          })),
        truth: (state) => kindsOf(state, mixed, 'negative')?.[0]?.kind,
        hint: 'Count them one by one. It is no more than three or four of the twelve: this end is mixed.',
        because(state) {
          const first = kindsOf(state, mixed, 'negative')![0]!;
          return `${first.pictures} of twelve show ${kindName(first.kind)}. The rest are of many kinds: this end has no easy name.`;
        },
      },
    },
    {
      title: 'Others like it',
      text: [
        'Neurons whose directions lie near each other move the answer the same way. If a neighbour’s pictures share only one of the meanings, it helps to tell them apart.',
      ],
      more: {
        text: 'Nearness is the cosine of the two directions: 1 is the same, 0 unrelated, −1 opposite.',
      },
      view: ofNeuron(mixed),
      look: 'Neurons like it, and against it',
      question: {
        kind: 'do',
        ask: 'Open the neuron that is most like this one.',
        done(state) {
          const place = inView(state);
          const nearest = rowAt(state, mixed)?.similar[0]?.neuron;
          if (!place || isSame(place, mixed) || nearest === undefined) return 'no';
          return isSame(place, { block: mixed.block, neuron: nearest }) ? 'yes' : 'wrong';
        },
        hint: 'Go back, and take the first under “like it”: the one with the largest cosine.',
        because(state) {
          const [nearest] = rowAt(state, mixed)!.similar;
          return `The cosine is ${nearest!.cosine.toFixed(2)}. Compare its first pictures with those before: what stayed?`;
        },
      },
    },
    {
      title: 'Find one yourself',
      text: [
        'Now look for a neuron of your own. The rule here: at one of its ends, among the first twelve pictures, two kinds of things on three pictures each.',
        'Rather more than one neuron in five passes it. Open any neuron from the list, or press r for a random one, and look.',
      ],
      view: { page: 'block', block: 1 },
      look: 'Neurons of the block',
      question: {
        kind: 'do',
        ask: `Open a neuron, other than ${mixed.neuron}, with two kinds of things at one of its ends.`,
        done(state) {
          const place = inView(state);
          if (!place || isSame(place, mixed) || !rowAt(state, place) || !picturesOf(state)) return 'no';
          return mixedEnd(state, place) ? 'yes' : 'wrong';
        },
        hint: `At neither end of this one are there two kinds on ${ENOUGH} of the first ${LOOKED_AT} pictures each, as the set sorts its things. Try the next: r.`,
        because(state) {
          const place = inView(state)!;
          const end = mixedEnd(state, place)!;
          const kinds = kindsOf(state, place, end)!.map(
            ({ kind, pictures }) => `${kindName(kind)} (${pictures})`,
          );
          return `At the ${end} end of ${named(place)}: ${kinds.join('; ')}. Is there something they share?`;
        },
      },
    },
    {
      title: 'What to write down',
      text: [
        'When you report a neuron, name both ends, how many pictures you looked at, and what the pictures share besides what is drawn. Then say how you would try to prove yourself wrong.',
        'The strongest pictures are the strongest of this set. What the set does not show, no list can show.',
      ],
      view: ofNeuron(mixed),
      look: 'Pictures at both ends',
    },
  ],
};
