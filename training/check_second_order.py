"""Compares second_order.py with outputs of the authors' released code on a small random model.

    python check_second_order.py FOLDER      (the reference folder: config.json, model.safetensors, *.npy, images/)
"""
import json
import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file

from export import fused, names, quick_factor
from model import Clip, Sizes, to_patches
from second_order import effects, neuron_directions, trace


def load_vision(folder: Path) -> Clip:
    """Only the image tower: the reference has no text tower."""
    c = json.loads((folder / "config.json").read_text())
    v = c["vision_config"]
    sizes = Sizes(image=v["image_size"], patch=v["patch_size"], vision_width=v["hidden_size"], joint=c["projection_dim"],
                  vision_blocks=v["num_hidden_layers"], vision_heads=v["num_attention_heads"])
    tensors, weights = load_file(str(folder / "model.safetensors")), {}
    for ours, theirs in names(sizes).items():
        if ours.startswith("vision."):
            weights[ours] = tensors[theirs].float() / quick_factor(ours)
    for ours, theirs in fused(sizes):
        if ours.startswith("vision."):
            weights[ours] = torch.cat([tensors[t].float() for t in theirs])
    weights["vision.patch.weight"] = weights["vision.patch.weight"].flatten(1)
    model = Clip(sizes).eval()
    missing, unexpected = model.load_state_dict(weights, strict=False)
    assert not unexpected and all(not name.startswith("vision.") for name in missing)
    return model


def difference(a: torch.Tensor, path: Path) -> float:
    b = torch.from_numpy(np.load(path))
    return ((a - b).norm() / b.norm()).item()


def main(folder: Path) -> None:
    model = load_vision(folder)
    pictures = np.stack([np.asarray(Image.open(f).convert("RGB")) for f in sorted((folder / "images").iterdir())])
    t = trace(model, to_patches(torch.from_numpy(pictures).permute(0, 3, 1, 2), model.sizes.patch))
    worst = {"embedding": difference(t.embedding, folder / "image_embeddings.npy")}
    for block in range(model.sizes.vision_blocks - 1):
        phi = effects(model, t, block, neuron_directions(model, block))
        mean = phi.mean(0)
        worst[f"block {block} effects"] = difference(phi[:8], folder / f"layer{block}_effects_first8.npy")
        worst[f"block {block} mean"] = difference(mean, folder / f"layer{block}_mean.npy")
        worst[f"block {block} norms"] = difference((phi - mean).norm(dim=-1), folder / f"layer{block}_norms.npy")
    print(json.dumps(worst, indent=2))
    if max(worst.values()) > 1e-4:
        sys.exit("second_order.py disagrees with the released code")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
