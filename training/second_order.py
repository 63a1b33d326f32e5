"""Second-order effects of MLP neurons in the joint space, in factorised form.

What neuron n of block l writes at token i reaches the output through every later head that reads it:

    phi_n(I) = 100 / (s |r|) * sum over later heads of c_n(I)[head] * U_n[head]  +  e(I)

with c_n(I)[head] = sum_i p[i, n] a[head, i] / sd[i], where a is the CLS row of the head's attention and
sd the spread of the later block's first LayerNorm; U depends on weights only; s is the spread of the
final LayerNorm and r the unnormalised embedding. e(I) is the biases' and means' part, spread evenly over
the neurons (see docs on the method; it follows the authors' released code).
"""
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from model import QUICK, Clip, normalise


@dataclass
class Trace:
    """What one forward pass leaves behind, over images."""

    post: list[torch.Tensor]  # per block [B, tokens, N], published (QuickGELU) activations
    cls_attention: list[torch.Tensor]  # per block [B, heads, tokens]
    mean: list[torch.Tensor]  # per block [B, tokens] of the first LayerNorm's input
    spread: list[torch.Tensor]
    final_mean: torch.Tensor  # [B]
    final_spread: torch.Tensor
    embedding: torch.Tensor  # [B, D], r


def spread_of(x: torch.Tensor, norm) -> torch.Tensor:
    return (x.var(-1, unbiased=False) + norm.eps).sqrt()


@torch.no_grad()
def trace(model: Clip, patches: torch.Tensor) -> Trace:
    """Runs uint8 patches [B, patches, 3pp] through the vision tower, keeping what the effects need."""
    v = model.vision
    n, count, _ = patches.shape
    x = v.patch(normalise(patches, torch.float32)) + v.position[1:]
    x = v.norm_pre(torch.cat([(v.cls + v.position[0]).expand(n, 1, -1), x], 1))
    out = Trace([], [], [], [], None, None, None)
    for block in v.blocks:
        out.mean.append(x.mean(-1))
        out.spread.append(spread_of(x, block.norm1))
        q, k, val = block.qkv(block.norm1(x)).view(n, count + 1, 3, block.heads, -1).permute(2, 0, 3, 1, 4)
        attention = (q @ k.mT * q.shape[-1] ** -0.5).softmax(-1)
        out.cls_attention.append(attention[:, :, 0])
        x = x + block.out((attention @ val).transpose(1, 2).flatten(2))
        hidden = F.silu(block.fc1(block.norm2(x)))
        out.post.append(hidden / QUICK)
        x = x + block.fc2(hidden)
    cls = x[:, 0]
    out.final_mean, out.final_spread = cls.mean(-1), spread_of(cls, v.norm_post)
    out.embedding = v.projection(v.norm_post(cls))
    return out


def later_heads(model: Clip, block: int):
    """(block, head, W_V [d, W], b_V [d], W_O [W, d]) of every head after `block`."""
    for later in range(block + 1, len(model.vision.blocks)):
        b = model.vision.blocks[later]
        width = b.out.in_features
        d = width // b.heads
        for head in range(b.heads):
            rows = slice(2 * width + head * d, 2 * width + (head + 1) * d)
            yield later, head, b.qkv.weight[rows], b.qkv.bias[rows], b.out.weight[:, head * d : (head + 1) * d]


@torch.no_grad()
def neuron_directions(model: Clip, block: int) -> torch.Tensor:
    """U [N, later heads, D]."""
    v = model.vision
    written = (v.blocks[block].fc2.weight * QUICK).T  # [N, W]
    directions = []
    for later, _, w_v, _, w_o in later_heads(model, block):
        through = (written * v.blocks[later].norm1.weight) @ w_v.T @ w_o.T
        directions.append(v.projection(through * v.norm_post.weight))
    return torch.stack(directions, 1)


@torch.no_grad()
def coefficients(t: Trace, block: int) -> torch.Tensor:
    """c [B, N, later heads]."""
    parts = [torch.einsum("bin,bhi->bnh", t.post[block], t.cls_attention[later] / t.spread[later][:, None])
             for later in range(block + 1, len(t.post))]
    return torch.cat(parts, -1)


@torch.no_grad()
def shared_part(model: Clip, t: Trace, block: int) -> torch.Tensor:
    """e [B, D]: biases and LayerNorm means, an equal share for each neuron."""
    v = model.vision
    blocks, heads = len(v.blocks), v.blocks[0].heads
    neurons, b_mlp = v.blocks[block].fc2.in_features, v.blocks[block].fc2.bias
    total = 0
    for later, head, w_v, b_v, w_o in later_heads(model, block):
        b = v.blocks[later]
        k = 1 + 2 * later
        a, mean, spread = t.cls_attention[later][:, head], t.mean[later], t.spread[later]
        s1, s2 = (a / spread).sum(1, keepdim=True), (a * mean / spread).sum(1, keepdim=True)
        gain, shift = b.norm1.weight, b.norm1.bias
        through = lambda x: x @ w_v.T @ w_o.T
        part = s1 * through(b_mlp * gain) - s2 * through(gain) / k + through(shift) / k + b_v @ w_o.T / k
        part = part / neurons + b.out.bias / (k * heads * neurons)
        final = k * (1 + 2 * blocks) * heads * neurons
        part = v.norm_post.weight * (part - t.final_mean[:, None] / final) / t.final_spread[:, None]
        total = total + v.projection(part + v.norm_post.bias / final)
    return 100 * total / t.embedding.norm(dim=1, keepdim=True)


@torch.no_grad()
def effects(model: Clip, t: Trace, block: int, directions: torch.Tensor) -> torch.Tensor:
    """phi [B, N, D] of every neuron of a block, in units where an image's embedding has length 100."""
    scale = 100 / (t.final_spread * t.embedding.norm(dim=1))
    main = torch.einsum("bnk,nkd->bnd", coefficients(t, block), directions)
    return main * scale[:, None, None] + shared_part(model, t, block)[:, None]
