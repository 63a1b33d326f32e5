"""Writes the trained model as a Hugging Face CLIPModel folder, and reads such a folder back.

    python export.py [--averaged] [--checkpoint run/checkpoint.pt] [--to ../public/models/pictogram-clip]
"""
import argparse
import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from concepts import HERE, RUN
from model import MEAN, QUICK, STD, Clip, Sizes
from tokenizer import CONTEXT, END, START, Encoder

SHIPPED = HERE.parent / "public" / "models" / "pictogram-clip"


def names(sizes: Sizes) -> dict[str, str]:
    """Our parameter names -> CLIPModel's, but for q, k and v, which are one matrix here."""
    table = {
        "logit_scale": "logit_scale",
        "vision.cls": "vision_model.embeddings.class_embedding",
        "vision.position": "vision_model.embeddings.position_embedding.weight",
        "vision.patch.weight": "vision_model.embeddings.patch_embedding.weight",
        "vision.projection.weight": "visual_projection.weight",
        "text.token.weight": "text_model.embeddings.token_embedding.weight",
        "text.position": "text_model.embeddings.position_embedding.weight",
        "text.projection.weight": "text_projection.weight",
    }
    norms = {"vision.norm_pre": "vision_model.pre_layrnorm", "vision.norm_post": "vision_model.post_layernorm",
             "text.norm_final": "text_model.final_layer_norm"}
    parts = {"norm1": "layer_norm1", "norm2": "layer_norm2", "out": "self_attn.out_proj", "fc1": "mlp.fc1", "fc2": "mlp.fc2"}
    for side, count in (("vision", sizes.vision_blocks), ("text", sizes.text_blocks)):
        for block in range(count):
            for ours, theirs in parts.items():
                norms[f"{side}.blocks.{block}.{ours}"] = f"{side}_model.encoder.layers.{block}.{theirs}"
    for ours, theirs in norms.items():
        for kind in ("weight", "bias"):
            table[f"{ours}.{kind}"] = f"{theirs}.{kind}"
    return table


def fused(sizes: Sizes):
    """Our fused (name, [CLIPModel's q, k, v])."""
    for side, count in (("vision", sizes.vision_blocks), ("text", sizes.text_blocks)):
        for block in range(count):
            for kind in ("weight", "bias"):
                theirs = [f"{side}_model.encoder.layers.{block}.self_attn.{x}_proj.{kind}" for x in "qkv"]
                yield f"{side}.blocks.{block}.qkv.{kind}", theirs


def quick_factor(name: str) -> float:
    """What our weights are multiplied by to be the published layout's (see model.QUICK)."""
    if ".fc1." in name:
        return 1 / QUICK
    return QUICK if name.endswith(".fc2.weight") else 1.0


def to_published(weights: dict, sizes: Sizes) -> dict:
    out = {theirs: weights[ours] * quick_factor(ours) for ours, theirs in names(sizes).items()}
    for ours, theirs in fused(sizes):
        out.update(zip(theirs, weights[ours].chunk(3)))
    patch = "vision_model.embeddings.patch_embedding.weight"
    out[patch] = out[patch].view(-1, 3, sizes.patch, sizes.patch)
    return out


def from_published(tensors: dict, sizes: Sizes) -> dict:
    out = {ours: tensors[theirs].float() / quick_factor(ours) for ours, theirs in names(sizes).items()}
    for ours, theirs in fused(sizes):
        out[ours] = torch.cat([tensors[t].float() for t in theirs])
    out["vision.patch.weight"] = out["vision.patch.weight"].flatten(1)
    return out


def load_exported(folder: Path) -> dict:
    """State dict of our Clip from an exported folder."""
    return from_published(load_file(str(Path(folder) / "model.safetensors")), sizes_of(folder))


def sizes_of(folder: Path) -> Sizes:
    c = json.loads((Path(folder) / "config.json").read_text())
    v, t = c["vision_config"], c["text_config"]
    return Sizes(v["image_size"], v["patch_size"], v["hidden_size"], v["num_hidden_layers"], v["num_attention_heads"],
                 t["hidden_size"], t["num_hidden_layers"], t["num_attention_heads"], t["max_position_embeddings"],
                 t["vocab_size"], c["projection_dim"])


def load_model(folder: Path) -> Clip:
    model = Clip(sizes_of(folder))
    model.load_state_dict(load_exported(folder))
    return model.eval()


def config(s: Sizes, start: int, end: int) -> dict:
    common = {"hidden_act": "quick_gelu", "layer_norm_eps": 1e-5, "attention_dropout": 0.0, "projection_dim": s.joint}
    return {
        "architectures": ["CLIPModel"],
        "model_type": "clip",
        "trained_on": "Pictograms",  # the set.json beside which its figures mean something
        "projection_dim": s.joint,
        "logit_scale_init_value": 2.6592,
        "torch_dtype": "float16",
        "vision_config": {
            "model_type": "clip_vision_model", "hidden_size": s.vision_width, "intermediate_size": 4 * s.vision_width,
            "num_hidden_layers": s.vision_blocks, "num_attention_heads": s.vision_heads, "num_channels": 3,
            "image_size": s.image, "patch_size": s.patch, **common,
        },
        "text_config": {
            "model_type": "clip_text_model", "hidden_size": s.text_width, "intermediate_size": 4 * s.text_width,
            "num_hidden_layers": s.text_blocks, "num_attention_heads": s.text_heads,
            "max_position_embeddings": s.context, "vocab_size": s.vocabulary,
            "bos_token_id": start, "eos_token_id": end, "pad_token_id": end, **common,
        },
    }


def preprocessor(s: Sizes) -> dict:
    return {
        "image_processor_type": "CLIPImageProcessor",
        "do_convert_rgb": True,
        "do_resize": True, "size": {"shortest_edge": s.image}, "resample": 3,
        "do_center_crop": True, "crop_size": {"height": s.image, "width": s.image},
        "do_rescale": True, "rescale_factor": 1 / 255,
        "do_normalize": True,
        "image_mean": [round(x, 8) for x in MEAN.tolist()], "image_std": [round(x, 8) for x in STD.tolist()],
    }


def tokenizer_config(start: int, end: int) -> dict:
    special = {"lstrip": False, "rstrip": False, "single_word": False, "special": True}
    return {
        "tokenizer_class": "CLIPTokenizer", "processor_class": "CLIPProcessor", "add_prefix_space": False,
        "do_lower_case": True, "errors": "replace", "clean_up_tokenization_spaces": False, "model_max_length": CONTEXT,
        "bos_token": START, "eos_token": END, "pad_token": END, "unk_token": END,
        "added_tokens_decoder": {
            str(start): {"content": START, "normalized": True, **special},
            str(end): {"content": END, "normalized": False, **special},
        },
    }


def write_json(path: Path, value) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf8")


def export(checkpoint: Path, folder: Path, averaged: bool) -> None:
    state = torch.load(checkpoint)
    weights = state["average"] if averaged else state["optimiser"]["weights"]
    sizes = Sizes(**state["sizes"])
    folder.mkdir(parents=True, exist_ok=True)
    encoder = Encoder()
    start = encoder.tokenizer.token_to_id(START)
    tensors = {k: v.half().contiguous() for k, v in to_published(weights, sizes).items()}
    save_file(tensors, str(folder / "model.safetensors"), metadata={"format": "pt"})
    write_json(folder / "config.json", config(sizes, start, encoder.end))
    write_json(folder / "preprocessor_config.json", preprocessor(sizes))
    write_json(folder / "tokenizer_config.json", tokenizer_config(start, encoder.end))
    shutil.copyfile(RUN / "tokenizer.json", folder / "tokenizer.json")
    write_json(folder / "training_state.json", {"pairs": state["pairs"], "steps": state["steps_before"] + state["optimiser"]["steps"],
                                                "cooled_down": bool(state["cooldown"]), "averaged": averaged})
    print(f"{len(tensors)} tensors after {state['pairs']} pairs -> {folder}")


if __name__ == "__main__":
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--checkpoint", type=Path, default=RUN / "checkpoint.pt")
    p.add_argument("--to", type=Path, default=SHIPPED)
    p.add_argument("--averaged", action="store_true",
                   help="the running mean of the weights: the better model before the learning rate has decayed")
    o = p.parse_args()
    export(o.checkpoint, o.to, o.averaged)
