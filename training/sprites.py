"""The sprite atlas: every concept in every style, at several sizes, with premultiplied alpha.

Premultiplied, because sprites are averaged and interpolated: straight alpha would bleed the colour
of transparent pixels into the edges.
"""
import json

import numpy as np
import torch
import torch.nn.functional as F

from concepts import COUNT, RUN, STYLES

SOURCE = 192


class Atlas:
    """`levels[side]` is [n, 4, side, side] uint8; `row[concept, style]` is its line, or -1."""

    def __init__(self, sides: tuple[int, ...]):
        index = json.loads((RUN / "sprites.index.json").read_text())
        raw = np.memmap(RUN / "sprites.rgba", np.uint8, "r").reshape(-1, SOURCE, SOURCE, 4)
        self.row = np.full((COUNT, len(STYLES)), -1, np.int64)
        for k, (concept, style) in enumerate(index):
            self.row[concept, STYLES.index(style)] = k
        self.sides = sorted(sides)
        parts = {side: [] for side in sides}
        for start in range(0, len(raw), 128):
            x = torch.from_numpy(np.array(raw[start : start + 128])).permute(0, 3, 1, 2).float()
            x[:, :3] *= x[:, 3:] / 255
            for side in sides:
                parts[side].append(F.adaptive_avg_pool2d(x, side).round().byte())
        self.levels = {side: torch.cat(chunks) for side, chunks in parts.items()}

    def styles_of(self, concept: int, styles: list[int]) -> list[int]:
        return [s for s in styles if self.row[concept, s] >= 0]

    def level_for(self, pixels: np.ndarray) -> np.ndarray:
        """The smallest stored side that need not be enlarged to `pixels` (or the largest)."""
        k = np.searchsorted(self.sides, pixels)
        return np.array(self.sides)[np.minimum(k, len(self.sides) - 1)]
