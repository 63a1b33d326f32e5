"""A contact sheet of training scenes with their captions, to look at before training long."""
import sys

import numpy as np
from PIL import Image, ImageDraw

from captions import caption
from concepts import TRAINED_STYLES
from scenes import Backdrops, Director, draw
from sprites import Atlas


def main(path: str) -> None:
    atlas, backdrops = Atlas((24, 48, 96)), Backdrops(200, 64, 1)
    director = Director(atlas, backdrops, 5, TRAINED_STYLES, 0.6, 0.5)
    scenes = [director.scene() for _ in range(48)]
    drawing = draw(atlas, backdrops, scenes, with_masks=True)
    sheet = Image.new("RGB", (8 * 200, 6 * 120), "white")
    pen = ImageDraw.Draw(sheet)
    for k, scene in enumerate(scenes):
        x, y = k % 8 * 200, k // 8 * 120
        sheet.paste(Image.fromarray(drawing.pictures[k].permute(1, 2, 0).numpy()).resize((96, 96)), (x, y))
        mask = sum((n + 1) * 60 * (m.numpy() > 0.5) for n, m in enumerate(drawing.visible[k])).astype(np.uint8)
        sheet.paste(Image.fromarray(mask).resize((96, 96)), (x + 98, y))
        pen.text((x, y + 98), caption(director.rng, scene)[:36], fill="black")
    sheet.save(path)


if __name__ == "__main__":
    main(sys.argv[1])
