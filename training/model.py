"""CLIP, small: a vision transformer and a causal text transformer meeting in one space.

The same functions as the published ViT-B/32 (pre-LN blocks, QuickGELU, CLS token, patch convolution
without bias, text pooled at its end token); only the sizes differ. Two things are arranged for a CPU:
q, k and v are one matrix, and dropped patches (FLIP) never enter the tower.
"""
import math
from dataclasses import asdict, dataclass

import torch
import torch.nn as nn
import torch.nn.functional as F


@dataclass
class Sizes:
    image: int = 64
    patch: int = 8
    vision_width: int = 192
    vision_blocks: int = 6
    vision_heads: int = 6
    text_width: int = 128
    text_blocks: int = 3
    text_heads: int = 4
    context: int = 32
    vocabulary: int = 4096
    joint: int = 128

    def as_dict(self) -> dict:
        return asdict(self)


# QuickGELU(x) = x sigmoid(1.702 x) = silu(1.702 x) / 1.702. The factor lives in the weights here (fc1
# holds 1.702 times, fc2 1/1.702 of the published layout's), because one fused kernel replaces three
# passes over the largest activation; export.py moves it back.
QUICK = 1.702


def attend(q, k, v, causal: bool) -> torch.Tensor:
    """Attention over [n*heads, tokens, d]. Written out: for so few tokens the backward pass of
    PyTorch's fused CPU kernel is ten times slower."""
    scores = torch.bmm(q * q.shape[-1] ** -0.5, k.mT)
    if causal:
        scores = scores + torch.full(scores.shape[1:], -1e9, dtype=scores.dtype).triu(1)
    return torch.bmm(scores.softmax(-1), v)


class Block(nn.Module):
    def __init__(self, width: int, heads: int, causal: bool):
        super().__init__()
        self.heads, self.causal = heads, causal
        self.norm1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.fc1 = nn.Linear(width, 4 * width)
        self.fc2 = nn.Linear(4 * width, width)

    def forward(self, x: torch.Tensor, hidden: list | None = None) -> torch.Tensor:
        n, tokens, width = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(n, tokens, 3, self.heads, -1).permute(2, 0, 3, 1, 4).unbind(0)
        mixed = attend(q.flatten(0, 1), k.flatten(0, 1), v.flatten(0, 1), self.causal)
        x = x + self.out(mixed.view(n, self.heads, tokens, -1).transpose(1, 2).reshape(n, tokens, width))
        post = F.silu(self.fc1(self.norm2(x)))
        if hidden is not None:
            hidden.append(post)
        return x + self.fc2(post)


def tower(width: int, blocks: int, heads: int, causal: bool) -> nn.ModuleList:
    made = nn.ModuleList(Block(width, heads, causal) for _ in range(blocks))
    for block in made:
        for linear in (block.qkv, block.out, block.fc1, block.fc2):
            nn.init.normal_(linear.weight, std=linear.in_features**-0.5)
            nn.init.zeros_(linear.bias)
        with torch.no_grad():
            block.fc1.weight.mul_(QUICK)
            block.fc2.weight.div_(QUICK)
        for residual in (block.out, block.fc2):
            with torch.no_grad():
                residual.weight.mul_((2 * blocks) ** -0.5)
    return made


class Vision(nn.Module):
    def __init__(self, s: Sizes):
        super().__init__()
        patches = (s.image // s.patch) ** 2
        self.patch = nn.Linear(3 * s.patch**2, s.vision_width, bias=False)
        self.cls = nn.Parameter(torch.randn(s.vision_width) * 0.02)
        self.position = nn.Parameter(torch.randn(patches + 1, s.vision_width) * 0.02)
        self.norm_pre = nn.LayerNorm(s.vision_width)
        self.blocks = tower(s.vision_width, s.vision_blocks, s.vision_heads, causal=False)
        self.norm_post = nn.LayerNorm(s.vision_width)
        self.projection = nn.Linear(s.vision_width, s.joint, bias=False)
        nn.init.normal_(self.projection.weight, std=s.vision_width**-0.5)

    def forward(self, patches: torch.Tensor, places: torch.Tensor, hidden: list | None = None) -> torch.Tensor:
        """patches [n, t, 3*p*p] normalised, places [n, t] their index in the grid -> [n, joint].
        Appends every block's neurons [n, t + 1, 4*width] to `hidden`."""
        x = self.patch(patches) + F.embedding(places + 1, self.position)
        cls = (self.cls + self.position[0]).expand(len(x), 1, -1)
        x = self.norm_pre(torch.cat([cls, x], 1))
        for block in self.blocks:
            x = block(x, hidden)
        return self.projection(self.norm_post(x[:, 0]))


class Text(nn.Module):
    def __init__(self, s: Sizes):
        super().__init__()
        self.token = nn.Embedding(s.vocabulary, s.text_width)
        self.position = nn.Parameter(torch.randn(s.context, s.text_width) * 0.01)
        self.blocks = tower(s.text_width, s.text_blocks, s.text_heads, causal=True)
        self.norm_final = nn.LayerNorm(s.text_width)
        self.projection = nn.Linear(s.text_width, s.joint, bias=False)
        nn.init.normal_(self.token.weight, std=0.02)
        nn.init.normal_(self.projection.weight, std=s.text_width**-0.5)

    def forward(self, ids: torch.Tensor, last: torch.Tensor) -> torch.Tensor:
        """ids [n, t], last [n] the end token's index -> [n, joint]."""
        x = self.token(ids) + self.position[: ids.shape[1]]
        for block in self.blocks:
            x = block(x)
        return self.projection(self.norm_final(x[torch.arange(len(x)), last]))


class Clip(nn.Module):
    def __init__(self, sizes: Sizes):
        super().__init__()
        self.sizes = sizes
        self.vision, self.text = Vision(sizes), Text(sizes)
        self.logit_scale = nn.Parameter(torch.tensor(math.log(1 / 0.07)))


MEAN = torch.tensor([0.48145466, 0.4578275, 0.40821073])
STD = torch.tensor([0.26862954, 0.26130258, 0.27577711])


def to_patches(pictures: torch.Tensor, patch: int) -> torch.Tensor:
    """[n, 3, h, w] -> [n, patches, 3*p*p], each patch in the order of a convolution's weights."""
    n, _, h, w = pictures.shape
    x = pictures.reshape(n, 3, h // patch, patch, w // patch, patch)
    return x.permute(0, 2, 4, 1, 3, 5).reshape(n, (h // patch) * (w // patch), 3 * patch * patch)


def normalise(patches: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """uint8 patches -> CLIP's normalised values."""
    per_channel = patches.shape[-1] // 3
    mean, std = MEAN.repeat_interleave(per_channel), STD.repeat_interleave(per_channel)
    return ((patches.float() / 255 - mean) / std).to(dtype)


def embed_pictures(vision, patches: torch.Tensor, dtype=torch.float32, chunk: int = 256) -> torch.Tensor:
    """All patches of uint8 pictures [n, patches, 192] -> unit vectors [n, joint]."""
    out = []
    with torch.no_grad():
        for part in patches.split(chunk):
            places = torch.arange(part.shape[1]).expand(len(part), -1)
            out.append(F.normalize(vision(normalise(part, dtype), places).float(), dim=-1))
    return torch.cat(out)
