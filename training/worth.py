"""Is this model worth looking into? Two measurements by block, written to results.json.

(a) Do neurons mean something: of a neuron's nine strongest scenes, the share from the commonest subgroup,
    and likewise on the commonest kind of background, against the same model at random initialisation and
    against chance. "Strongest" twice: by the norm of the centred second-order effect, and at the positive
    end of the signed activation along its principal direction (the pictures that the explorer lists first).
(b) Do they matter: zero-shot top-1 after mean-ablating all second-order effects of a block, against
    pushing every embedding as far in a random direction.

Measured on fresh scenes of one undisguised object in trained styles, `each` per concept: nine scenes of a
subgroup can only come together where there are enough of it to choose from.
    python worth.py [--model FOLDER] [--each 8] [--seed 90101]
"""
import argparse
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from concepts import CONCEPTS, COUNT, HERE, TRAINED_STYLES
from evaluate import class_embeddings
from export import SHIPPED, load_model
from model import Clip, to_patches
from scenes import Backdrops, Director, draw
from second_order import effects, neuron_directions, trace
from sprites import Atlas
from tokenizer import Encoder

TOP, PRINCIPAL, CHUNK = 9, 100, 64


def fresh_scenes(model: Clip, each: int, seed: int):
    """(patches [n, ...] uint8, concept, subgroup, background [n]); every concept `each` times."""
    atlas, backdrops = Atlas((24, 48, 96)), Backdrops(1000, model.sizes.image, seed)
    director = Director(atlas, backdrops, seed, TRAINED_STYLES, single=1.0, jitter=0.0)
    scenes = [director.scene(concept) for _ in range(each) for concept in range(COUNT)]
    pictures = torch.cat([draw(atlas, backdrops, scenes[k : k + 256]).pictures for k in range(0, len(scenes), 256)])
    concept = np.array([s.objects[0].concept for s in scenes])
    names = sorted({c["subgroup"] for c in CONCEPTS})
    subgroup = np.array([names.index(c["subgroup"]) for c in CONCEPTS])[concept]
    kinds = sorted(set(backdrops.kinds))
    background = np.array([kinds.index(backdrops.kinds[s.background]) for s in scenes])
    return to_patches(pictures, model.sizes.patch), torch.from_numpy(concept), subgroup, background


def shares_of_commonest(rows: np.ndarray, kind: np.ndarray) -> np.ndarray:
    """For each row of scene numbers, the commonest kind's share."""
    return np.array([np.bincount(kind[row]).max() / len(row) for row in rows])


def mean_and_error(shares: np.ndarray) -> dict:
    return {"mean": round(float(shares.mean()), 3), "standard_error": round(float(shares.std() / len(shares) ** 0.5), 4)}


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


def principal(model: Clip, traces: list, block: int, m: dict) -> tuple[float, torch.Tensor]:
    """Mean over neurons of the variance that the first direction of their top 100 effects explains, and
    the signed activations [n, N] along it (sign: more of the top effects point forward)."""
    top = m["norms"].topk(PRINCIPAL, 0)[1]  # [100, N]
    kept = torch.empty(PRINCIPAL, *m["mean"].shape)
    start = 0
    for t in traces:
        centred = effects(model, t, block, m["directions"]) - m["mean"]
        rank, neuron = torch.nonzero((top >= start) & (top < start + len(centred)), as_tuple=True)
        kept[rank, neuron] = centred[top[rank, neuron] - start, neuron]
        start += len(centred)
    kept = kept.transpose(0, 1)
    _, singular, right = torch.linalg.svd(kept, full_matrices=False)
    along = right[:, 0]
    forward = ((kept @ along[:, :, None]) > 0).float().mean((1, 2)) > 0.5
    along = torch.where(forward[:, None], along, -along)
    activations = [torch.einsum("bnd,nd->bn", effects(model, t, block, m["directions"]) - m["mean"], along) for t in traces]
    variances = singular**2
    return (variances[:, 0] / variances.sum(1)).mean().item(), torch.cat(activations)


def top1(embedding: torch.Tensor, classes: torch.Tensor, concept: torch.Tensor) -> float:
    return 100 * ((embedding @ classes.T).argmax(1) == concept).float().mean().item()


def tidiness(model: Clip, traces: list, block: int, m: dict, subgroup, background) -> dict:
    """Measurement (a) of one block."""
    variance, activations = principal(model, traces, block, m)
    by_norm = m["norms"].topk(TOP, 0)[1].T.numpy()
    positive = activations.topk(TOP, 0)[1].T.numpy()
    strongest = m["norms"].mean(0).topk(100)[1].numpy()
    shares = shares_of_commonest(positive, subgroup)
    return {
        "subgroup_by_norm": mean_and_error(shares_of_commonest(by_norm, subgroup)),
        "subgroup_positive_end": mean_and_error(shares),
        "subgroup_positive_end_100_strongest_neurons": mean_and_error(shares[strongest]),
        "neurons_with_most_from_one_subgroup": round(float((shares > 0.5).mean()), 3),
        "background_by_norm": mean_and_error(shares_of_commonest(by_norm, background)),
        "first_direction_variance": round(variance, 3),
    }


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--model", type=Path, default=SHIPPED)
    p.add_argument("--each", type=int, default=8)
    p.add_argument("--seed", type=int, default=90101)
    o = p.parse_args()
    torch.set_num_threads(2)
    model = load_model(o.model)
    classes = class_embeddings(model, Encoder(o.model / "tokenizer.json"))
    patches, concept, subgroup, background = fresh_scenes(model, o.each, o.seed)
    torch.manual_seed(0)
    untrained = Clip(model.sizes).eval()
    rng = np.random.default_rng(0)
    nines = np.stack([rng.choice(len(subgroup), TOP, replace=False) for _ in range(5000)])

    traces = [trace(model, part) for part in patches.split(CHUNK)]
    blank_traces = [trace(untrained, part) for part in patches.split(CHUNK)]
    embedding = 100 * F.normalize(torch.cat([t.embedding for t in traces]), dim=-1)
    rows = []
    for block in range(model.sizes.vision_blocks - 1):
        m = measure_block(model, traces, block)
        blank = measure_block(untrained, blank_traces, block)
        pushed = []
        for seed in range(5):
            noise = torch.randn(embedding.shape, generator=torch.Generator().manual_seed(seed))
            noise = F.normalize(noise, dim=-1) * m["total"].norm(dim=1, keepdim=True)
            pushed.append(top1(embedding + noise, classes, concept))
        rows.append({
            "block": block,
            "trained": tidiness(model, traces, block, m, subgroup, background),
            "untrained": tidiness(untrained, blank_traces, block, blank, subgroup, background),
            "ablated_length": round(m["total"].norm(dim=1).mean().item(), 1),
            "top1_mean_ablated": round(top1(embedding - m["total"], classes, concept), 2),
            "top1_random_push": round(float(np.mean(pushed)), 2),
        })
        print(json.dumps(rows[-1]), flush=True)
    result = {"command": f"python worth.py --each {o.each} --seed {o.seed}", "scenes": len(concept),
              "subgroup_chance": mean_and_error(shares_of_commonest(nines, subgroup)),
              "background_chance": mean_and_error(shares_of_commonest(nines, background)),
              "top1_intact": round(top1(embedding, classes, concept), 2), "blocks": rows}
    path = HERE / "results.json"
    known = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps({**known, "worth": result}, indent=2) + "\n")


if __name__ == "__main__":
    main()
