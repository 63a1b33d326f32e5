"""Zero-shot accuracy of the shipped model on fresh single-object scenes, as JSON.

    python evaluate.py [--model FOLDER] [--each 4] [--seed 90001]

Every concept is shown `each` times in the trained styles and as often in the held-out style, at
random places on random backgrounds that training never saw; the classes are all concepts, each the
mean of its embedding in every template.
"""
import argparse
import json
from bisect import bisect
from collections import defaultdict
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from captions import TEMPLATES
from concepts import CONCEPTS, COUNT, HELD_OUT_STYLE, TRAINED_STYLES
from export import SHIPPED, load_model
from model import embed_pictures, to_patches
from scenes import Backdrops, Director, draw
from sprites import Atlas
from tokenizer import Encoder


EDGES = [0.45, 0.7]  # of the picture's side
SIZES = ["small (under 0.45 of the side)", "medium", "large (over 0.7)"]


def class_embeddings(model, encode: Encoder) -> torch.Tensor:
    """[COUNT, joint] unit vectors."""
    total = 0
    with torch.no_grad():
        for template in TEMPLATES:
            ids, last = map(torch.from_numpy, encode([template.format(c["one"]) for c in CONCEPTS]))
            total = total + F.normalize(model.text(ids, last), dim=-1)
    return F.normalize(total, dim=-1)


def percent(hits) -> float:
    return round(100 * float(np.mean(hits)), 2)


def score(ranks: np.ndarray) -> dict:
    return {"top1": percent(ranks < 1), "top5": percent(ranks < 5), "scenes": len(ranks)}


def examine(model, classes, atlas, backdrops, styles: list[str], each: int, seed: int) -> dict:
    director = Director(atlas, backdrops, seed, styles, single=1.0, jitter=0.0)
    scenes = [director.scene(concept) for _ in range(each) for concept in range(COUNT)]
    truth = torch.tensor([s.objects[0].concept for s in scenes])
    pictures = torch.cat([draw(atlas, backdrops, scenes[k : k + 256]).pictures for k in range(0, len(scenes), 256)])
    scores = embed_pictures(model.vision, to_patches(pictures, model.sizes.patch)) @ classes.T
    ranks = (scores > scores.gather(1, truth[:, None])).sum(1).numpy()
    chosen = scores.argmax(1).tolist()
    mistakes = [(t, c) for t, c in zip(truth.tolist(), chosen) if t != c]
    neighbours = [CONCEPTS[t]["subgroup"] == CONCEPTS[c]["subgroup"] for t, c in mistakes]
    groups = defaultdict(list)
    for scene, rank in zip(scenes, ranks):
        groups["size " + SIZES[bisect(EDGES, scene.objects[0].size)]].append(rank)
        groups["style " + scene.objects[0].style].append(rank)
        groups["group " + CONCEPTS[scene.objects[0].concept]["group"]].append(rank)
    return {**score(ranks), "mistakes_within_subgroup": percent(neighbours), "top1_by": {name: percent(np.array(r) < 1) for name, r in sorted(groups.items())}}


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--model", type=Path, default=SHIPPED)
    p.add_argument("--each", type=int, default=4)
    p.add_argument("--seed", type=int, default=90001)
    o = p.parse_args()
    torch.set_num_threads(2)
    model = load_model(o.model)
    classes = class_embeddings(model, Encoder(o.model / "tokenizer.json"))
    atlas, backdrops = Atlas((24, 48, 96)), Backdrops(1000, model.sizes.image, o.seed)
    print(json.dumps({
        "concepts": COUNT,
        "trained_styles": examine(model, classes, atlas, backdrops, TRAINED_STYLES, o.each, o.seed),
        "held_out_style": examine(model, classes, atlas, backdrops, [HELD_OUT_STYLE], o.each, o.seed + 1),
    }, indent=2))


if __name__ == "__main__":
    main()
