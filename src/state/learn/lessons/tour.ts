import { CAST } from '../cast.ts';
import { aboutLesson } from '../catalogue.ts';
import type { Lesson } from '../lesson.ts';
import { ofNeuron } from '../look.ts';

const { strong } = CAST;

/** Seven stops that ask nothing and start no model. */
export const tour: Lesson = {
  ...aboutLesson('tour'),
  steps: [
    {
      title: 'Every dot is a neuron',
      text: [
        'neuronlens looks inside CLIP, a model that understands pictures and words. This is one block of it, with its 768 neurons. The further right a dot, the more it moves the model’s answer; the higher up, the more it does so in one direction.',
      ],
      view: { page: 'block', block: 0 },
      look: 'Overview',
    },
    {
      title: 'The same neurons as a list',
      text: [
        'Each line shows the pictures that move a neuron most. Click the head of a column to put them in another order, and a line to open its neuron. B changes the block.',
      ],
      view: { page: 'block', block: 0 },
      look: 'Neurons of the block',
    },
    {
      title: 'Search in your own words',
      text: [
        'Type “water”, or anything else, and the neurons are ordered by how well their directions fit. A number goes straight to that neuron.',
      ],
      view: { page: 'block', block: 0 },
      look: 'Search neurons by words',
    },
    {
      title: 'One neuron: what it answers to',
      text: [
        'The pictures that it moves furthest, one way and the other. Point at one, and the model starts in your browser and shows where in the picture the neuron looks; click it to see it large.',
      ],
      view: ofNeuron(strong),
      look: 'Pictures at both ends',
    },
    {
      title: 'The same in words',
      text: [
        'Its direction lies in the space of words too, so it can be written as a sum of them. R² says how much of it they rebuild, and beside it stands what chance would give.',
      ],
      view: ofNeuron(strong),
      look: 'Its direction in words',
    },
    {
      title: 'Every word explains itself',
      text: [
        'Whatever is underlined with dots says what it means when you press it. All numbers come with how they were made: the line at the bottom says of what, from where, and how exact.',
      ],
      view: ofNeuron(strong),
      look: 'Effect size',
    },
    {
      title: 'Where to go from here',
      text: [
        'Image takes a single picture apart; Own pictures measures yours, which never leave this machine. Learn has five lessons and a game. The key ? lists all keys.',
      ],
      view: { page: 'block', block: 0 },
      look: 'Pages',
    },
  ],
};
