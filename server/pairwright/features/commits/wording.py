"""Topics -> the words of a subject and of bullets, in a repository's mood and language.

Owns sentences. It must not know headers, types or rules.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pairwright.features.commits.classify import plain
from pairwright.features.commits.style import CommitStyle, Mood, verb_in
from pairwright.features.commits.topics import Topic, stem

_TRANSLATED = {
    "de": (
        "ergänze",
        "entferne",
        "benenne um",
        "verschiebe",
        "ändere",
        "behebe",
        "teste",
        "dokumentiere",
        "aktualisiere",
    ),
    "fr": (
        "ajoute",
        "supprime",
        "renomme",
        "déplace",
        "modifie",
        "corrige",
        "teste",
        "documente",
        "met à jour",
    ),
    "es": (
        "añade",
        "elimina",
        "renombra",
        "mueve",
        "cambia",
        "corrige",
        "prueba",
        "documenta",
        "actualiza",
    ),
    "pt": (
        "adiciona",
        "remove",
        "renomeia",
        "move",
        "altera",
        "corrige",
        "testa",
        "documenta",
        "atualiza",
    ),
    "ru": (
        "добавить",
        "удалить",
        "переименовать",
        "переместить",
        "изменить",
        "исправить",
        "проверить",
        "описать",
        "обновить",
    ),
    "zh": ("新增", "移除", "重命名", "移动", "修改", "修复", "测试", "补充文档", "更新"),
    "ja": ("追加", "削除", "名前変更", "移動", "変更", "修正", "テスト", "文書化", "更新"),
    "ko": ("추가", "제거", "이름 변경", "이동", "변경", "수정", "테스트", "문서화", "갱신"),
}
_VERBS = ("add", "remove", "rename", "move", "change", "fix", "test", "document", "update")
_NEAREST = {
    "bump": "update",
    "make": "change",
    "handle": "fix",
    "reject": "fix",
    "correct": "fix",
    "simplify": "change",
    "speed up": "change",
    "format": "change",
    "log": "change",
    "deprecate": "change",
    "extend": "change",
    "rework": "change",
}
_JOIN = {
    "de": "und",
    "fr": "et",
    "es": "y",
    "pt": "e",
    "ru": "и",
    "zh": "和",
    "ja": "と",
    "ko": "및",
}

_TYPE_VERBS = {
    "feat": "extend",
    "fix": "fix",
    "perf": "speed up",
    "refactor": "rework",
    "style": "format",
    "docs": "document",
    "test": "test",
}
"""What is done to a body, where the shapes of its lines do not say."""


def phrases(topics: Sequence[Topic], type_: str, style: CommitStyle, scope: str = "") -> list[str]:
    """Ways to say what a change did, the best first, in imperative English or in the repository's
    language; without capital or full stop.
    """
    found: list[str] = []
    if topics:
        groups = _groups(topics, type_)
        lead = groups[0]
        told = _from_test(lead, topics, style) if type_ in ("fix", "feat") else None
        if told is not None and type_ == "fix":
            found.append(told)
        found.append(_phrase(lead, type_, style, scope))
        if told is not None:
            found.append(told)
        found += [_phrase(group, type_, style, scope) for group in groups[1:4]]
        if len(lead) > 1:
            found.append(_phrase(lead[:1], type_, style, scope))
        places = list(dict.fromkeys(stem(topic.path) for topic in topics))
        verb = _verb(lead[0], type_)
        if verb not in ("fix", "test", "document", "format"):
            verb = "update"
        if len(places) == 1:
            found.append(_worded(verb, places[0], style))
        elif len(places) > 1:
            found.append(_worded(verb, _joined(places, style), style))
    return list(dict.fromkeys(_in_mood(one, style.mood) for one in found if one))


def bullet(topic: Topic, type_: str, style: CommitStyle) -> str:
    """A topic as a line of its own, the names marked as code."""
    text = _phrase([topic], type_, style, "", mark=True)
    place = topic.path
    if topic.verb in ("move", "rename") and not topic.where and topic.names[0] in place:
        return _in_mood(text, style.mood)
    known = topic.where == place or any(
        name and name in place.split("/")[-1:] for name in topic.names
    )
    return _in_mood(text, style.mood) + ("" if known or not place else f" ({place})")


def _groups(topics: Sequence[Topic], type_: str) -> list[list[Topic]]:
    """Topics that are said in one breath: the same done to each. The weightiest group first."""
    groups: dict[tuple[str, str, str, str], list[Topic]] = {}
    for topic in topics:
        to = topic.to if topic.verb in ("move", "make") else topic.names[0] if topic.to else ""
        key = (_verb(topic, type_), topic.noun, topic.where, to)
        groups.setdefault(key, []).append(topic)

    def weight(group: list[Topic]) -> float:
        held = group[0].weight + 0.25 * min(3, len(group) - 1)
        if type_ in ("fix", "perf", "refactor") and group[0].verb not in ("add", "test", "update"):
            held += 1.2  # what was there already is what such a change is about
        return held

    order = sorted(groups.values(), key=lambda group: -weight(group))
    if type_ in ("docs", "test", "ci"):
        # Said of the part that the type is about, should others have changed too.
        verbs = {"docs": ("document", "update", "correct", "add"), "test": ("test",)}.get(type_, ())
        order.sort(key=lambda group: group[0].verb not in verbs if verbs else False)
    return order


def _verb(topic: Topic, type_: str) -> str:
    if topic.verb:
        if topic.verb == "update" and type_ == "fix":
            return "fix"
        return topic.verb
    return _TYPE_VERBS.get(type_, "update")


def _phrase(
    group: Sequence[Topic], type_: str, style: CommitStyle, scope: str, *, mark: bool = False
) -> str:
    first = group[0]
    verb = _verb(first, type_)
    names = list(dict.fromkeys(name for topic in group for name in topic.names))
    quoted = [f"`{name}`" if mark and _is_code(name) else name for name in names]
    joined = _joined(quoted, style, most=8 if mark else 3)

    def code(name: str) -> str:
        return f"`{name}`" if mark and _is_code(name) else name

    if style.language != "en":
        to = f" → {code(first.to)}" if first.to and len(names) == 1 else ""
        where = f" ({code(first.where)})" if first.where else ""
        return _worded(verb, f"{joined}{where}{to}", style)
    match verb:
        case "bump":
            if len(group) > 1:
                return f"bump {joined}" if len(names) <= 3 else f"bump {len(names)} dependencies"
            return f"bump {names[0]} from {first.old} to {first.to}"
        case "rename":
            what = (
                f"parameter {code(names[0])} of {code(first.where)}"
                if first.noun
                else code(names[0])
            )
            if len(names) > 1:
                return f"rename {joined}"
            return f"rename {what} to {code(first.to)}"
        case "move":
            return f"move {joined} to {code(first.to)}"
        case "make":
            return f"make {joined} {first.to}"
        case "handle" | "reject" if first.about:
            if len(names) == 1 and plain(scope) == plain(names[0]):
                return f"{verb} {first.about}"
            return f"{verb} {first.about} in {joined}"
        case "test":
            if len(names) > 3:
                return f"test {_tested(group)}"
            return f"test {_joined(names, style)}" if not mark else f"test: {'; '.join(names)}"
        case "log":
            return f"log in {joined}"
        case "change" if first.noun:
            to = f" to {code(first.to)}" if first.to and len(names) == 1 else ""
            return f"change the {first.noun} of {joined}{to}"
    if first.noun == "parameter":
        plural = "s" if len(names) > 1 else ""
        joiner = "to" if verb == "add" else "of" if verb == "rename" else "from"
        return f"{verb} parameter{plural} {joined} {joiner} {code(first.where)}"
    if first.noun == "dependency":
        if len(names) > 3:
            return f"{verb} {len(names)} dependencies"
        return f"{verb} {joined}" if verb == "add" else f"{verb} dependency {joined}"
    if first.noun == "test" and len(names) > 2:
        return f"{verb} tests of {stem(first.path)}"
    if first.noun:
        plural = "s" if len(names) > 1 else ""
        return f"{verb} {joined} {first.noun}{plural}" if verb != "change" else f"change {joined}"
    if verb == "document" and first.where and first.where != names[0] and not mark:
        return f"document {joined}" if len(names) > 1 else f"document {names[0]}"
    return f"{verb} {joined}"


def _tested(group: Sequence[Topic]) -> str:
    places = list(dict.fromkeys(stem(topic.path) for topic in group))
    subjects = [re.sub(r"^tests?_|_tests?$|-tests?$|\.(test|spec)$", "", one) for one in places]
    return " and ".join(subjects[:2]) or "more"


def _is_code(name: str) -> bool:
    return " " not in name and bool(re.search(r"[\w/.]", name))


def _joined(names: Sequence[str], style: CommitStyle, most: int = 3) -> str:
    word = _JOIN.get(style.language, "and")
    if len(names) <= 1:
        return "".join(names)
    if style.language in ("zh", "ja"):
        return "、".join(names[:most])
    if len(names) > most:
        rest = len(names) - 2
        more = "more" if style.language == "en" else "…"
        return f"{', '.join(names[:2])} {word} {rest} {more}"
    return f"{', '.join(names[:-1])} {word} {names[-1]}"


def _worded(verb: str, what: str, style: CommitStyle) -> str:
    verbs = _TRANSLATED.get(style.language)
    if verbs is None:
        return f"{verb} {what}"
    translated = verbs[_VERBS.index(_NEAREST.get(verb, verb if verb in _VERBS else "update"))]
    return f"{what} {translated}" if style.language in ("ja", "ko") else f"{translated} {what}"


_PLACES = frozenset(
    (
        "of",
        "for",
        "with",
        "when",
        "without",
        "on",
        "in",
        "if",
        "from",
        "by",
        "at",
        "after",
        "before",
    )
)


def _imperative(sentence: str) -> str | None:
    """What a test says its subject does, as an order: `ends the drag` -> `end the drag`."""
    first, _, rest = sentence.strip().rstrip(".").partition(" ")
    if len(rest.split()) < 2 or not re.fullmatch(r"[a-z]{3,}", first):
        return None
    if first == "does" and rest.startswith("not "):
        return f"do {rest}"
    if first in ("is", "has", "was", "this", "its", "always", "across", "less") or first[-2:] in (
        "ss",
        "us",
        "is",
    ):
        return None
    if not first.endswith("s"):
        return None
    if first.endswith("ies"):
        return f"{first[:-3]}y {rest}"
    if first.endswith(("shes", "ches", "xes", "sses", "zzes")):
        return f"{first[:-2]} {rest}"
    return f"{first[:-1]} {rest}"


def _from_test(lead: Sequence[Topic], topics: Sequence[Topic], style: CommitStyle) -> str | None:
    """A fix in the words of the one test that came with it; None where these do not help."""
    if style.language != "en" or lead[0].verb in ("remove", "rename", "move", "bump"):
        return None
    tests = [topic for topic in topics if topic.verb == "test"]
    if len(tests) != 1:
        return None
    said = tests[0].names[0]
    as_order = _imperative(said)
    if as_order is not None:
        return as_order
    name = lead[0].names[0]
    own = {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+|\d+", name)}
    words = [word for word in tests[0].names[0].split() if word.lower().strip("`'\"()") not in own]
    if not 1 <= len(words) <= 8 or not all(re.fullmatch(r"[\w'`\"./-]+", word) for word in words):
        return None
    joiner = "" if words[0].lower() in _PLACES else "for "
    if len(lead) != 1 or (len(words) == 1 and joiner):
        return None
    return f"fix {name} {joiner}{' '.join(words)}"


def _in_mood(text: str, mood: Mood) -> str:
    verb, blank, rest = text.partition(" ")
    return f"{verb_in(mood, verb)}{blank}{rest}"


def shortened(text: str, most: int) -> str:
    """A phrase in at most `most` characters, cut where it hurts least; "" where nothing is left."""
    if len(text) <= most:
        return text
    for pattern in (r" \([^)]*\)$", r" (?:in|from|of|with) \S+$", r" and \d+ more$", r", [^,]+$"):
        shorter = re.sub(pattern, "", text)
        if shorter != text and len(shorter) <= most and " " in shorter:
            return shorter
    words = text.split(" ")
    while len(words) > 2 and len(" ".join(words)) > most:
        words.pop()
    while len(words) > 2 and words[-1].lower() in _PLACES | {"and", "to", "the", "a"}:
        words.pop()
    found = " ".join(words).rstrip(",;:")
    return found if len(found) <= most else found[: max(0, most)].rstrip()
