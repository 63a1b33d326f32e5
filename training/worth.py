"""Is this model worth looking into? Two measurements by block, written to results.json.

(a) Do neurons mean something: of the nine scenes of largest centred second-order norm, the share from
    the commonest subgroup, and likewise on the commonest kind of background, against the same model at
    random initialisation and against chance.
(b) Do they matter: zero-shot top-1 after mean-ablating all second-order effects of a block, against
    pushing every embedding as far in a random direction.

Measured on the single-object scenes of the shipped set in trained styles, shrunk to 64 pixels as the
product does.   python worth.py [--model FOLDER]
"""
import argparse
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

from concepts import HERE
from evaluate import class_embeddings
from export import SHIPPED, load_model
from make_set import COLUMNS, FOLDER, PER_SHEET, SCENE
from model import Clip, to_patches
from second_order import effects, neuron_directions, trace
from tokenizer import Encoder

TOP, PRINCIPAL, CHUNK = 9, 100, 64


def shipped_scenes(size: int):
    """(patches [n, ...] uint8, concept, subgroup, background [n]) of the set's single objects in trained styles."""
    description = json.loads((FOLDER / "set.json").read_text(encoding="utf8"))
    names = sorted({c["subgroup"] for c in description["concepts"]})
    kinds = sorted({s["background"] for s in description["scenes"]})
    pictures, concept, background, sheets = [], [], [], {}
    for k, scene in enumerate(description["scenes"]):
        if len(scene["objects"]) > 1 or scene["style"] == description["heldOutStyle"]:
            continue
        sheet = k // PER_SHEET
        if sheet not in sheets:
            sheets[sheet] = Image.open(FOLDER / f"scenes-{sheet:02d}.webp").convert("RGB")
        y, x = divmod(k % PER_SHEET, COLUMNS)
        one = sheets[sheet].crop((x * SCENE, y * SCENE, (x + 1) * SCENE, (y + 1) * SCENE))
        pictures.append(np.asarray(one.resize((size, size), Image.Resampling.BICUBIC)))
        concept.append(scene["objects"][0]["concept"])
        background.append(kinds.index(scene["background"]))
    patches = to_patches(torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2), 8)
    subgroup = [names.index(description["concepts"][c]["subgroup"]) for c in concept]
    return patches, torch.tensor(concept), np.array(subgroup), np.array(background)


def share_of_commonest(rows: np.ndarray, kind: np.ndarray) -> float:
    """Mean over rows of scene numbers of the commonest kind's share."""
    return round(float(np.mean([np.bincount(kind[row]).max() / len(row) for row in rows])), 3)


def measure_block(model: Clip, traces: list, block: int) -> dict:
    """Norms, totals and principal shares of one block's neurons over all scenes."""
    directions = neuron_directions(model, block)
    count = sum(len(t.embedding) for t in traces)
    mean = sum(effects(model, t, block, directions).sum(0) for t in traces) / count
    norms, totals = [], []
    for t in traces:
        centred = effects(model, t, block, directions) - mean
        norms.append(centred.norm(dim=-1))
        totals.append(centred.sum(1))
    norms = torch.cat(norms)
    return {"norms": norms, "total": torch.cat(totals), "mean": mean, "directions": directions}


def principal_share(model: Clip, traces: list, block: int, m: dict) -> float:
    """Mean over neurons of the variance that the first direction of their top 100 effects explains."""
    top = m["norms"].topk(PRINCIPAL, 0)[1]  # [100, N]
    kept = torch.empty(PRINCIPAL, *m["mean"].shape)
    start = 0
    for t in traces:
        centred = effects(model, t, block, m["directions"]) - m["mean"]
        rank, neuron = torch.nonzero((top >= start) & (top < start + len(centred)), as_tuple=True)
        kept[rank, neuron] = centred[top[rank, neuron] - start, neuron]
        start += len(centred)
    singular = torch.linalg.svdvals(kept.transpose(0, 1)) ** 2
    return (singular[:, 0] / singular.sum(1)).mean().item()


def top1(embedding: torch.Tensor, classes: torch.Tensor, concept: torch.Tensor) -> float:
    return 100 * ((embedding @ classes.T).argmax(1) == concept).float().mean().item()


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--model", type=Path, default=SHIPPED)
    o = p.parse_args()
    torch.set_num_threads(2)
    model = load_model(o.model)
    classes = class_embeddings(model, Encoder(o.model / "tokenizer.json"))
    patches, concept, subgroup, background = shipped_scenes(model.sizes.image)
    torch.manual_seed(0)
    untrained = Clip(model.sizes).eval()
    rng = np.random.default_rng(0)
    nines = np.stack([rng.choice(len(subgroup), TOP, replace=False) for _ in range(5000)])

    traces = [trace(model, part) for part in patches.split(CHUNK)]
    random_traces = [trace(untrained, part) for part in patches.split(CHUNK)]
    embedding = 100 * F.normalize(torch.cat([t.embedding for t in traces]), dim=-1)
    rows = []
    for block in range(model.sizes.vision_blocks - 1):
        m = measure_block(model, traces, block)
        nine = m["norms"].topk(TOP, 0)[1].T.numpy()
        strongest = m["norms"].mean(0).topk(100)[1].numpy()
        blank = measure_block(untrained, random_traces, block)["norms"].topk(TOP, 0)[1].T.numpy()
        pushed = []
        for seed in range(5):
            noise = torch.randn(embedding.shape, generator=torch.Generator().manual_seed(seed))
            noise = F.normalize(noise, dim=-1) * m["total"].norm(dim=1, keepdim=True)
            pushed.append(top1(embedding + noise, classes, concept))
        rows.append({
            "block": block,
            "top9_one_subgroup": share_of_commonest(nine, subgroup),
            "top9_one_subgroup_100_strongest_neurons": share_of_commonest(nine[strongest], subgroup),
            "top9_one_subgroup_untrained": share_of_commonest(blank, subgroup),
            "top9_one_background": share_of_commonest(nine, background),
            "top9_one_background_untrained": share_of_commonest(blank, background),
            "first_direction_variance": round(principal_share(model, traces, block, m), 3),
            "ablated_length": round(m["total"].norm(dim=1).mean().item(), 1),
            "top1_mean_ablated": round(top1(embedding - m["total"], classes, concept), 2),
            "top1_random_push": round(float(np.mean(pushed)), 2),
        })
        print(json.dumps(rows[-1]), flush=True)
    result = {"scenes": len(concept), "top9_one_subgroup_chance": share_of_commonest(nines, subgroup),
              "top9_one_background_chance": share_of_commonest(nines, background),
              "top1_intact": round(top1(embedding, classes, concept), 2), "blocks": rows}
    path = HERE / "results.json"
    known = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps({**known, "worth": result}, indent=2) + "\n")


if __name__ == "__main__":
    main()
