"""Muon for hidden matrices, Adam for the rest.

Muon steps along the orthogonalised momentum: every singular value of the step is about 1, so that
rare directions learn as fast as common ones. On this task it needs far fewer pairs than Adam alone.
"""
import math

import torch
from torch import nn

LARGEST_LOGIT_SCALE = math.log(100)
SCALE_HASTE = 4  # the temperature is one number and has far to go


def orthogonalise(g: torch.Tensor) -> torch.Tensor:
    """[n, a, b] -> the nearest (semi-)orthogonal matrices, by five Newton–Schulz steps."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = g
    tall = x.shape[1] > x.shape[2]
    if tall:
        x = x.mT
    x = x / (x.float().norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(5):
        s = x @ x.mT
        x = a * x + (b * s + c * (s @ s)) @ x
    return x.mT if tall else x


class Optimiser:
    """Steps all weights of a model; `state` and `load` for resuming."""

    def __init__(self, model: nn.Module, muon_lr: float, adam_lr: float, decay: float):
        self.muon_lr, self.adam_lr, self.decay = muon_lr, adam_lr, decay
        self.weights = dict(model.named_parameters())
        self.hidden = [n for n, p in self.weights.items() if ".blocks." in n and p.ndim == 2]
        self.others = [n for n in self.weights if n not in self.hidden]
        self.momentum = {n: torch.zeros_like(self.weights[n]) for n in self.hidden}
        self.m = {n: torch.zeros_like(self.weights[n]) for n in self.others}
        self.v = {n: torch.zeros_like(self.weights[n]) for n in self.others}
        self.steps = 0

    @torch.no_grad()
    def step(self, share: float) -> None:
        """One step at `share` of the peak learning rates."""
        self.steps += 1
        self._muon(share)
        self._adam(share)
        for weight in self.weights.values():
            weight.grad = None

    def _muon(self, share: float) -> None:
        by_shape: dict[tuple, list] = {}
        for name in self.hidden:
            weight, momentum = self.weights[name], self.momentum[name]
            momentum.lerp_(weight.grad, 0.05)
            ahead = weight.grad.lerp(momentum, 0.95)
            # q, k and v are three matrices that happen to be stored as one
            parts = 3 if name.endswith("qkv.weight") else 1
            for piece, direction in zip(weight.chunk(parts), ahead.chunk(parts)):
                by_shape.setdefault(tuple(piece.shape), []).append((piece, direction))
        rate = self.muon_lr * share
        for (rows, columns), pairs in by_shape.items():
            directions = orthogonalise(torch.stack([d for _, d in pairs]))
            reach = rate * max(1, rows / columns) ** 0.5
            for (piece, _), direction in zip(pairs, directions):
                piece.mul_(1 - rate * self.decay).add_(direction, alpha=-reach)

    def _adam(self, share: float) -> None:
        b1, b2 = 0.9, 0.98
        rate = self.adam_lr * share
        for name in self.others:
            weight, m, v = self.weights[name], self.m[name], self.v[name]
            m.lerp_(weight.grad, 1 - b1)
            v.lerp_(weight.grad * weight.grad, 1 - b2)
            denominator = (v / (1 - b2**self.steps)).sqrt_().add_(1e-8)
            faster = SCALE_HASTE if name == "logit_scale" else 1
            weight.addcdiv_(m / (1 - b1**self.steps), denominator, value=-rate * faster)
        self.weights["logit_scale"].clamp_(max=LARGEST_LOGIT_SCALE)

    def state(self) -> dict:
        weights = {n: p.detach() for n, p in self.weights.items()}
        return {"weights": weights, "momentum": self.momentum, "m": self.m, "v": self.v, "steps": self.steps}

    @torch.no_grad()
    def load(self, state: dict) -> None:
        for part in ("weights", "momentum", "m", "v"):
            for name, value in state[part].items():
                getattr(self, part)[name].copy_(value)
        self.steps = state["steps"]
