"""The chosen concepts and the styles they are drawn in."""
import json
from pathlib import Path

HERE = Path(__file__).resolve().parent
RUN = HERE / "run"
TRAINED_STYLES = ["noto", "noto-v1", "fluent-emoji", "fluent-emoji-flat", "fxemoji", "emojione"]
HELD_OUT_STYLE = "twemoji"
STYLES = TRAINED_STYLES + [HELD_OUT_STYLE]

CONCEPTS = json.loads((HERE / "concepts.json").read_text(encoding="utf8"))
COUNT = len(CONCEPTS)

COLOURS = "red orange yellow green blue purple pink brown black white gold silver".split()


def _says(concept: dict, words: set) -> bool:
    return bool(words & set(concept["label"].lower().replace("-", " ").split()))


# Concepts that another colour would turn into something else ("a green apple"), and concepts that
# a mirror would ("a hand pointing left").
COLOUR_MATTERS = [_says(c, {*COLOURS, "apple", "medal", "lemon", "chick", "sun", "banana"}) for c in CONCEPTS]
SIDE_MATTERS = [_says(c, {"left", "right"}) for c in CONCEPTS]
