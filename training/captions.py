"""English sentences for a scene. Every word said is true of the picture."""
from concepts import CONCEPTS
from kinds import KINDS

NUMBERS = {2: "two", 3: "three", 4: "four"}
STYLE_WORDS = {"fluent-emoji": "glossy", "fluent-emoji-flat": "flat"}
PICTURE = ["a photo of", "a picture of", "an image of", "an icon of", "a drawing of"]
TEMPLATES = ["a photo of {}", "a picture of {}", "an icon of {}", "{}"]

TRUE_OF: dict[str, list[int]] = {}  # kind -> the concepts it names
for number, concept in enumerate(CONCEPTS):
    for kind in KINDS.get(concept["subgroup"], []):
        TRUE_OF.setdefault(kind, []).append(number)


def pick(rng, items):
    return items[int(rng.random() * len(items))]


def one(concept: int) -> str:
    """"a dog", "bacon", "the Statue of Liberty"."""
    return CONCEPTS[concept]["one"]


def word(rng, concept: int) -> str:
    """The label or one of its synonyms, bare: "dog"."""
    c = CONCEPTS[concept]
    return c["label"] if rng.random() < 0.4 else pick(rng, c["keywords"] or [c["label"]])


def with_adjective(adjective: str, concept: int) -> str:
    """"a large dog"; names and masses stand as they are."""
    c = CONCEPTS[concept]
    if c["kind"] != "countable" or not c["one"].startswith(("a ", "an ")):
        return f"{adjective} {c['label']}" if c["kind"] != "countable" else c["one"]
    return f"{'an' if adjective[0] in 'aeiou' else 'a'} {adjective} {c['label']}"


def place_of(x: float, y: float) -> str | None:
    """Where a centre in [-1, 1]^2 lies, when it clearly does."""
    across = "left" if x < -0.18 else "right" if x > 0.18 else ""
    down = "top" if y < -0.18 else "bottom" if y > 0.18 else ""
    if across and down:
        return f"in the {down} {across} corner"
    if across:
        return f"on the {across}"
    return f"at the {down}" if down else None


def about_single(rng, scene) -> str:
    thing = scene.objects[0]
    c, r = thing.concept, rng.random()
    if r < 0.26:
        return f"{pick(rng, PICTURE)} {one(c)}"
    if r < 0.38:
        return one(c)
    if r < 0.44:
        return CONCEPTS[c]["label"]
    if r < 0.58:
        return f"{one(c)} {scene.backdrop}"
    if r < 0.72:
        return word(rng, c)
    if r < 0.80:
        first, second = word(rng, c), word(rng, c)
        return first if first == second else f"{first}, {second}"
    if r < 0.86:
        return f"{one(c)} {place_of(thing.x, thing.y) or scene.backdrop}"
    if r < 0.91:
        size = "large" if thing.size > 0.75 else "small" if thing.size < 0.45 else None
        return with_adjective(size, c) if size else f"{pick(rng, PICTURE)} {one(c)}"
    look = thing.look or STYLE_WORDS.get(thing.style)
    if look:
        return f"{'an' if look[0] in 'aeiou' else 'a'} {look} {pick(rng, ['picture', 'icon', 'drawing'])} of {one(c)}"
    return f"{pick(rng, PICTURE)} {one(c)} {scene.backdrop}"


def about_several(rng, scene) -> str:
    ids = [thing.concept for thing in scene.objects]
    ending = f" {scene.backdrop}" if rng.random() < 0.25 else ""
    if scene.relation == "count":
        start = pick(rng, ["", "", "a photo of ", "a picture of "])
        return f"{start}{NUMBERS[len(ids)]} {CONCEPTS[ids[0]]['many']}{ending}"
    if len(ids) == 2:
        r = rng.random()
        if scene.relation and r < 0.4:
            return f"{one(ids[0])} {scene.relation} {one(ids[1])}{ending}"
        a, b = ids if rng.random() < 0.5 else ids[::-1]
        return f"{word(rng, a)} and {word(rng, b)}" if r < 0.5 else f"{one(a)} and {one(b)}{ending}"
    names = [one(k) for k in ids]
    rng.shuffle(names)
    return f"{', '.join(names[:-1])} and {names[-1]}{ending}"


def caption(rng, scene) -> str:
    return about_single(rng, scene) if len(scene.objects) == 1 else about_several(rng, scene)


def kind_caption(rng, scene) -> tuple[str, list[int]] | None:
    """"a picture of a bird" for a scene of one object whose subgroup has a name, and all concepts it is true of."""
    kinds = KINDS.get(CONCEPTS[scene.objects[0].concept]["subgroup"]) if len(scene.objects) == 1 else None
    if not kinds:
        return None
    kind = pick(rng, kinds)
    return (kind if rng.random() < 0.4 else f"{pick(rng, PICTURE)} {kind}"), TRUE_OF[kind]


def full_caption(scene) -> str:
    """The caption that a viewer reads: what is there, how it stands, and on what."""
    ids = [thing.concept for thing in scene.objects]
    if scene.relation == "count":
        what = f"{NUMBERS[len(ids)]} {CONCEPTS[ids[0]]['many']}"
    elif scene.relation:
        what = f"{one(ids[0])} {scene.relation} {one(ids[1])}"
    else:
        names = [one(k) for k in ids]
        what = " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
    return f"{what} {scene.backdrop}"


def concept_caption(rng, concept: int) -> str:
    """A caption of one concept alone, for the bank of extra negatives."""
    r = rng.random()
    if r < 0.5:
        return f"{pick(rng, PICTURE)} {one(concept)}"
    return one(concept) if r < 0.75 else word(rng, concept)
