"""Step 2a: how distinct each candidate looks, measured over the trained styles only.

A candidate's score is the distance to the most similar other candidate (averaged over pairs of
styles) divided by its own spread over styles: high when all its drawings agree with one another
and with nobody else's. Writes run/distinctness.json.
"""
import json

import numpy as np

SIDE = 16


def features(sprites: np.ndarray) -> np.ndarray:
    """[n, 64, 64, 4] uint8 -> [n, d] unit vectors of shape, lightness and (weakly) colour."""
    x = sprites.astype(np.float32) / 255
    alpha = x[..., 3:]
    rgb = x[..., :3] * alpha + 0.5 * (1 - alpha)
    light = rgb.mean(-1, keepdims=True)
    layers = np.concatenate([alpha, 1.5 * (light - 0.5), 0.5 * (rgb - light)], -1)
    n, step = len(x), 64 // SIDE
    small = layers.reshape(n, SIDE, step, SIDE, step, 5).mean((2, 4)).reshape(n, -1)
    small -= small.mean(0)
    return small / np.linalg.norm(small, axis=1, keepdims=True)


def main() -> None:
    candidates = json.load(open("run/candidates.json"))
    index = json.load(open("run/candidates.index.json"))
    sprites = np.fromfile("run/candidates.rgba", np.uint8).reshape(-1, 64, 64, 4)
    owner = np.array([concept for concept, _ in index])
    vectors = features(sprites)
    count = len(candidates)
    means = np.zeros((count, vectors.shape[1]), np.float32)
    np.add.at(means, owner, vectors)
    means /= np.bincount(owner, minlength=count)[:, None]
    # mean cosine between all pairs of styles = inner product of the mean vectors
    between = means @ means.T
    own = np.diag(between).copy()
    np.fill_diagonal(between, -1)
    nearest = between.argmax(1)
    score = (1 - between.max(1)) / (1.2 - own)
    json.dump(
        [
            {"label": c["label"], "score": round(float(s), 4), "nearest": candidates[k]["label"]}
            for c, s, k in zip(candidates, score, nearest)
        ],
        open("run/distinctness.json", "w"),
        indent=0,
    )


if __name__ == "__main__":
    main()
