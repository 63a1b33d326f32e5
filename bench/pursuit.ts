/**
 * Texts for neurons over 30,000 words: one neuron with 128 texts, as a share of one plain ViT-B/32 forward pass
 * of the same run, and a batch of neurons with 32, projected to all 3,072. `npx tsx bench/pursuit.ts`
 * [--texts 30000] [--neurons 128] [--rounds 3] [--threads 2]. Random atoms and directions: the arithmetic is the
 * same. In Node; `here` is our own loops in float64, `device` ONNX Runtime.
 */
import { imageTowerGraph, PIXELS } from '../src/clip/graph/imageTower.ts';
import { nodeBackend } from '../src/engine/backends/node.ts';
import { Scheduler } from '../src/engine/running/scheduler.ts';
import { chanceR2, sparseCodes } from '../src/engine/words/sparseCodes.ts';
import { WordCorrelations } from '../src/engine/words/wordCorrelations.ts';
import { randomDirections } from '../src/lens/randomDirections.ts';
import { prepareAtoms } from '../src/lens/sparseCode.ts';
import { interleaved, numberOption, report } from './measure.ts';
import { noise, randomVitB32 } from './model.ts';

const DIM = 512;
const ALL_NEURONS = 3072;
const texts = numberOption('texts', 30_000);
const neurons = numberOption('neurons', 128);
const rounds = numberOption('rounds', 3);
const threads = numberOption('threads', 2);

const atoms = prepareAtoms(randomDirections(texts, DIM, 11), DIM, 'unit-atoms');
const directions = randomDirections(neurons, DIM, 12);
const one = directions.subarray(0, DIM);
const backend = await nodeBackend({ threads });
const products = new WordCorrelations(backend, new Scheduler());
const strongest = products.strongest('long');
const tower = await backend.session(imageTowerGraph(randomVitB32()));
const pixels = noise(1);
const forward = () =>
  tower.run({ [PIXELS]: backend.tensor('float32', pixels, [1, 3, 224, 224]) }) as Promise<unknown>;

const code = (terms: number) => ({ terms, atoms: 'unit-atoms' }) as const;
const before = process.memoryUsage().rss;
await sparseCodes(one, atoms, code(1), strongest); // the pool goes to the device
const held = process.memoryUsage().rss - before;

const timings = await interleaved(
  [
    { name: 'a plain forward pass, 1 image', run: forward },
    { name: '1 neuron, m = 128, device', run: () => sparseCodes(one, atoms, code(128), strongest) },
    { name: '1 neuron, m = 128, here', run: () => sparseCodes(one, atoms, code(128), undefined) },
    {
      name: `${neurons} neurons, m = 32, device`,
      run: () => sparseCodes(directions, atoms, code(32), strongest),
    },
  ],
  rounds,
);
const [plain, , , batch] = timings;
report(
  `Matching pursuit over ${texts} texts, ${threads} threads`,
  timings.map(({ name, ms }) => ({
    name,
    ms: ms.toFixed(0),
    'forward passes': (ms / plain!.ms).toFixed(2),
  })),
);
const rate = neurons / (batch!.ms / 1000);
const chance = await chanceR2(atoms, code(32), strongest);
report('All neurons of a block, m = 32', [
  {
    'neurons/s': rate.toFixed(1),
    '3,072 neurons, s': (ALL_NEURONS / rate).toFixed(0),
    'pool on the device, MB': Math.round(held / 2 ** 20),
    'its atoms, MB': Math.round(atoms.vectors.byteLength / 2 ** 20),
    'chance R² (random texts)': chance.mean.toFixed(3),
  },
]);
await products.release();
await tower.release();
