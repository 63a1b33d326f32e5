import { gridSide } from '../../clip/config.ts';
import { OUTPUTS } from '../../clip/trace.ts';
import { LensError } from '../../errors.ts';
import { type AttentionOnImage, directTextMap, type TowerEnd } from '../../lens/directEffects.ts';
import type { LensWeights } from '../../lens/lensWeights.ts';
import type { JobOptions } from '../../progress.ts';
import type { ImageTower } from '../towers/imageTower.ts';
import type { PatchMap } from './imageReading.ts';
import { patchMap } from './patchMap.ts';

/** What the heads of all blocks did on a picture. */
interface Heads {
  readonly attention: readonly AttentionOnImage[];
  readonly end: TowerEnd;
}

/**
 * Direct effects of a picture's heads, from a second forward pass when they are first asked for: their values are
 * 4·L·T·W bytes (1.8 MB for ViT-B/32, 25 MB for ViT-L/14), which most pictures are never asked.
 */
export class DirectEffects {
  readonly #tower: ImageTower;
  readonly #pixels: Float32Array;
  readonly #weights: LensWeights;
  #heads: Heads | undefined;

  constructor(tower: ImageTower, pixels: Float32Array, weights: LensWeights) {
    this.#tower = tower;
    this.#pixels = pixels;
    this.#weights = weights;
  }

  get bytes(): number {
    const { layers, width } = this.#tower.config;
    const values = this.#heads?.attention[0]?.values.length ?? 0;
    return 4 * (this.#pixels.length + layers * values * (1 + this.#tower.config.heads / width));
  }

  /**
   * The text-span paper's heatmap of a text over the heads of some blocks (all unless told), [G·G].
   * @throws LensError `bad-request` for a text of another model or a block that is not there
   */
  async map(text: Float32Array, blocks: readonly number[] | undefined, job: JobOptions): Promise<PatchMap> {
    const { config, dim } = this.#tower;
    if (text.length !== dim) {
      throw new LensError('bad-request', 'This text was embedded with another model than the picture.');
    }
    const wrong = blocks?.find((block) => !Number.isInteger(block) || block < 0 || block >= config.layers);
    if (wrong !== undefined) throw new LensError('bad-request', `This model has no block ${wrong}.`);
    const { attention, end } = await this.#read(job);
    const chosen = blocks ? attention.filter(({ block }) => blocks.includes(block)) : attention;
    if (chosen.length === 0) throw new LensError('bad-request', 'Choose at least one block.');
    return patchMap(directTextMap(this.#weights, chosen, text, end), gridSide(config));
  }

  async #read({ signal }: JobOptions): Promise<Heads> {
    if (this.#heads) return this.#heads;
    const all = [...Array(this.#tower.config.layers).keys()];
    const instruments = { attention: all, values: all };
    const work = () => this.#tower.run(this.#pixels, instruments);
    const results = await this.#tower.step('short', work, signal);
    const floats = (name: string): Float32Array => results[name]!.data as Float32Array;
    this.#heads = {
      attention: all.map((block) => ({
        block,
        row: floats(OUTPUTS.attentionRow(block)),
        values: floats(OUTPUTS.values(block)),
      })),
      end: {
        embedding: floats(OUTPUTS.embedding),
        finalMean: floats(OUTPUTS.finalMean)[0]!,
        finalInvStd: floats(OUTPUTS.finalInvStd)[0]!,
      },
    };
    return this.#heads;
  }
}
