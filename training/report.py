"""Runs every measurement on the shipped model; writes results.json and the model card.

    python report.py            measures and writes
    python report.py --card     only rewrites the card from results.json
"""
import json
import subprocess
import sys

from concepts import COUNT, HERE
from export import SHIPPED

PATH = HERE / "results.json"


def run(script: str) -> str:
    return subprocess.run([sys.executable, script], cwd=HERE, check=True, capture_output=True, text=True).stdout


def measure() -> None:
    results = {
        "training": json.loads((SHIPPED / "training_state.json").read_text()),
        "export_check": {"command": "python check_export.py", **json.loads(run("check_export.py").strip().splitlines()[-1])},
        "zero_shot": {"command": "python evaluate.py", **json.loads(run("evaluate.py"))},
    }
    PATH.write_text(json.dumps(results, indent=2) + "\n")
    run("worth.py")


def accuracy_table(z: dict) -> str:
    rows = [("trained styles", z["trained_styles"]), ("held-out style (Twemoji)", z["held_out_style"])]
    lines = ["| scenes | top-1 | top-5 | number |", "|---|---|---|---|"]
    lines += [f"| {name} | {r['top1']:.1f}% | {r['top5']:.1f}% | {r['scenes']:,} |" for name, r in rows]
    return "\n".join(lines)


def by_table(z: dict, kind: str) -> str:
    lines = [f"| {kind} | top-1 |", "|---|---|"]
    for part in ("trained_styles", "held_out_style"):
        for name, value in z[part]["top1_by"].items():
            if name.startswith(kind) and (kind == "style" or part == "trained_styles"):
                lines.append(f"| {name[len(kind) + 1:]} | {value:.1f}% |")
    return "\n".join(lines)


def worth_table(w: dict) -> str:
    lines = [
        "| block | top 9 at the positive end, from one subgroup | untrained | top 9 by norm, from one subgroup | untrained "
        "| neurons with most of 9 from one subgroup | untrained | top 9 by norm, on one kind of background | untrained "
        "| top-1 ablated | top-1 random push |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    value = lambda x: f"{x['mean']:.3f} ± {x['standard_error']:.3f}"
    for b in w["blocks"]:
        pair = (b["trained"], b["untrained"])
        cells = [value(x[key]) for key in ("subgroup_positive_end", "subgroup_by_norm") for x in pair]
        cells += [f"{100 * x['neurons_with_most_from_one_subgroup']:.1f}%" for x in pair]
        cells += [f"{x['background_by_norm']['mean']:.2f}" for x in pair]
        cells += [f"{b['top1_mean_ablated']:.1f}%", f"{b['top1_random_push']:.1f}%"]
        lines.append(f"| {b['block']} | {' | '.join(cells)} |")
    return "\n".join(lines)


def card(r: dict) -> str:
    template = (HERE / "card.md").read_text(encoding="utf8")
    filled = {
        "COUNT": str(COUNT),
        "PAIRS": f"{r['training']['pairs']:,}",
        "STEPS": f"{r['training']['steps']:,}",
        "COOLED": "after its learning rate had decayed to zero" if r["training"]["cooled_down"]
        else "BEFORE the final decay of the learning rate: these are interim weights",
        "ACCURACY": accuracy_table(r["zero_shot"]),
        "BY_STYLE": by_table(r["zero_shot"], "style"),
        "BY_GROUP": by_table(r["zero_shot"], "group"),
        "BY_SIZE": by_table(r["zero_shot"], "size"),
        "NEIGHBOURS": f"{r['zero_shot']['trained_styles']['mistakes_within_subgroup']:.0f}%",
        "WORTH": worth_table(r["worth"]),
        "WORTH_SCENES": f"{r['worth']['scenes']:,}",
        "CHANCE": f"{r['worth']['subgroup_chance']['mean']:.3f}",
        "CHANCE_BACKGROUND": f"{r['worth']['background_chance']['mean']:.2f}",
        "INTACT": f"{r['worth']['top1_intact']:.1f}%",
        "PICTURE_COSINE": f"{r['export_check']['lowest_picture_cosine']:.6f}",
        "TEXT_COSINE": f"{r['export_check']['lowest_text_cosine']:.6f}",
    }
    for key, value in filled.items():
        template = template.replace("{{" + key + "}}", value)
    return template


if __name__ == "__main__":
    if "--card" not in sys.argv:
        measure()
    (SHIPPED / "README.md").write_text(card(json.loads(PATH.read_text())), encoding="utf8")
