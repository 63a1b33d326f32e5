"""Contrastive training on endlessly composed scenes. See README.md for the recipe and its reasons.

    python train.py [--minutes M]      resumes run/checkpoint.pt when there is one
    python train.py --init FOLDER      starts from an exported model instead

SIGTERM saves and ends. While it runs: `run/keep` holds the share of patches to keep (0.25, 0.5 or 1), and creating
`run/cooldown` (holding a number of minutes) starts the linear decay to zero that ends the run. Minutes, not
steps, because the machine was shared and the run had to end at an hour, not at a step.
"""
import argparse
import copy
import json
import math
import os
import signal
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from captions import TEMPLATES, caption, concept_caption, kind_caption
from concepts import COUNT, CONCEPTS, HELD_OUT_STYLE, RUN, TRAINED_STYLES
from model import Clip, Sizes, embed_pictures, normalise, to_patches
from optimiser import Optimiser
from scenes import Backdrops, Director, draw
from sprites import Atlas
from tokenizer import Encoder

BIAS = 3.0
CHECKPOINT = RUN / "checkpoint.pt"


class Pool:
    """Scenes in memory, drawn a few times each: composing afresh for every use would cost too much."""

    def __init__(self, director: Director, capacity: int):
        self.director, self.capacity = director, capacity
        self.patches = torch.empty(capacity, 64, 192, dtype=torch.uint8)
        self.covered = torch.empty(capacity, 64)
        self.scenes, self.next = [], 0

    def refresh(self, count: int) -> None:
        """Composes `count` new scenes, over the oldest once the pool is full."""
        director = self.director
        scenes = [director.scene() for _ in range(count)]
        drawing = draw(director.atlas, director.backdrops, scenes)
        patches = to_patches(drawing.pictures, 8)
        covered = F.avg_pool2d(drawing.covered[:, None], 8).flatten(1)
        for k, scene in enumerate(scenes):
            self.patches[self.next], self.covered[self.next] = patches[k], covered[k]
            if len(self.scenes) < self.capacity:
                self.scenes.append(scene)
            else:
                self.scenes[self.next] = scene
            self.next = (self.next + 1) % self.capacity

    def batch(self, size: int):
        ids = self.director.rng.choice(len(self.scenes), size, replace=False)
        rows = torch.from_numpy(ids)
        return self.patches[rows], self.covered[rows], [self.scenes[k] for k in ids]


def drop_patches(patches: torch.Tensor, covered: torch.Tensor, keep: float) -> tuple[torch.Tensor, torch.Tensor]:
    """A random share of each picture's patches and their places (FLIP).

    Patches that objects cover are up to BIAS + 1 times as likely to stay as bare ones: a quarter of
    a small object's patches would often be none at all. (Draws without replacement by weight: the
    largest of u^(1/w).)
    """
    n, count, _ = patches.shape
    if keep >= 1:
        return patches, torch.arange(count).expand(n, -1)
    order = torch.rand(n, count).log() / (1 + BIAS * covered)
    places = order.topk(int(keep * count), 1)[1]
    return patches.gather(1, places[..., None].expand(-1, -1, patches.shape[-1])), places


def embed_texts(text, ids: np.ndarray, last: np.ndarray) -> torch.Tensor:
    """Texts in three groups of like length, so that short ones are not padded to the longest."""
    groups = np.array_split(np.argsort(last, kind="stable"), 3)
    parts = [text(torch.from_numpy(ids[g, : last[g].max() + 1]), torch.from_numpy(last[g])) for g in groups]
    return torch.cat(parts)[torch.from_numpy(np.argsort(np.concatenate(groups)))]


def not_negative(scenes, banked) -> tuple[torch.Tensor, torch.Tensor]:
    """Which pairs must not be pushed apart: [B, B] other scenes of the same one concept, and
    [B, bank] the banked concepts that are in the picture."""
    contains = torch.zeros(len(scenes), COUNT, dtype=torch.bool)
    single = torch.full((len(scenes),), -1)
    for b, scene in enumerate(scenes):
        contains[b, scene.concepts] = True
        if len(scene.objects) == 1:
            single[b] = scene.objects[0].concept
    same = (single[:, None] == single[None]) & (single >= 0)[:, None]
    same.fill_diagonal_(False)
    return same, contains[:, torch.from_numpy(banked)]


def captions_of(rng, scenes, kinds: float) -> tuple[list[str], torch.Tensor]:
    """One caption a scene, a share `kinds` of them naming only what kind of thing it is, and [B, B]: which
    scenes (rows) such a caption (columns) is true of besides its own."""
    contains, true_of = torch.zeros(2, len(scenes), COUNT).unbind()
    texts = []
    for b, scene in enumerate(scenes):
        contains[b, scene.concepts] = 1
        kind = kind_caption(rng, scene) if rng.random() < kinds else None
        texts.append(kind[0] if kind else caption(rng, scene))
        if kind:
            true_of[b, kind[1]] = 1
    return texts, (contains @ true_of.T > 0).fill_diagonal_(False)


def untidiness(hidden: list[torch.Tensor], on_object: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """What keeps neurons from meaning one thing each, two numbers near 0 where all do (mean over neurons):
    how evenly a neuron fires over the pictures' objects (mean over rms; unlike a plain L1 it cannot be lowered
    by shrinking), and which share of its firing is on bare background. Selective neurons alone were not enough:
    they became neurons of backgrounds, of which there are few kinds.

    hidden: per block [B, T + 1, N], CLS first; on_object [B, T]: how much of each patch objects cover.
    """
    bare = 1 - on_object
    evenness, background = [], []
    for h in hidden:
        size = h[:, 1:].abs()
        on = torch.einsum("bt,btn->bn", on_object / (on_object.sum(1, keepdim=True) + 1e-3), size)
        off = torch.einsum("bt,btn->bn", bare / (bare.sum(1, keepdim=True) + 1e-3), size)
        evenness.append((on.mean(0) / (on.square().mean(0) + 1e-12).sqrt()).mean())
        background.append((off.mean(0) / (on.mean(0) + off.mean(0) + 1e-6)).mean())
    return torch.stack(evenness).mean(), torch.stack(background).mean()


def contrastive_loss(pictures, texts, bank, scale, same, contains) -> torch.Tensor:
    """Symmetric InfoNCE; from picture to text one caption of each of many concepts (`bank`) are negatives too,
    so that every picture meets a softmax over much of the world, not only over its batch."""
    pictures, texts, bank = (F.normalize(x.float(), dim=-1) for x in (pictures, texts, bank))
    scale = scale.float().exp()
    matching = (scale * pictures @ texts.T).masked_fill(same, -math.inf)
    others = (scale * pictures @ bank.T).masked_fill(contains, -math.inf)
    target = torch.arange(len(pictures))
    to_text = F.cross_entropy(torch.cat([matching, others], 1), target)
    return 0.5 * (to_text + F.cross_entropy(matching.T, target))


class Examination:
    """Zero-shot accuracy on fresh single objects as their artists drew them."""

    def __init__(self, atlas: Atlas, backdrops: Backdrops, encode: Encoder):
        self.encode = encode
        self.sets = {}
        for name, styles, seed in (("trained", TRAINED_STYLES, 101), ("held_out", [HELD_OUT_STYLE], 102)):
            director = Director(atlas, backdrops, seed, styles, single=1.0, jitter=0.0)
            scenes = [director.scene(concept) for concept in range(COUNT)]
            self.sets[name] = to_patches(draw(atlas, backdrops, scenes).pictures, 8)

    @torch.no_grad()
    def __call__(self, model: Clip) -> dict:
        dtype = next(model.parameters()).dtype
        classes = 0
        for template in TEMPLATES:
            ids, last = map(torch.from_numpy, self.encode([template.format(c["one"]) for c in CONCEPTS]))
            classes = classes + F.normalize(model.text(ids, last).float(), dim=-1)
        result = {}
        for name, patches in self.sets.items():
            scores = embed_pictures(model.vision, patches, dtype) @ F.normalize(classes, dim=-1).T
            right = scores.topk(5, 1)[1] == torch.arange(COUNT)[:, None]
            result[name] = (round(100 * right[:, 0].float().mean().item(), 1), round(100 * right.any(1).float().mean().item(), 1))
        return result


class Average:
    """A running mean of the weights: at a constant learning rate it is a far better model than any single step's,
    and shows early what the final decay will bring."""

    def __init__(self, model: Clip, rate: float = 0.005):
        self.model, self.rate = copy.deepcopy(model).requires_grad_(False), rate

    @torch.no_grad()
    def update(self, model: Clip) -> None:
        for mean, now in zip(self.model.parameters(), model.parameters()):
            mean.lerp_(now, self.rate)


def save(optimiser: Optimiser, average: Average, sizes: Sizes, pairs: int, steps_before: int, cooldown) -> None:
    state = {"sizes": sizes.as_dict(), "optimiser": optimiser.state(), "average": average.model.state_dict(),
             "pairs": pairs, "steps_before": steps_before, "cooldown": cooldown}
    torch.save(state, str(CHECKPOINT) + ".new")
    os.replace(str(CHECKPOINT) + ".new", CHECKPOINT)


def read_number(path: Path, default: float) -> float:
    try:
        return float(path.read_text())
    except (FileNotFoundError, ValueError):
        return default


def options():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--batch", type=int, default=192)
    p.add_argument("--bank", type=int, default=258, help="concepts whose captions are extra negatives in a step")
    p.add_argument("--reuse", type=float, default=4, help="how often a scene is drawn from the pool on average")
    p.add_argument("--pool", type=int, default=60000)
    p.add_argument("--muon-lr", type=float, default=0.015)
    p.add_argument("--adam-lr", type=float, default=1.5e-3)
    p.add_argument("--decay", type=float, default=0.05)
    p.add_argument("--warmup", type=int, default=100)
    p.add_argument("--single", type=float, default=0.8)
    p.add_argument("--kinds", type=float, default=0.15, help="share of captions that name only the kind of thing")
    p.add_argument("--tidy", type=float, default=2.0, help="weight of the neurons' untidiness in the loss")
    p.add_argument("--jitter", type=float, default=0.15)
    p.add_argument("--minutes", type=float, default=1e9)
    p.add_argument("--exam-minutes", type=float, default=5)
    p.add_argument("--init", type=Path)
    p.add_argument("--probe", action="store_true", help="a trial: neither resumes nor saves")
    return p.parse_args()


def main() -> None:
    o = options()
    torch.manual_seed(0)
    torch.set_num_threads(2)
    encode = Encoder()
    sizes = Sizes(vocabulary=encode.size)
    model = Clip(sizes)
    if o.init:
        from export import load_exported
        model.load_state_dict(load_exported(o.init))
    optimiser = Optimiser(model, o.muon_lr, o.adam_lr, o.decay)
    pairs, steps_before, cooldown, resumed = 0, 0, None, False
    if o.init:
        before = json.loads((o.init / "training_state.json").read_text())
        pairs, steps_before = before["pairs"], before["steps"]
    if CHECKPOINT.exists() and not o.init and not o.probe:
        state = torch.load(CHECKPOINT)
        optimiser.load(state["optimiser"])
        pairs, steps_before, cooldown, resumed = state["pairs"], state["steps_before"], state["cooldown"], True

    average = Average(model)
    if resumed and "average" in state:
        average.model.load_state_dict(state["average"])
    seed = 1000 + optimiser.steps
    atlas = Atlas((24, 48, 96))
    exam = Examination(atlas, Backdrops(600, 64, 7), encode)
    pool = Pool(Director(atlas, Backdrops(4000, 64, seed), seed, TRAINED_STYLES, o.single, o.jitter), o.pool)
    while len(pool.scenes) < 12288:
        pool.refresh(512)
    rng = pool.director.rng
    print(f"{sum(p.numel() for p in model.parameters()) / 1e6:.2f}M parameters, step {optimiser.steps}, options {vars(o)}", flush=True)

    stop = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(True))
    start = clock = saved = examined = time.time()
    shown, composing, mean_loss, first_step = 0, 0.0, None, optimiser.steps
    while time.time() - start < 60 * o.minutes:
        began = time.time()
        pool.refresh(round(o.batch / o.reuse))
        patches, covered, scenes = pool.batch(o.batch)
        banked = rng.permutation(COUNT)[: o.bank]
        captions, also_true = captions_of(rng, scenes, o.kinds)
        ids, last = encode(captions + [concept_caption(rng, c) for c in banked])
        kept, places = drop_patches(patches, covered, read_number(RUN / "keep", 0.25))
        kept = normalise(kept, torch.float32)
        composing += time.time() - began

        hidden = []
        pictures = model.vision(kept, places, hidden)
        texts, bank = embed_texts(model.text, ids, last).split([o.batch, o.bank])
        same, contains = not_negative(scenes, banked)
        loss = contrastive_loss(pictures, texts, bank, model.logit_scale, same | also_true, contains)
        even, bare = untidiness(hidden, covered.gather(1, places))
        (loss + o.tidy * (even + bare)).backward()

        step = optimiser.steps
        share = min(1.0, (step - first_step + 1) / (20 if resumed else o.warmup))
        if cooldown is None and (RUN / "cooldown").exists() and not o.probe:
            cooldown = (began, 60 * read_number(RUN / "cooldown", 20))
        decayed = (began - cooldown[0]) / cooldown[1] if cooldown else 0.0
        share *= max(0.0, 1 - decayed)
        optimiser.step(share)
        average.update(model)
        pairs += o.batch
        shown += o.batch
        mean_loss = loss.item() if mean_loss is None else 0.98 * mean_loss + 0.02 * loss.item()

        now = time.time()
        if optimiser.steps % 50 == 0:
            print(f"step {optimiser.steps} pairs {pairs} loss {mean_loss:.3f} even {even.item():.3f} bare {bare.item():.3f} pairs/s {shown / (now - clock):.0f} "
                  f"composing {100 * composing / (now - clock):.0f}% share {share:.2f} "
                  f"scale {model.logit_scale.exp().item():.1f} t {now - start:.0f}s", flush=True)
            shown, composing, clock = 0, 0.0, now
        done = decayed >= 1
        if done or now - examined > 60 * o.exam_minutes:
            print("exam", pairs, exam(model), "averaged", exam(average.model), flush=True)
            examined = time.time()
        if not o.probe and (done or stop or now - saved > 180):
            save(optimiser, average, sizes, pairs, steps_before, cooldown)
            saved = now
        if done or stop:
            break
    print("end", pairs, mean_loss, exam(model), "averaged", exam(average.model), flush=True)


if __name__ == "__main__":
    main()
