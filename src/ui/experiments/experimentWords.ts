import type { ExperimentName } from '../../state/index.ts';

interface ExperimentWords {
  readonly title: string;
  readonly question: string;
  /** How it is asked. */
  readonly how: string;
  readonly lookFor: readonly string[];
  /** What it cannot show. */
  readonly care: string;
}

/** What each experiment asks, in words for whoever stands before it. */
export const EXPERIMENT_WORDS: Readonly<Record<ExperimentName, ExperimentWords>> = {
  ablation: {
    title: 'Ablation by block',
    question: 'What does the model lose when a block’s neurons no longer differ from picture to picture?',
    how: 'Each neuron’s second-order effect on the output is replaced by its mean over the set: all of a block’s, only the significant ones (each neuron’s k strongest pictures), or only the others. Then every effect is put back as one number along one direction, and as a few words.',
    lookFor: [
      'Do few strong effects carry the block? Then “without the significant” falls as far as “without all”, and “without the others” stays up.',
      'Is one direction a neuron enough? Then “from principal directions” is back at the untouched model; so are few texts, if words are enough.',
      'Is it the effect or just a push? A fall counts where it goes below the random push of the same length.',
    ],
    care: 'Lines within their error bars of the untouched model show no effect that this many pictures can tell. Changes are over the same pictures, so they are surer than two accuracies are.',
  },
  indirect: {
    title: 'Indirect effects',
    question: 'How does a neuron’s whole effect compare with the part that later attention heads carry?',
    how: 'Neurons drawn by seed are put to their mean at every token, one at a time, and the rest of the model runs again: the paper’s comparison. Beside it stands the same neuron’s second-order effect on the same pictures.',
    lookFor: [
      'How long each is: the indirect effect also holds what the neuron writes into the CLS token itself and what later MLPs make of it.',
      'Whether they point the same way: a cosine near 1 means that the heads carry nearly all of it.',
      'How little one neuron changes the accuracy: why the ablations take many at once.',
    ],
    care: 'Errors are over the neurons drawn. A few neurons in some models are far stronger than the rest, and one such in the draw widens the bars.',
  },
  segmentation: {
    title: 'Segmentation',
    question: 'Do the neurons that point to a word fire where the thing is?',
    how: 'For every object the neurons whose directions lie along its name are chosen; their maps are averaged, enlarged and cut, at half or at their mean. The outline is held against the true mask.',
    lookFor: [
      'Whether the chosen neurons beat raw attention, which shows where the model looks whatever the word, and neurons chosen at random.',
      'Which variation matters: the text alone or less what all texts share, the order, the sign of the maps, the block.',
      'Scenes of several objects: attention cannot know which one is meant.',
    ],
    care: 'Mean precision (mAP) ranks pixels and needs no threshold; IoU depends on one. A map that knows nothing reaches the object’s share of the picture in mAP, so that small objects make small numbers.',
  },
  adversarial: {
    title: 'Adversarial words',
    question: 'Can words alone make the model see a class that is not in the picture?',
    how: 'Neurons that push from the depicted class to the target vote for the words of their descriptions. Things of those names are drawn around the depicted one, never the target, its synonyms or its family, and the model classifies the result.',
    lookFor: [
      'Whether the neurons’ words succeed more often than random words on the same grounds, and than words that are merely similar to the target.',
      'How much is dilution: any four things around the object take attention off it.',
      'Which neurons stand behind a word: each is a link.',
    ],
    care: 'Success is against the depicted class alone: the target is above it, not above all classes. Pairs of classes differ far more than ways of finding words, so that one pair proves little.',
  },
};
