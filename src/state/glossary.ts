/** What a number or a word on the page means: a sentence, and a little more for who wants it. */
export interface GlossaryEntry {
  readonly term: string;
  readonly sentence: string;
  readonly more?: string;
}

/** One text for every place that explains itself, and for the list on the About page. */
export const GLOSSARY = {
  findText: {
    term: 'Find by words',
    sentence:
      'The neurons whose directions point most to the words’ vector lay their maps of the picture over each other.',
    more: 'Corrected: chosen by what sets the words apart from the classes, most towards them, and signed. As released: by the words alone, towards them or away, and without signs. The map is stretched to 0…1 and cut at the threshold.',
  },
  iou: {
    term: 'Intersection over union',
    sentence:
      'Of all the pixels that are outlined or truly belong to the thing, the share that is both: 100% is a perfect outline.',
  },
  averagePrecision: {
    term: 'Average precision',
    sentence:
      'How well the map ranks the thing’s pixels before all others, whatever the threshold: 100% is a perfect ranking.',
    more: 'A map that knows nothing reaches the thing’s share of the picture.',
  },
  nearest: {
    term: 'Nearest pictures',
    sentence:
      'The pictures of the set whose vectors have the largest cosine with this picture’s, as it is and without what is switched off.',
  },
  zeroShot: {
    term: 'Zero-shot classification',
    sentence:
      'Every class becomes a vector by its name in some sentences; the class whose vector lies nearest to the picture’s is the answer.',
    more: 'The score is ⟨picture, class⟩ with the picture at length 100 and the class at length 1. Switching off replaces second-order effects by their means over the set.',
  },
  conceptDiscovery: {
    term: 'Concepts of a picture',
    sentence:
      'Every neuron that is significant on this picture votes for the words of its description, by as much as it acts.',
    more: 'With γ·x, where x is the signed activation; the released code votes with the size of the effect and so loses its sign.',
  },
  selfCheck: {
    term: 'Self-check',
    sentence:
      'Known inputs without any picture go through the model here, and what comes out is held against what its publishers’ own code gave.',
    more: 'It catches wrong weights, a wrong activation or a slip in our arithmetic; it is made for models whose outputs somebody published.',
  },
  neuron: {
    term: 'Neuron',
    sentence:
      'One of the numbers in the middle of a block’s MLP; it is switched on by something in the picture and then writes one fixed vector.',
    more: 'Blocks and neurons are counted from 0.',
  },
  givenDirection: {
    term: 'Direction made elsewhere',
    sentence:
      'A line through the space that pictures and texts share, drawn by somebody: a feature of a sparse autoencoder, say. It is no neuron: nothing fires, and no head carries it.',
    more: 'A picture’s activation is where its vector, at length 100 and less the set’s mean, falls on the line. That is what the model’s answer is along it, whatever made it so; a single neuron does far less along its own line.',
  },
  directionSize: {
    term: 'Typical activation',
    sentence: 'How far pictures of the set lie from their mean along the direction: the root mean square.',
  },
  directionShare: {
    term: 'Share of what sets them apart',
    sentence:
      'How much of all that sets the strongest pictures apart from the set’s mean lies on this one direction.',
    more: 'Σ x² over Σ ‖vector − mean‖² of the strongest pictures. A line without meaning would get one part in as many as the space has dimensions, if the set were spread evenly.',
  },
  alignedNeurons: {
    term: 'Neurons along a direction',
    sentence:
      'Neurons of the same model whose own directions lie nearest to this one, along it or against it.',
    more: 'The cosine says that a neuron writes along the direction when it writes, not how often or how much: it is no proof that the neuron makes it.',
  },
  block: {
    term: 'Block',
    sentence:
      'One layer of the vision transformer: attention, then an MLP with this page’s neurons in its middle.',
    more: 'The last block is not listed: no attention head comes after it, so its neurons have no second-order effect.',
  },
  secondOrder: {
    term: 'Second-order effect',
    sentence:
      'What a neuron adds to the model’s answer by way of all attention heads in later blocks that read it.',
    more: 'The answer is the picture’s vector in the space that pictures and texts share, scaled to length 100.',
  },
  typicalNorm: {
    term: 'Effect size',
    sentence:
      'How far this neuron typically moves the answer away from its own usual effect; the whole answer has length 100.',
    more: 'The root mean square over pictures of the norm of the centred second-order effect.',
  },
  maxNorm: {
    term: 'Largest effect',
    sentence: 'The effect size on the one picture that moves this neuron the most.',
    more: 'The largest norm of the centred second-order effect over the set.',
  },
  varianceShare: {
    term: 'Variance share',
    sentence:
      'How well one direction sums up the neuron: 100% means its strongest effects all point along one line.',
    more: 'The first squared singular value over the sum of all, of the centred effects on the neuron’s strongest pictures.',
  },
  threshold: {
    term: 'Threshold',
    sentence: 'A picture counts as significant for this neuron when its effect size is above this number.',
    more: 'The smallest effect size among the neuron’s strongest pictures.',
  },
  topShare: {
    term: 'Concentration',
    sentence: 'How much of the neuron’s whole effect over the set falls on its strongest pictures alone.',
    more: 'The strongest pictures’ share of the summed squared norms.',
  },
  positiveShare: {
    term: 'Positive share',
    sentence:
      'The share of the strongest pictures on which the neuron pushes along its direction rather than against it.',
    more: 'It is always above one half: the direction’s sign is chosen so.',
  },
  significant: {
    term: 'Strongest pictures',
    sentence:
      'The k pictures of the set with the largest effect of this neuron; its direction is found on these.',
    more: 'k alone says little: k out of how many is the share of the set that is called significant.',
  },
  direction: {
    term: 'Direction',
    sentence:
      'The one direction, in the space that pictures and texts share, along which the neuron moves the answer most.',
    more: 'The first principal component of the centred effects on the strongest pictures, of length 1.',
  },
  activation: {
    term: 'Signed activation',
    sentence:
      'How far the neuron moves the answer to one picture along its direction; below zero it pushes the other way.',
    more: 'x = ⟨effect − mean effect, direction⟩.',
  },
  histogram: {
    term: 'Spread of activations',
    sentence: 'How many pictures of the set have each signed activation.',
  },
  looked: {
    term: 'Strongest pictures alone',
    sentence:
      'This analysis was made in one sweep: a neuron’s lists and counts are of its strongest pictures, and no other was looked at again.',
    more: 'The strongest by the size of the effect, found exactly. A second round over the set makes the lists and counts those of all pictures.',
  },
  headShare: {
    term: 'Share of a head',
    sentence: 'Which later attention heads carry the neuron’s effect to the answer, and how much of it each.',
    more: 'Mean over the strongest pictures; the shares sum to about 100%, and a head that works against the rest is negative.',
  },
  cosine: {
    term: 'Cosine',
    sentence: 'How alike two directions are: 1 is the same, 0 unrelated, −1 opposite.',
  },
  searchScore: {
    term: 'Match with the search',
    sentence: 'The cosine between the neuron’s direction and the model’s own vector for the words you typed.',
    more: 'Of two unrelated vectors in this many dimensions the cosine is near 0; even good matches rarely pass 0.5.',
  },
  coefficient: {
    term: 'Weight of a word',
    sentence:
      'How much of this text’s vector the description adds (or, below zero, takes away) to rebuild the direction.',
  },
  r2: {
    term: 'R² of the description',
    sentence: 'How much of the neuron’s direction the words rebuild: 1 is all of it, 0 is none.',
    more: 'R² = 1 − ‖r − r̂‖² / ‖r‖². Part of it is chance: the more words, the better they rebuild any direction, and as many as the space has dimensions rebuild all of it. So the page also says what 64 random directions reach with as many words of the same list.',
  },
  terms: {
    term: 'Words in the description',
    sentence:
      'The most texts the description may use; more words rebuild more of the direction but say less.',
  },
  atoms: {
    term: 'Form of the text vectors',
    sentence:
      'Either every text vector has length 1 (corrected), or as in the released code, where lengths differ and longer ones are chosen more often.',
  },
  activationMap: {
    term: 'Map of the activation',
    sentence: 'Where in the picture the neuron itself is switched on, patch by patch.',
  },
  secondOrderMap: {
    term: 'Map of the second-order effect',
    sentence:
      'Which patches make the neuron move the answer, and which way; the map sums up to the signed activation.',
    more: 'The part that comes from no patch but from the class token is stated beside the map.',
  },
  directionMap: {
    term: 'Map of a direction',
    sentence:
      'Which patches make the picture lie along the direction, and which against it, by what the attention heads of all blocks read there.',
    more: 'The map is of the direct effects of heads. What the MLPs and the class token add has no place in the picture and is not in it.',
  },
  clsTerm: {
    term: 'Class token’s part',
    sentence:
      'The part of the effect that comes from the class token, which belongs to no place in the picture.',
  },
  shippedNumbers: {
    term: 'Shipped numbers',
    sentence: 'Computed before, on another machine, and delivered with this page; nothing has run here yet.',
  },
  packNumbers: {
    term: 'Numbers of a pack',
    sentence:
      'Computed by somebody before, and published as files; the Models page says by what, of what, and how certain.',
  },
  liveNumbers: {
    term: 'Live numbers',
    sentence: 'Computed just now in this browser, from the same model and the same pictures.',
  },
  agreement: {
    term: 'Agreement',
    sentence:
      'How close the numbers computed on this machine come to the shipped ones; only rounding should differ.',
  },
  agreementCosine: {
    term: '|cos| of directions',
    sentence: 'How alike the live and the shipped direction are; exactly 1 would be the same line.',
    more: 'Only over neurons whose variance share is above 30%: below, several directions are equally right.',
  },
  agreementTop: {
    term: 'Equal top sets',
    sentence:
      'The share of neurons whose strongest pictures are the very same here and in the shipped numbers.',
    more: 'A tie in the last digit at the k-th place is enough to make a set unequal.',
  },
  agreementNorm: {
    term: 'Largest relative error',
    sentence: 'The largest difference between a live and a shipped number, as a share of the shipped one.',
  },
  backend: {
    term: 'Where it runs',
    sentence:
      'What does the arithmetic on this machine: the graphics card through WebGPU, or the processor through WebAssembly.',
  },
  precision: {
    term: 'Precision',
    sentence: 'How exact every number in the computation is; float32 keeps about seven digits.',
  },
} as const satisfies Record<string, GlossaryEntry>;

export type GlossaryId = keyof typeof GLOSSARY;
