"""Scenes: what stands where, and the picture and masks of it.

A scene is first decided (`Director.scene`, plain Python) and then drawn for a whole batch at once
(`draw`, vectorised), at 64 pixels for training or at any other size for showing.
"""
from dataclasses import dataclass, field

import numpy as np
import torch
import torch.nn.functional as F

import backgrounds
from concepts import COLOUR_MATTERS, CONCEPTS, COUNT, SIDE_MATTERS, STYLES
from sprites import Atlas


@dataclass
class Thing:
    concept: int
    style: str
    row: int  # line of the atlas
    x: float  # centre, -1..1
    y: float
    size: float  # share of the picture's side
    angle: float  # radians
    mirrored: bool
    look: str | None = None  # "black and white", "blurry", ...: true words for what was done to it
    colour: np.ndarray = field(default_factory=lambda: np.eye(3, 4, dtype=np.float32))
    effect: str | None = None


@dataclass
class Scene:
    objects: list[Thing]
    background: int  # in the bank
    backdrop: str  # "on grass"
    relation: str | None = None  # "count", "to the left of", ... of the first object to the second

    @property
    def concepts(self) -> list[int]:
        return [thing.concept for thing in self.objects]


class Backdrops:
    """A bank of painted backgrounds: painting is slow, so a scene draws one of many."""

    def __init__(self, count: int, size: int, seed: int):
        rng = np.random.default_rng(seed)
        painted = [backgrounds.paint(rng, size) for _ in range(count)]
        self.pixels = torch.from_numpy(np.stack([p[0] for p in painted])).permute(0, 3, 1, 2).contiguous()
        self.kinds = [p[1] for p in painted]
        self.phrases = [f"{p[3]} {p[2]}" for p in painted]


def hue_matrix(angle: float) -> np.ndarray:
    """Rotation of RGB about the grey axis."""
    c, s = np.cos(angle), np.sin(angle)
    k = np.full((3, 3), 1 / 3) * (1 - c)
    w = np.sqrt(1 / 3) * s
    return k + np.array([[c, -w, w], [w, c, -w], [-w, w, c]])


GREY = np.full((3, 3), 1 / 3)


class Director:
    """Decides scenes. `jitter` 0 leaves the drawings as their artists made them."""

    def __init__(self, atlas: Atlas, backdrops: Backdrops, seed: int, styles: list[str], single: float, jitter: float):
        self.rng = np.random.default_rng(seed)
        self.atlas, self.backdrops, self.single, self.jitter = atlas, backdrops, single, jitter
        allowed = [STYLES.index(s) for s in styles]
        self.styles = [atlas.styles_of(c, allowed) for c in range(COUNT)]
        self.countable = [k for k, c in enumerate(CONCEPTS) if c["many"]]

    def thing(self, concept: int, x: float, y: float, size: float, like: Thing | None = None) -> Thing:
        rng = self.rng
        style = STYLES.index(like.style) if like else self.styles[concept][rng.integers(len(self.styles[concept]))]
        angle = rng.normal(0, 0.45 if rng.random() < 0.15 else 0.13)
        mirrored = rng.random() < 0.5 and not SIDE_MATTERS[concept]
        thing = Thing(concept, STYLES[style], int(self.atlas.row[concept, style]), x, y, size, angle, mirrored)
        if like:
            thing.colour, thing.effect, thing.look = like.colour, like.effect, like.look
        elif rng.random() < self.jitter:
            self.disguise(thing)
        return thing

    def disguise(self, thing: Thing) -> None:
        """Changes hue, saturation, contrast, brightness or drawing manner, so that colour alone does not win."""
        rng = self.rng
        keeps = COLOUR_MATTERS[thing.concept]
        grey = not keeps and rng.random() < 0.12
        turn = rng.uniform(-np.pi, np.pi) if not keeps and rng.random() < 0.55 else rng.normal(0, 0.15)
        saturation = 0.0 if grey else rng.uniform(0.7, 1.2) if keeps else rng.uniform(0.25, 1.5)
        contrast, lift = rng.uniform(0.65, 1.25), rng.uniform(-0.15, 0.15)
        mix = contrast * ((GREY + saturation * (np.eye(3) - GREY)) @ hue_matrix(turn))
        thing.colour = np.concatenate([mix, np.full((3, 1), 0.5 * (1 - contrast) + lift)], 1).astype(np.float32)
        thing.effect = [None, None, None, None, "blur", "posterise", "outline", "shadow"][rng.integers(8)]
        thing.look = "black and white" if grey else {"blur": "blurry", "outline": "outlined"}.get(thing.effect)

    def scene(self, concept: int | None = None) -> Scene:
        rng = self.rng
        ground = int(rng.integers(len(self.backdrops.phrases)))
        scene = Scene([], ground, self.backdrops.phrases[ground])
        roll = rng.random()
        if concept is not None or roll < self.single:
            concept = int(rng.integers(COUNT)) if concept is None else concept
            size = rng.uniform(0.45, 1.0) if rng.random() < 0.85 else rng.uniform(0.3, 0.5)
            x, y = rng.uniform(-1, 1, 2) * (1.06 - size)
            scene.objects = [self.thing(concept, x, y, size)]
            return scene
        kind = rng.random()
        if kind < 0.3:
            self.place_count(scene)
        elif kind < 0.8:
            self.place_pair(scene)
        else:
            self.place_three(scene)
        return scene

    def place_count(self, scene: Scene) -> None:
        concept = int(self.rng.choice(self.countable))
        first = None
        for x, y, size in self.spots(int(self.rng.integers(2, 5))):
            thing = self.thing(concept, x, y, size, like=first)
            first = first or thing
            scene.objects.append(thing)
        scene.relation = "count"

    def place_pair(self, scene: Scene) -> None:
        rng = self.rng
        a, b = rng.choice(COUNT, 2, replace=False)
        sizes, off, drift = rng.uniform(0.38, 0.58, 2), rng.uniform(0.4, 0.5), rng.uniform(-0.3, 0.3, 2)
        beside = rng.random() < 0.55
        first, second = (-off, drift[0]), (off, drift[1])
        words = "to the left of" if beside else "above"
        if rng.random() < 0.5:
            first, second = second, first
            words = "to the right of" if beside else "below"
        for concept, (u, v), size in zip((int(a), int(b)), (first, second), sizes):
            scene.objects.append(self.thing(concept, *((u, v) if beside else (v, u)), size))
        scene.relation = words

    def place_three(self, scene: Scene) -> None:
        for concept, (x, y, size) in zip(self.rng.choice(COUNT, 3, replace=False), self.spots(3)):
            scene.objects.append(self.thing(int(concept), x, y, size))

    def spots(self, count: int):
        """`count` of four quarters of the picture, shaken a little."""
        rng = self.rng
        corners = np.array([(-0.5, -0.5), (0.5, -0.5), (-0.5, 0.5), (0.5, 0.5)])[rng.permutation(4)[:count]]
        shaken = corners + rng.uniform(-0.12, 0.12, corners.shape)
        return [(x, y, s) for (x, y), s in zip(shaken, rng.uniform(0.34, 0.5, count))]


def warp(atlas: Atlas, things: list[Thing], size: int) -> torch.Tensor:
    """Sprites turned, mirrored, scaled and put in place: [n, 4, size, size], premultiplied, 0..1."""
    side = np.array([t.size for t in things], np.float32)
    x, y, angle = (np.array([getattr(t, k) for t in things], np.float32) for k in ("x", "y", "angle"))
    flip = np.array([-1 if t.mirrored else 1 for t in things], np.float32)
    c, s = np.cos(angle) / side, np.sin(angle) / side
    theta = np.stack([flip * c, flip * s, -flip * (c * x + s * y), -s, c, s * x - c * y], 1).reshape(-1, 2, 3)
    theta = torch.from_numpy(theta.astype(np.float32))
    rows = torch.tensor([t.row for t in things])
    level = atlas.level_for(side * size)
    out = torch.empty(len(things), 4, size, size)
    for side_pixels in np.unique(level):
        chosen = torch.from_numpy(np.nonzero(level == side_pixels)[0])
        sprites = atlas.levels[int(side_pixels)][rows[chosen]].float() / 255
        grid = F.affine_grid(theta[chosen], (len(chosen), 4, size, size), align_corners=False)
        out[chosen] = F.grid_sample(sprites, grid, align_corners=False)
    return out


def dress(layers: torch.Tensor, things: list[Thing]) -> torch.Tensor:
    """Applies each thing's colour change and effect to its layer, in place."""
    changed = [k for k, t in enumerate(things) if t.colour[0, 3] or t.colour[0, 0] != 1]
    if changed:
        ids = torch.tensor(changed)
        matrix = torch.from_numpy(np.stack([things[k].colour for k in changed]))
        part = layers[ids]
        n, _, h, w = part.shape
        rgb = torch.bmm(matrix, part.view(n, 4, -1)).view(n, 3, h, w)
        layers[ids, :3] = rgb.clamp(min=0).minimum(part[:, 3:])
    for effect, apply in EFFECTS.items():
        ids = [k for k, t in enumerate(things) if t.effect == effect]
        if ids:
            layers[ids] = apply(layers[ids])
    return layers


def blur(x: torch.Tensor) -> torch.Tensor:
    k = 2 * (x.shape[-1] // 40) + 1
    return F.avg_pool2d(x, k, 1, k // 2, count_include_pad=False)


def posterise(x: torch.Tensor) -> torch.Tensor:
    x = x.clone()
    x[:, :3] = ((x[:, :3] * 3).round() / 3).minimum(x[:, 3:])
    return x


def outline(x: torch.Tensor) -> torch.Tensor:
    """A white rim under the drawing, like a sticker's."""
    k = 2 * (x.shape[-1] // 32) + 1
    rim = F.max_pool2d(x[:, 3:], k, 1, k // 2) * (1 - x[:, 3:])
    return torch.cat([x[:, :3] + rim, x[:, 3:] + rim], 1)


def shadow(x: torch.Tensor) -> torch.Tensor:
    step = x.shape[-1] // 24
    dark = 0.5 * F.pad(x[:, 3:], (step, 0, step, 0))[..., : x.shape[-2], : x.shape[-1]] * (1 - x[:, 3:])
    return torch.cat([x[:, :3], x[:, 3:] + dark], 1)


EFFECTS = {"blur": blur, "posterise": posterise, "outline": outline, "shadow": shadow}


@dataclass
class Drawing:
    """A batch of scenes in pixels. Alphas are lists over scenes of [objects, size, size]."""

    pictures: torch.Tensor  # [B, 3, size, size] uint8
    covered: torch.Tensor  # [B, size, size], how much of each pixel any object hides
    visible: list[torch.Tensor]  # what of each object is not hidden by later ones
    whole: list[torch.Tensor]  # what it would show alone


def draw(atlas: Atlas, backdrops: Backdrops, scenes: list[Scene], with_masks: bool = False) -> Drawing:
    """Draws all scenes at once, later objects over earlier ones; alphas only if asked for."""
    size = backdrops.pixels.shape[-1]
    canvas = backdrops.pixels[torch.tensor([s.background for s in scenes])].float() / 255
    bare = torch.ones(len(scenes), size, size)
    things = [t for s in scenes for t in s.objects]
    owner = np.array([b for b, s in enumerate(scenes) for _ in s.objects])
    depth = np.array([k for s in scenes for k in range(len(s.objects))])
    layers = dress(warp(atlas, things, size), things)
    for level in range(depth.max() + 1):
        ids = np.nonzero(depth == level)[0]
        on = torch.from_numpy(owner[ids])
        top = layers[torch.from_numpy(ids)]
        canvas[on] = canvas[on] * (1 - top[:, 3:]) + top[:, :3]
        bare[on] *= 1 - top[:, 3]
    pictures = (canvas.clamp(0, 1) * 255).round().byte()
    if not with_masks:
        return Drawing(pictures, 1 - bare, [], [])
    whole = [layers[owner == b, 3] for b in range(len(scenes))]
    return Drawing(pictures, 1 - bare, [unhidden(alphas) for alphas in whole], whole)


def unhidden(alphas: torch.Tensor) -> torch.Tensor:
    """[objects, h, w] in drawing order -> what later objects leave of each."""
    out = alphas.clone()
    for k in range(1, len(alphas)):
        out[:k] *= 1 - alphas[k]
    return out
