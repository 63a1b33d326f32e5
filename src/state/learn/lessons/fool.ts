import { experimentKey } from '../../experimentRequest.ts';
import { waysOf } from '../../experimentView.ts';
import type { LensState } from '../../state.ts';
import type { View } from '../../view.ts';
import { SURE_PICTURE, TIPPING_PICTURE } from '../cast.ts';
import { aboutLesson } from '../catalogue.ts';
import type { Lesson, Question } from '../lesson.ts';
import { MEASURED } from '../measured.ts';
import { isBlockOff, neuronsOff, type Taken, takenFor } from '../verdicts.ts';

const { withoutEffects, randomPush, fooled } = MEASURED;
const FEW = 4;
const ofPicture = (image: number): Partial<View> => ({ page: 'image', image: String(image) });
const { round } = Math;
const asShare = (share: number): string => `${(100 * share).toFixed(share > 0.99 ? 2 : 0)}%`;

/** How often each way of finding words fooled the model, percent, in the run that is shown. */
function waysShown(state: LensState): Map<string, number> | undefined {
  const key = experimentKey(state);
  const run = key === undefined ? undefined : state.runs.get(key);
  if (!run?.finished || run.tables.kind !== 'adversarial') return undefined;
  return new Map(
    waysOf(run.tables.parts.flatMap(({ rows }) => rows)).map(({ way, success }) => [way, success]),
  );
}

/** Has all of a block switched off on the picture that the model surely knows. */
const offQuestion = (block: number, because: (taken: Taken) => string): Question => ({
  kind: 'do',
  ask: `Switch off all of block ${block}, and nothing else, under “Or a block at once”.`,
  done: (state) => (isBlockOff(state, block) && takenFor(state, SURE_PICTURE)?.settled ? 'yes' : 'no'),
  hint: '',
  because: (state) => because(takenFor(state, SURE_PICTURE)!),
});

const OURS = 'second-order words';
const RANDOM = 'random words';

export const fool: Lesson = {
  ...aboutLesson('fool'),
  steps: [
    {
      title: 'A picture the model knows',
      text: [
        'From here on the model itself runs in your browser; it takes some seconds to start. It compares the picture with 516 names and says how sure it is of each.',
      ],
      view: ofPicture(SURE_PICTURE),
      look: 'What the model takes it for',
      question: {
        kind: 'number',
        ask: 'How sure is the model of its first choice?',
        unit: '%',
        tolerance: 1,
        truth(state) {
          const taken = takenFor(state, SURE_PICTURE);
          return taken && 100 * taken.before.shareBefore;
        },
        hint: 'The first line of the table of classes; its share.',
        because(state) {
          const { before } = takenFor(state, SURE_PICTURE)!;
          return `${asShare(before.shareBefore)} for “${before.name}”. You will not find many pictures it is surer of.`;
        },
      },
    },
    {
      title: 'Without a block',
      text: [
        'Neurons can be switched off: their effect on this picture is replaced by what they do on an average one. Nothing else is changed.',
        'Switch off all 768 neurons of block 0 at once.',
      ],
      more: {
        text: 'The effects less their means are taken off the picture’s vector.',
        formulas: ['ablation'],
      },
      view: ofPicture(SURE_PICTURE),
      look: 'Switch off all of block 0',
      question: offQuestion(0, ({ before, after }) =>
        before.name === after.name
          ? `It still says “${after.name}”.`
          : `Now it says “${after.name}” and no longer “${before.name}”. This picture was chosen because it tips over: over many pictures block 0 decides about ${round(withoutEffects[0])} in 100.`,
      ),
    },
    {
      title: 'Any block?',
      text: [
        'Perhaps any such disturbance would do. Try it: switch everything on again, and switch off all of block 4 instead.',
      ],
      view: ofPicture(SURE_PICTURE),
      look: 'Switch off all of block 4',
      question: offQuestion(4, ({ before, after }) =>
        before.name === after.name
          ? `Still “${after.name}”. In this model the second-order effects of blocks 2 to 4 change hardly any answer; a random push as long as block 0’s costs ${round(randomPush)} in 100.`
          : `It says “${after.name}” now.`,
      ),
    },
    {
      title: 'With as few neurons as you can',
      text: [
        'A whole block is a sledgehammer. On this picture the model is less sure, and a few neurons decide.',
        'The list of its most active neurons is where to begin: each has a button that switches it off.',
      ],
      view: ofPicture(TIPPING_PICTURE),
      look: 'Its most active neurons',
      question: {
        kind: 'do',
        ask: `Make the model change its mind with at most ${FEW} neurons off.`,
        done(state) {
          const taken = takenFor(state, TIPPING_PICTURE);
          if (!taken?.settled || state.off.length === 0) return 'no';
          if (neuronsOff(state) > FEW) return 'wrong';
          return taken.before.name === taken.after.name ? 'no' : 'yes';
        },
        hint: 'Those are too many. Switch everything on again with “All on”, and begin with the strongest neuron.',
        because(state) {
          const { before, after } = takenFor(state, TIPPING_PICTURE)!;
          return `“${before.name}” became “${after.name}” with ${neuronsOff(state)} of 3,840 neurons off. Most pictures are not so easily tipped.`;
        },
      },
    },
    {
      title: 'Fool it with a picture',
      text: [
        'So far we reached into the model. Can a picture fool it, made with what the neurons tell? Here neurons that push from “telescope” to “school” name words; things of that name are drawn around a telescope. No school is drawn.',
        'Run it with 20 pictures for each way of finding words; the page says how long it takes.',
      ],
      view: {
        page: 'experiments',
        experiment: 'adversarial',
        first: '20',
        seeds: '0',
        target: 'school',
        depicted: 'telescope',
      },
      look: 'How it is run',
      question: {
        kind: 'choice',
        ask: 'After the run: did the neurons’ words (“second-order words”) fool the model more often than random words?',
        options: () => [
          { id: 'more', label: 'more often' },
          { id: 'same', label: 'just as often' },
          { id: 'less', label: 'less often' },
        ],
        truth(state) {
          const ways = waysShown(state);
          const [ours, random] = [ways?.get(OURS), ways?.get(RANDOM)];
          if (ours === undefined || random === undefined) return undefined;
          if (ours === random) return 'same';
          return ours > random ? 'more' : 'less';
        },
        hint: 'Compare the two bars; the line is random words. If nothing was run yet, press Run first.',
        because(state) {
          const ways = waysShown(state)!;
          return `${ways.get(OURS)!.toFixed(0)}% with the neurons’ words, ${ways.get(RANDOM)!.toFixed(0)}% with random ones: much of it is that anything drawn around the telescope distracts.`;
        },
      },
    },
    {
      title: 'How much of it was the neurons?',
      text: [
        `This was one pair, and a good one. Over six pairs drawn by chance the neurons’ words fooled this model in ${round(fooled.byNeurons)} of 100 pictures and random words in ${round(fooled.byRandomWords)}. Simply subtracting the text “telescope” from the text “school” and asking for the nearest words did better still: ${round(fooled.byDifference)}.`,
        'So the neurons know something, in this model less than the texts do. A claim like “we fooled it with its neurons” needs all of these numbers beside it.',
      ],
      view: {
        page: 'experiments',
        experiment: 'adversarial',
        first: '20',
        seeds: '0',
        target: 'school',
        depicted: 'telescope',
      },
      look: 'What came out',
    },
  ],
};
