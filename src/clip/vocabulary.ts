import { LensError } from '../errors.ts';

const START = '<|startoftext|>';
const END = '<|endoftext|>';

/** CLIP's way of cutting a text into words. */
const WORDS = `<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+`;

/**
 * CLIP's tokenizer.json, made of the two files that older repositories have in its place.
 * @param vocabulary parsed vocab.json: token → id
 * @param merges text of merges.txt: a pair a line
 * @throws LensError `bad-file` when they are not those of a CLIP model
 */
export function vocabularyTokenizer(vocabulary: unknown, merges: string): unknown {
  const ids = vocabulary as Readonly<Record<string, unknown>>;
  const start = ids[START];
  const end = ids[END];
  if (!Number.isInteger(start) || !Number.isInteger(end)) {
    throw new LensError(
      'bad-file',
      'The vocab.json is not that of a CLIP model: it has no start and end of text.',
    );
  }
  const special = (id: unknown, content: string) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  });
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [special(start, START), special(end, END)],
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'NFC' },
        { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
        { type: 'Lowercase' },
      ],
    },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: WORDS }, behavior: 'Removed', invert: true },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
      ],
    },
    post_processor: {
      type: 'RobertaProcessing',
      sep: [END, end],
      cls: [START, start],
      trim_offsets: false,
      add_prefix_space: false,
    },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: END,
      continuing_subword_prefix: '',
      end_of_word_suffix: '</w>',
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: vocabulary,
      merges: merges
        .split(/\r?\n/)
        .filter((line) => line !== '' && !line.startsWith('#version'))
        .map((line) => line.split(' ')),
    },
  };
}
