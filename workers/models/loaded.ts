import type { Preprocessor } from '../../src/clip/preprocess.ts';
import type { Tokenizer } from '../../src/clip/tokenizer.ts';
import type { ClipWeights } from '../../src/clip/weights.ts';
import type { Exactness } from '../../src/engine/checks/selfCheck.ts';
import type { TextPart } from '../../src/engine/clipEngine.ts';
import type { JobOptions } from '../../src/progress.ts';
import type { ModelInfo } from '../protocol.ts';

/** A model read and checked: all it takes to start it, also again after its device was lost. */
export interface LoadedModel {
  readonly facts: Omit<ModelInfo, 'config' | 'backend' | 'check'>;
  readonly weights: ClipWeights;
  readonly tokenizer?: Tokenizer | undefined;
  readonly preprocessor: Preprocessor;
  /** For a model whose text tower is fetched when it is first used. */
  readonly loadText?: ((job: JobOptions) => Promise<LateText>) | undefined;
  /** Whose published outputs it must give. */
  readonly outputsOf?: string | undefined;
  readonly exactness?: Exactness | undefined;
}

/** A text tower that came later, and what is known of the files now that it is there. */
export interface LateText extends TextPart {
  readonly verified: ModelInfo['verified'];
}
