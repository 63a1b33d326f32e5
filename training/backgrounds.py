"""Procedural backgrounds, each with the words that describe it.

`paint(rng, size)` -> (uint8 [size, size, 3], kind, words, preposition): "a dog" + preposition + words.
Lengths are in 64ths of the picture, so that a scene looks alike at every size.
"""
import numpy as np
import torch
import torch.nn.functional as F

COLOURS = {
    "red": (214, 48, 49), "orange": (240, 140, 40), "yellow": (250, 220, 80), "green": (70, 170, 80),
    "blue": (60, 110, 220), "purple": (140, 80, 190), "pink": (245, 160, 190), "brown": (135, 90, 55),
    "gray": (140, 140, 140), "black": (25, 25, 28), "white": (245, 245, 245), "turquoise": (60, 190, 190),
    "beige": (228, 212, 180), "navy": (30, 40, 95),
}


def article(word: str) -> str:
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"


def clouds(rng, size: int, octaves) -> np.ndarray:
    """Smooth noise: for each (cells, weight), a grid of normal numbers, enlarged and added."""
    out = np.zeros((size, size), np.float32)
    for cells, weight in octaves:
        grid = torch.from_numpy(rng.standard_normal((1, 1, cells, cells)).astype(np.float32))
        mode = "bicubic" if cells < 16 else "bilinear"
        out += weight * F.interpolate(grid, size=size, mode=mode, align_corners=False)[0, 0].numpy()
    return out


class Painter:
    """One background: the pixel grid in 64ths, and the colours drawn for it."""

    def __init__(self, rng, size: int):
        self.rng, self.size = rng, size
        self.y, self.x = (np.mgrid[0:size, 0:size].astype(np.float32) + 0.5) * (64 / size)
        first, second = rng.choice(len(COLOURS), 2, replace=False)
        self.name, self.colour = self._colour(first)
        self.other_name, self.other = self._colour(second)
        angle = rng.uniform(0, np.pi)
        self.along = self.x * np.cos(angle) + self.y * np.sin(angle)

    def _colour(self, k: int):
        name = list(COLOURS)[k]
        return name, np.clip(np.array(COLOURS[name], np.float32) + self.rng.normal(0, 10, 3), 0, 255)

    def mix(self, share: np.ndarray) -> np.ndarray:
        return self.colour + (self.other - self.colour) * share[..., None]

    def soft(self, distance: np.ndarray) -> np.ndarray:
        """An edge one pixel wide where `distance` (in 64ths) crosses zero."""
        return np.clip(distance * self.size / 64 + 0.5, 0, 1)

    def wave(self, u: np.ndarray, period: float, share: float = 0.5) -> np.ndarray:
        """1 in stripes of `share` of every period, with soft edges."""
        t = np.mod(u, period)
        return self.soft(np.minimum(t, share * period - t))

    def plain(self):
        return np.broadcast_to(self.colour, (self.size, self.size, 3)), f"{article(self.name)} background", "on"

    def gradient(self):
        u = self.along - self.along.min()
        return self.mix(u / u.max()), f"{article(self.name)} and {self.other_name} gradient", "on"

    def stripes(self):
        return self.mix(self.wave(self.along, self.rng.uniform(7, 20))), f"{self.name} and {self.other_name} stripes", "on"

    def dots(self):
        p = self.rng.uniform(9, 18)
        r = np.hypot(np.mod(self.x, p) - p / 2, np.mod(self.y, p) - p / 2)
        return self.mix(self.soft(0.28 * p - r)), f"{self.other_name} dots", "on"

    def checker(self):
        p = self.rng.uniform(7, 18)
        share = np.mod(np.floor(self.x / p) + np.floor(self.y / p), 2)
        return self.mix(share), f"{article(self.name)} and {self.other_name} checkerboard", "on"

    def zigzag(self):
        p, h = self.rng.uniform(8, 16), self.rng.uniform(6, 12)
        u = self.y + np.abs(np.mod(self.x, p) - p / 2)
        return self.mix(self.wave(u, h)), f"{self.name} and {self.other_name} zigzags", "on"

    def rings(self):
        cx, cy = self.rng.uniform(16, 48, 2)
        u = np.hypot(self.x - cx, self.y - cy)
        return self.mix(self.wave(u, self.rng.uniform(8, 16))), f"{self.name} and {self.other_name} rings", "on"

    def grass(self):
        blades = clouds(self.rng, self.size, [(8, 0.4), (32, 0.5), (64, 0.6)])
        return np.array([82, 152, 62]) + blades[..., None] * np.array([24, 32, 18]), "grass", "on"

    def sand(self):
        grains = clouds(self.rng, self.size, [(5, 0.7), (64, 0.7)])
        return np.array([224, 198, 142]) + grains[..., None] * np.array([14, 13, 12]), "sand", "on"

    def water(self):
        ripple = np.sin(self.y / self.rng.uniform(1.5, 3) + 2 * clouds(self.rng, self.size, [(6, 1.0)]))
        return np.array([50, 122, 200]) + ripple[..., None] * np.array([24, 25, 22]), "water", "on"

    def night_sky(self):
        image = np.array([18, 20, 55]) + clouds(self.rng, self.size, [(5, 1.0)])[..., None] * np.array([6, 6, 14])
        for x, y, r in self.rng.uniform((0, 0, 0.35), (64, 64, 0.9), (self.rng.integers(25, 60), 3)):
            glow = self.soft(r - np.hypot(self.x - x, self.y - y))[..., None]
            image = image + glow * (235 - image)
        return image, "a night sky", "in front of"

    def snow(self):
        drifts = clouds(self.rng, self.size, [(5, 1.0), (64, 0.3)])
        return np.array([236, 242, 250]) + drifts[..., None] * np.array([10, 7, 4]), "snow", "in the"

    def bricks(self):
        h, w = self.rng.uniform(6, 9), self.rng.uniform(13, 18)
        line = np.floor(self.y / h)
        x = self.x + np.mod(line, 2) * w / 2
        mortar = np.maximum(self.soft(0.5 - np.mod(self.y, h)), self.soft(0.5 - np.mod(x, w)))[..., None]
        tint = np.random.default_rng(int(self.rng.integers(1 << 30))).normal(0, 1, (64, 64))
        shade = tint[line.astype(int) % 64, np.floor(x / w).astype(int) % 64][..., None]
        clay = np.array([168, 82, 62]) + shade * np.array([14, 9, 8])
        return clay * (1 - mortar) + np.array([205, 196, 186]) * mortar, "a brick wall", "in front of"

    def wood(self):
        rings = np.sin(self.x / self.rng.uniform(0.9, 1.6) + 2.5 * clouds(self.rng, self.size, [(4, 1.0)]) + self.y * 0.03)
        plank = self.soft(0.35 - np.mod(self.x, 16))[..., None]
        image = np.array([164, 116, 70]) + rings[..., None] * np.array([16, 13, 9])
        return image * (1 - 0.5 * plank), "wood", "on"

    def sky(self):
        puffs = np.clip(clouds(self.rng, self.size, [(4, 0.8), (9, 0.5)]) - 0.2, 0, 1)[..., None]
        image = np.array([120, 180, 238]) + (self.y / 64)[..., None] * np.array([40, 25, 8])
        return image + puffs * (np.array([250, 250, 252]) - image), "a blue sky", "against"


KINDS = ["plain", "plain", "plain", "gradient", "stripes", "dots", "checker", "zigzag", "rings", "grass", "sand",
         "water", "night_sky", "snow", "bricks", "wood", "sky"]


def paint(rng, size: int):
    painter = Painter(rng, size)
    kind = KINDS[rng.integers(len(KINDS))]
    image, words, preposition = getattr(painter, kind)()
    return np.clip(image, 0, 255).astype(np.uint8), kind, words, preposition
