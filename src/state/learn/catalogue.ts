/** What there is to learn, in order; the lessons themselves are fetched when one is opened. */
export const LESSON_LIST = [
  {
    id: 'second-order',
    title: 'What is a neuron’s second-order effect?',
    promise: 'You can say what a neuron does to the answer, and not only what switches it on.',
    minutes: 4,
    steps: 6,
    pictures: [1637, 484, 1480, 561],
  },
  {
    id: 'one-direction',
    title: 'One direction is nearly enough',
    promise: 'You can tell neurons that one direction sums up from those that it does not.',
    minutes: 4,
    steps: 6,
    pictures: [570, 1827, 332, 1439],
  },
  {
    id: 'words',
    title: 'Read it in words',
    promise: 'You can read a neuron’s description, and know how far to trust it.',
    minutes: 5,
    steps: 7,
    pictures: [1109, 1624, 706, 1906],
  },
  {
    id: 'polysemous',
    title: 'Find a polysemous neuron',
    promise: 'You can find a neuron that answers to several unlike things.',
    minutes: 4,
    steps: 6,
    pictures: [6, 60, 421, 500],
  },
  {
    id: 'fool',
    title: 'Fool the model',
    promise: 'You can make the model change its mind, and say how much of that was the neurons.',
    minutes: 5,
    steps: 6,
    pictures: [42, 163, 71, 126],
  },
] as const;

/** The tour goes by the same rules as a lesson: one mechanism for both, and no second library. */
export const TOUR = {
  id: 'tour',
  title: 'A tour of the page',
  promise: 'You know where things are.',
  minutes: 2,
  steps: 7,
} as const;

export type LessonId = (typeof LESSON_LIST)[number]['id'] | typeof TOUR.id;

export const lessonEntry = (id: string): (typeof LESSON_LIST)[number] | typeof TOUR | undefined =>
  [...LESSON_LIST, TOUR].find((entry) => entry.id === id);

/** What a lesson says of itself, said once. */
export function aboutLesson(id: LessonId) {
  const { title, promise, minutes } = lessonEntry(id)!;
  return { id, title, promise, minutes };
}
