"""Step 2b: choose the concepts and give each its English words. Writes concepts.json (committed).

`words.txt` lists the candidates that a viewer can name at sight, with hand-written names. Of these
the COUNT most distinct are kept (run/distinctness.json), but at least SUBGROUP_SHARE of every
subgroup, so that every part of the world stays well represented.
"""
import json
import math
from collections import defaultdict

COUNT = 516
SUBGROUP_SHARE = 0.5


def plural_of(name: str) -> str:
    if name.endswith(("s", "x", "z", "ch", "sh")):
        return name + "es"
    if name.endswith("y") and name[-2] not in "aeiou":
        return name[:-1] + "ies"
    return name + "s"


# Spelled with a vowel, spoken with a consonant ("a unicorn"), or the other way round ("an SUV").
SPOKEN_CONSONANT = ("uni", "euro", "eu", "one", "used")
SPOKEN_VOWEL = ("suv", "hour", "x-ray")


def article_of(name: str) -> str:
    word = name.lower()
    if word.startswith(SPOKEN_VOWEL):
        return "an"
    return "an" if word[0] in "aeiou" and not word.startswith(SPOKEN_CONSONANT) else "a"


def parse_name(text: str) -> dict:
    """`~bacon`, `*cherries`, `leaf/leaves` or a plain countable noun -> label, kind, one, many."""
    if text[0] == "~":
        name = text[1:]
        return {"label": name, "kind": "uncountable", "one": name, "many": None}
    if text[0] == "*":
        name = text[1:]
        return {"label": name, "kind": "plural", "one": name, "many": None}
    name, _, many = text.partition("/")
    unique = name.split()[0] in ("Mount", "Tokyo", "Statue", "Santa", "Kaaba")
    article = "the" if name in ("Statue of Liberty", "Kaaba") else "" if unique else article_of(name)
    one = f"{article} {name}".strip()
    return {"label": name, "kind": "countable", "one": one, "many": many or plural_of(name)}


def read_words(path: str) -> dict:
    words = {}
    for line in open(path, encoding="utf8"):
        if line.startswith("#") or not line.strip():
            continue
        label, name, keywords = (part.strip() for part in line.split("|"))
        words[label] = {**parse_name(name or label), "keywords": [k.strip() for k in keywords.split(",") if k.strip()]}
    return words


def main() -> None:
    candidates = json.load(open("run/candidates.json"))
    score = {d["label"]: d["score"] for d in json.load(open("run/distinctness.json"))}
    words = read_words("words.txt")
    unknown = set(words) - {c["label"] for c in candidates}
    if unknown:
        raise SystemExit(f"words.txt names no candidate: {sorted(unknown)}")

    by_subgroup = defaultdict(list)
    for c in candidates:
        if c["label"] in words:
            by_subgroup[c["subgroup"]].append(c)
    kept, others = [], []
    for members in by_subgroup.values():
        members.sort(key=lambda c: -score[c["label"]])
        least = math.ceil(SUBGROUP_SHARE * len(members))
        kept += members[:least]
        others += members[least:]
    others.sort(key=lambda c: -score[c["label"]])
    kept += others[: COUNT - len(kept)]
    order = {c["label"]: k for k, c in enumerate(candidates)}
    kept.sort(key=lambda c: order[c["label"]])

    concepts = [
        {**words[c["label"]], "group": c["group"], "subgroup": c["subgroup"], "emoji": c["emoji"], "icons": c["icons"]}
        for c in kept
    ]
    labels = [c["label"] for c in concepts]
    assert len(set(labels)) == len(labels), "two concepts share a label"
    with open("concepts.json", "w", encoding="utf8") as out:
        out.write("[\n" + ",\n".join(json.dumps(c, ensure_ascii=False) for c in concepts) + "\n]\n")
    print(len(concepts), "concepts of", sum(map(len, by_subgroup.values())), "named candidates")


if __name__ == "__main__":
    main()
