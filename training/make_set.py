"""Renders the embedded image set: 2,000 scenes in sheets, their masks, descriptions and word pool.

    python make_set.py        -> ../public/sets/pictograms

The first 1,600 scenes are in the trained styles, the last 400 in the held-out style. In each part
about 60% show one object, and every concept has at least two scenes of its own.
"""
import json

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

from backgrounds import COLOURS
from captions import NUMBERS, TEMPLATES, full_caption
from concepts import CONCEPTS, COUNT, HELD_OUT_STYLE, HERE, TRAINED_STYLES
from scenes import Backdrops, Director, Scene, draw
from sprites import Atlas

FOLDER = HERE.parent / "public" / "sets" / "pictograms"
SCENE, MASK, COLUMNS, PER_SHEET = 192, 64, 10, 100
LICENCE = (
    "CC-BY-4.0. Drawings: Noto Emoji and Noto Emoji v1 (Google, Apache-2.0), Fluent Emoji (Microsoft, MIT), "
    "FxEmojis (Mozilla, Apache-2.0), EmojiOne 2.3 (EmojiOne, CC-BY-4.0), Twemoji (Twitter and contributors, CC-BY-4.0)."
)


def plan(director: Director, singles: list[int], total: int) -> list[Scene]:
    """`singles` as single-object scenes and composed ones up to `total`, shuffled together."""
    scenes = [director.scene(concept) for concept in singles]
    director.single = 0.0
    scenes += [director.scene() for _ in range(total - len(scenes))]
    return [scenes[k] for k in director.rng.permutation(total)]


def mask_of(visible: torch.Tensor) -> np.ndarray:
    """[objects, 192, 192] visible alpha -> [64, 64] uint8: 0 background, k the k-th object drawn."""
    small = F.adaptive_avg_pool2d(visible[None], MASK)[0]
    alpha, owner = small.max(0)
    return torch.where(alpha > 0.5, owner + 1, 0).byte().numpy()


def describe(thing, visible: torch.Tensor, whole: torch.Tensor) -> dict:
    ys, xs = torch.nonzero(visible > 0.5, as_tuple=True)
    box = [0, 0, 0, 0]
    if len(xs):
        x, y = xs.min().item(), ys.min().item()
        box = [x, y, xs.max().item() + 1 - x, ys.max().item() + 1 - y]
    share = visible.sum().item() / max(1.0, whole.sum().item())
    return {"concept": thing.concept, "box": [round(v / SCENE, 4) for v in box], "visible": round(min(1.0, share), 3)}


def style_of(scene: Scene) -> str:
    styles = {thing.style for thing in scene.objects}
    return styles.pop() if len(styles) == 1 else "mixed"


def word_pool() -> list[str]:
    """Texts for sparse codes: everything this world has a word for."""
    words = [c["label"] for c in CONCEPTS] + [k for c in CONCEPTS for k in c["keywords"]]
    words += [c["subgroup"].replace("-", " ") for c in CONCEPTS] + [c["group"].replace("-", " and ") for c in CONCEPTS]
    words += list(COLOURS) + [f"{name} background" for name in COLOURS]
    words += [f"{name} {what}" for name in COLOURS for what in ("stripes", "dots", "checkerboard", "zigzags", "rings", "gradient")]
    words += ["grass", "on grass", "sand", "on sand", "water", "on water", "night sky", "in front of a night sky", "snow",
              "in the snow", "brick wall", "in front of a brick wall", "wood", "on wood", "blue sky", "against a blue sky",
              "stripes", "dots", "checkerboard", "zigzags", "rings", "gradient", "plain background"]
    words += ["to the left of", "to the right of", "above", "below", "on the left", "on the right", "at the top",
              "at the bottom", "in the top left corner", "in the top right corner", "in the bottom left corner",
              "in the bottom right corner", "two", "three", "four", "small", "large", "glossy", "flat", "outlined",
              "blurry", "black and white", "photo", "picture", "icon", "drawing"]
    countable = [c for c in CONCEPTS if c["many"] and " " not in c["many"]]
    words += [f"{NUMBERS[2 + k % 3]} {c['many']}" for k, c in enumerate(countable[::2])]
    return list(dict.fromkeys(words))


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(2)
    atlas, backdrops = Atlas((96, 192)), Backdrops(2000, SCENE, 2024)
    trained = Director(atlas, backdrops, 11, TRAINED_STYLES, 1.0, 0.0)
    held_out = Director(atlas, backdrops, 12, [HELD_OUT_STYLE], 1.0, 0.0)
    scenes = plan(trained, [*range(COUNT)] * 2, 1600)
    scenes += plan(held_out, held_out.rng.choice(COUNT, 240, replace=False).tolist(), 400)

    records = []
    for sheet in range(len(scenes) // PER_SHEET):
        picture = np.zeros((COLUMNS * SCENE, COLUMNS * SCENE, 3), np.uint8)
        masks = np.zeros((COLUMNS * MASK, COLUMNS * MASK), np.uint8)
        part = scenes[sheet * PER_SHEET : (sheet + 1) * PER_SHEET]
        drawing = draw(atlas, backdrops, part, with_masks=True)
        for k, scene in enumerate(part):
            y, x = divmod(k, COLUMNS)
            picture[y * SCENE : (y + 1) * SCENE, x * SCENE : (x + 1) * SCENE] = drawing.pictures[k].permute(1, 2, 0).numpy()
            masks[y * MASK : (y + 1) * MASK, x * MASK : (x + 1) * MASK] = mask_of(drawing.visible[k])
            records.append({
                "caption": full_caption(scene),
                "background": backdrops.kinds[scene.background],
                "style": style_of(scene),
                "objects": [describe(*triple) for triple in zip(scene.objects, drawing.visible[k], drawing.whole[k])],
            })
        Image.fromarray(picture).save(FOLDER / f"scenes-{sheet:02d}.webp", quality=82, method=4)
        Image.fromarray(masks).save(FOLDER / f"masks-{sheet:02d}.png", optimize=True)

    description = {
        "name": "Pictograms", "version": 1, "licence": LICENCE,
        "sceneSize": SCENE, "maskSize": MASK, "columns": COLUMNS, "perSheet": PER_SHEET, "count": len(records),
        "heldOutStyle": HELD_OUT_STYLE, "templates": TEMPLATES,
        "groups": list(dict.fromkeys(c["group"] for c in CONCEPTS)),
        "concepts": [{"label": c["label"], "one": c["one"], "group": c["group"], "subgroup": c["subgroup"]} for c in CONCEPTS],
        "scenes": records,
    }
    (FOLDER / "set.json").write_text(json.dumps(description, ensure_ascii=False, separators=(",", ":")), encoding="utf8")
    words = word_pool()
    (FOLDER / "words.txt").write_text("\n".join(words) + "\n", encoding="utf8")
    single = sum(len(r["objects"]) == 1 for r in records)
    size = sum(f.stat().st_size for f in FOLDER.iterdir()) / 1e6
    print(f"{len(records)} scenes, {single} of one object, {len(words)} words, {size:.1f} MB")


if __name__ == "__main__":
    main()
