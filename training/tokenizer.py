"""The tokenizer: a byte-level BPE of CLIP's kind, trained on this world's words.

Same normaliser, pre-tokeniser and post-processor as CLIP's own tokenizer.json, and the same order of
ids: 256 bytes, the same bytes at the end of a word, the merges, then the two special tokens, which
must be the highest ids because CLIP pools its text tower at the argmax of the ids.
"""
import json
import random

import numpy as np
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from backgrounds import COLOURS
from concepts import CONCEPTS, RUN

VOCABULARY = 4096
CONTEXT = 32
START, END = "<|startoftext|>", "<|endoftext|>"
PATTERN = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


def byte_symbols() -> list[str]:
    """The printable stand-ins of the 256 bytes, in CLIP's order: printable ones first."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [b for b in range(256) if b not in printable]
    return [chr(b) for b in printable] + [chr(256 + k) for k in range(len(rest))]


def pipeline(tokenizer: Tokenizer) -> Tokenizer:
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PATTERN), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def corpus() -> list[str]:
    """Words of this world often, other words that people give to such pictures now and then."""
    lines = []
    for c in CONCEPTS:
        lines += [c["label"], c["one"], c["many"] or "", *c["keywords"], c["subgroup"].replace("-", " ")] * 20
    lines += [f"a photo of {c['one']} on a {colour} background" for c in CONCEPTS for colour in COLOURS]
    lines += [f"{a} and {b} {what}" for what in ("stripes", "gradient", "checkerboard", "zigzags", "rings", "dots")
              for a in COLOURS for b in COLOURS]
    fixed = "grass sand water night sky snow in front of brick wall wood against blue sky to the left right of above " \
            "below in the top bottom corner large small two three four glossy flat outlined blurry black and white " \
            "picture image icon drawing"
    lines += [fixed] * 200
    for c in json.loads((RUN / "candidates.json").read_text(encoding="utf8")):
        lines += [c["label"], *c["words"], c["subgroup"].replace("-", " ")]
    random.Random(0).shuffle(lines)
    return lines


def build() -> Tokenizer:
    symbols = byte_symbols()
    learner = pipeline(Tokenizer(models.BPE(end_of_word_suffix="</w>")))
    learner.train_from_iterator(
        corpus(),
        trainers.BpeTrainer(vocab_size=VOCABULARY, end_of_word_suffix="</w>", initial_alphabet=symbols, show_progress=False),
    )
    merges = [tuple(m) for m in json.loads(learner.to_str())["model"]["merges"]]
    merges = merges[: VOCABULARY - 2 - 2 * len(symbols)]
    tokens = symbols + [s + "</w>" for s in symbols] + ["".join(m) for m in merges] + [START, END]
    tokens = list(dict.fromkeys(tokens))
    vocabulary = {token: k for k, token in enumerate(tokens)}
    whole = pipeline(
        Tokenizer(models.BPE(vocab=vocabulary, merges=merges, unk_token=END, continuing_subword_prefix="", end_of_word_suffix="</w>"))
    )
    description = json.loads(whole.to_str())
    description["post_processor"] = {
        "type": "RobertaProcessing", "sep": [END, vocabulary[END]], "cls": [START, vocabulary[START]],
        "trim_offsets": False, "add_prefix_space": False,
    }
    for token in (START, END):
        description["added_tokens"].append(
            {"id": vocabulary[token], "content": token, "single_word": False, "lstrip": False, "rstrip": False,
             "normalized": token == START, "special": True}
        )
    return Tokenizer.from_str(json.dumps(description, ensure_ascii=False))


class Encoder:
    """Texts -> (ids [n, longest] int64 padded with the end token, index of the first end token [n])."""

    def __init__(self, path=RUN / "tokenizer.json"):
        self.tokenizer = Tokenizer.from_file(str(path))
        self.size = self.tokenizer.get_vocab_size()
        self.end = self.tokenizer.token_to_id(END)

    def __call__(self, texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
        rows = [e.ids for e in self.tokenizer.encode_batch(texts)]
        rows = [r if len(r) <= CONTEXT else r[: CONTEXT - 1] + [self.end] for r in rows]
        ids = np.full((len(rows), max(map(len, rows))), self.end, np.int64)
        for k, r in enumerate(rows):
            ids[k, : len(r)] = r
        return ids, np.array([len(r) - 1 for r in rows])


if __name__ == "__main__":
    built = build()
    built.save(str(RUN / "tokenizer.json"), pretty=True)
    print(built.get_vocab_size(), built.encode("a photo of a jack-o'-lantern on xylophonic Grass").tokens)
