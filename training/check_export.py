"""Loads the shipped folder with Hugging Face's CLIPModel and compares it with our own forward pass.

Passes when every picture's and every text's cosine exceeds 0.9999 and both tokenizers agree.
"""
import json
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from transformers import CLIPModel, PreTrainedTokenizerFast

from concepts import CONCEPTS
from export import SHIPPED, load_model
from model import normalise, to_patches
from tokenizer import END, START, Encoder


def main(folder: Path) -> None:
    torch.manual_seed(0)
    published = CLIPModel.from_pretrained(folder, dtype=torch.float32).eval()
    ours, encode = load_model(folder), Encoder(folder / "tokenizer.json")
    pictures = torch.randint(0, 256, (32, 3, 64, 64), dtype=torch.uint8)
    patches = normalise(to_patches(pictures, 8), torch.float32)
    values = normalise(pictures.flatten(2).flatten(1)[:, None], torch.float32).view(-1, 3, 64, 64)
    texts = [f"a photo of {c['one']} on grass" for c in CONCEPTS]
    ids, last = map(torch.from_numpy, encode(texts))
    with torch.no_grad():
        a = ours.vision(patches, torch.arange(64).expand(len(patches), -1))
        b = embeds(published.get_image_features(pixel_values=values))
        c = ours.text(ids, last)
        d = embeds(published.get_text_features(input_ids=ids))
    wrapped = PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer.json"), bos_token=START, eos_token=END, pad_token=END)
    agree = all(wrapped(t)["input_ids"] == encode.tokenizer.encode(t).ids for t in texts)
    result = {
        "lowest_picture_cosine": F.cosine_similarity(a, b).min().item(),
        "lowest_text_cosine": F.cosine_similarity(c, d).min().item(),
        "tokenizers_agree": agree,
    }
    print(json.dumps(result))
    if min(result["lowest_picture_cosine"], result["lowest_text_cosine"]) < 0.9999 or not agree:
        sys.exit("the exported model is not the trained model")


def embeds(out) -> torch.Tensor:
    """Newer transformers wrap the features in an output object."""
    return out if torch.is_tensor(out) else out.pooler_output


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else SHIPPED)
