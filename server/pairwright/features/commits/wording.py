"""Topics -> the words of a subject and of bullets, in a repository's mood and language.

Owns sentences. It must not know headers, types or rules.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from pairwright.features.commits.classify import plain
from pairwright.features.commits.files import FileClass, class_of
from pairwright.features.commits.style import CommitStyle, Mood, imperative_of, verb_in
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
        groups = _groups(topics, type_, scope)
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
    if style.conventional and style.language == "en":
        found = [_beside_type(one, type_) for one in found]
    return list(dict.fromkeys(_in_mood(one, style.mood) for one in found if one))


_SAID_BY_TYPE = {"fix": "correct", "test": "cover", "tests": "cover"}


def _beside_type(phrase: str, type_: str) -> str:
    """The phrase without its type's own word: not `fix: fix send`, `test: test send`."""
    first, blank, rest = phrase.partition(" ")
    other = _SAID_BY_TYPE.get(type_, "")
    return f"{other}{blank}{rest}" if other and first == type_.removesuffix("s") else phrase


def bullet(topic: Topic, type_: str, style: CommitStyle) -> str:
    """A topic as a line of its own, the names marked as code."""
    return _in_mood(_phrase([topic], type_, style, "", mark=True), style.mood)


def bullets(topics: Sequence[Topic], type_: str, style: CommitStyle, most: int) -> list[str]:
    """What a body lists, the weightiest first and tests last, in at most `most` lines: what is done
    to several things of one file is one line, and so are dependencies.
    """
    groups: dict[tuple[str, ...], list[Topic]] = {}
    packages = sum(1 for topic in topics if topic.verb == "bump" or topic.noun == "dependency")
    proved: set[tuple[str, ...]] = set()
    for topic in topics:
        verb = _verb(topic, type_)
        if _is_test(topic):
            # The same is often proved for several platforms.
            if topic.names in proved:
                continue
            proved.add(topic.names)
        key: tuple[str, ...] = (verb, topic.noun, topic.path, topic.where, topic.about)
        if (verb == "bump" or topic.noun == "dependency") and packages > _FEW_PACKAGES:
            key = (verb, topic.noun)
        elif topic.to:
            key = (*key, topic.names[0], topic.to)
        groups.setdefault(key, []).append(topic)
    # A test says what is proved, and is read after what was done.
    order = sorted(groups.values(), key=lambda group: _is_test(group[0]))
    told = [group for group in order if not _is_test(group[0])][:most]
    tests = [group for group in order if _is_test(group[0])]
    told += tests[: max(1, most - len(told)) if len(told) < most else 0]
    places = {topic.path for group in told for topic in group}
    lines = []
    for group in told:
        text = _in_mood(_phrase(group, type_, style, "", mark=True), style.mood)
        lines.append(text + (_place(group, text) if len(places) > 1 else ""))
    rest = [topic for group in order if group not in told for topic in group]
    if rest and len(told) >= most:
        files = len({topic.path for topic in rest})
        lines.append(f"{len(rest)} more in {files} file{'s' * (files > 1)}")
    return list(dict.fromkeys(lines))


_FEW_PACKAGES = 4
"""Dependencies up to which each has a line of its own."""


def _place(group: Sequence[Topic], text: str) -> str:
    """Where it was done, by the file's name, as far as the line does not say so already."""
    places = {topic.path for topic in group}
    if len(places) != 1 or group[0].verb in ("move", "rename", "bump"):
        return ""
    name = group[0].path.rpartition("/")[2]
    said = plain(stem(group[0].path))
    if name in text or any(plain(word) == said for word in re.findall(r"[\w-]+", text)):
        return ""
    return f" ({name})"


def _is_test(topic: Topic) -> bool:
    return topic.verb == "test" or topic.noun == "test"


_OF_DEPENDENCIES = frozenset({"chore", "build", "deps", "dep"})
_DEPENDENCIES = frozenset({"dep", "dependency", "dependencie"})


def _groups(topics: Sequence[Topic], type_: str, scope: str) -> list[list[Topic]]:
    """Topics that are said in one breath: the same done to each. The weightiest group first."""
    groups: dict[tuple[str, ...], list[Topic]] = {}
    for topic in topics:
        to = topic.to if topic.verb in ("move", "make") else topic.names[0] if topic.to else ""
        if topic.verb == "bump":
            to = ""
        # What was done to data of tests is not said in one breath with what was done to the code.
        beside = "tests" if class_of(topic.path) is FileClass.TESTS else ""
        key = (_verb(topic, type_), topic.noun, topic.where, to, beside)
        groups.setdefault(key, []).append(topic)

    def weight(group: list[Topic]) -> float:
        held = group[0].weight + 0.25 * min(3, len(group) - 1)
        if type_ in ("fix", "perf", "refactor") and group[0].verb not in ("add", "test", "update"):
            held += 1.2  # what was there already is what such a change is about
        return held

    order = sorted(groups.values(), key=lambda group: -weight(group))
    if type_ in _OF_DEPENDENCIES or plain(scope) in _DEPENDENCIES:
        order.sort(key=lambda group: group[0].verb != "bump")
    if type_ in ("docs", "test", "ci"):
        # Said of the part that the type is about, should others have changed too.
        verbs = {"docs": ("document", "update", "correct", "add"), "test": ("test",)}.get(type_, ())
        order.sort(key=lambda group: group[0].verb not in verbs if verbs else False)
    if type_ != "test":
        order.sort(key=lambda group: _is_test(group[0]))
    return order


def _verb(topic: Topic, type_: str) -> str:
    if topic.verb:
        if topic.verb == "update" and type_ == "fix":
            return "update" if class_of(topic.path) is FileClass.TESTS else "fix"
        return topic.verb
    return _TYPE_VERBS.get(type_, "update")


def _owners(name: str) -> Iterator[str]:
    """What a dotted name stands in: `a.b` and `a` for `a.b.c`."""
    return (name[:at] for at, sign in enumerate(name) if sign == ".")


_LESS = 2.0
"""How much less than the first a topic weighs that is not named beside it."""


def _phrase(
    group: Sequence[Topic], type_: str, style: CommitStyle, scope: str, *, mark: bool = False
) -> str:
    first = group[0]
    verb = _verb(first, type_)
    if not mark:
        # What is private or small is part of how it was done.
        group = [topic for topic in group if topic.weight > first.weight - _LESS]
    names = list(dict.fromkeys(name for topic in group for name in topic.names))
    if not mark and len(names) > 2 and verb != "bump":
        # Members go without saying where their types are named.
        named = frozenset(names)
        names = [name for name in names if named.isdisjoint(_owners(name))]
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
            if mark and len(names) > 1:
                return f"bump {joined}"
            return _bumped(group, names, joined)
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
            if len(names) > 3 or (not mark and len(names) > 1):
                return f"test {_tested(group)}"
            said = [re.sub(r"^(?:it )?should ", "", name) for name in names]
            return f"test {said[0]}" if not mark else f"test: {'; '.join(said)}"
        case "log":
            return f"log in {joined}"
        case "change" if first.noun:
            to = f" to {code(first.to)}" if first.to and len(names) == 1 else ""
            if first.noun == "test":
                return f"update tests of {_tested(group)}"
            return f"change the {first.noun} of {joined}{to}"
    if verb == "remove" and not first.noun and len(names) > _MANY:
        return f"remove {len(names)} definitions of {_places(group)}"
    if first.noun == "parameter":
        plural = "s" if len(names) > 1 else ""
        joiner = "to" if verb == "add" else "of" if verb == "rename" else "from"
        return f"{verb} parameter{plural} {joined} {joiner} {code(first.where)}"
    if first.noun == "dependency":
        if len(names) > 3:
            return f"{verb} {len(names)} dependencies"
        return f"{verb} {joined}" if verb == "add" else f"{verb} dependency {joined}"
    if first.noun == "test":
        return f"{verb} test{'s' * (len(names) > 1)} of {_tested(group)}"
    if first.noun:
        plural = "s" if len(names) > 1 else ""
        return f"{verb} {joined} {first.noun}{plural}" if verb != "change" else f"change {joined}"
    if verb == "document" and first.where and first.where != names[0] and not mark:
        return f"document {joined}" if len(names) > 1 else f"document {names[0]}"
    return f"{verb} {joined}"


def _bumped(group: Sequence[Topic], names: Sequence[str], joined: str) -> str:
    """Dependencies of new versions: all of one family are named by it."""
    steps = {(topic.old, topic.to) for topic in group}
    shared = _family(names) if len(names) > 1 else ""
    if len(names) == 1 or (len(steps) == 1 and shared):
        old, new = next(iter(steps))
        name = f"{shared} packages" if shared.startswith("@") else shared or names[0]
        told = len(steps) == 1 and max(len(old), len(new)) <= _LONG_VERSION
        return f"bump {name} from {old} to {new}" if told else f"bump {name}"
    if len(names) <= 3:
        ends = {topic.to for topic in group}
        new = next(iter(ends))
        together = len(ends) == 1 and len(new) <= _LONG_VERSION
        return f"bump {joined}" + (f" to {new}" if together else "")
    if shared:
        return f"bump {len(names)} {shared} packages"
    return f"bump {len(names)} dependencies"


_LONG_VERSION = 20
"""Characters above which a version is a hash or an address, of interest to no reader."""


def _family(names: Sequence[str]) -> str:
    """What packages of one maker share: `@babel/core`, `@babel/cli` -> `@babel`; "" for nothing."""
    parts = [re.split(r"[/:]", name) for name in names]
    shared: list[str] = []
    for column in zip(*parts, strict=False):
        if len(set(column)) > 1:
            break
        shared.append(column[0])
    return "/".join(shared) if shared and shared != parts[0] else ""


_MANY = 20


def _places(group: Sequence[Topic]) -> str:
    """The file, or the innermost folder that all of it stands in."""
    paths = list(dict.fromkeys(topic.path for topic in group))
    if len(paths) == 1:
        return stem(paths[0])
    shared = posixpath.commonpath(paths)
    return shared.rpartition("/")[2] or f"{len(paths)} files"


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
    words = re.sub(r"^(?:it )?should (?:also |still |now |correctly |properly )?", "", sentence)
    first, _, rest = words.strip().rstrip(".").partition(" ")
    if words != sentence:
        fits = re.fullmatch(r"[a-z]{2,}", first) and first not in ("be", "have", "only", "never")
        if first in ("not", "never"):
            return f"do not {rest}" if len(rest.split()) > 1 else None
        return f"{first} {rest}" if fits and rest else None
    if len(rest.split()) < 2 or not re.fullmatch(r"[a-z]{3,}", first):
        return None
    if first == "does" and rest.startswith("not "):
        return f"do {rest}"
    if not first.endswith("s") or _stem_of(first) not in _TOLD:
        return None
    if first in ("is", "has", "was", "this", "its", "always", "across", "less") or first[-2:] in (
        "ss",
        "us",
        "is",
    ):
        return None
    if not first.endswith("s"):
        return None
    rest = re.sub(
        r"(?<= and )[a-z]+s(?= )",
        lambda found: _stem_of(found[0]) if _stem_of(found[0]) in _TOLD else found[0],
        rest,
    )
    return f"{_stem_of(first)} {rest}"


def _stem_of(verb: str) -> str:
    """`carries` -> `carry`, `matches` -> `match`, `keeps` -> `keep`."""
    if verb.endswith("ies"):
        return f"{verb[:-3]}y"
    if verb.endswith(("shes", "ches", "xes", "sses", "zzes")):
        return verb[:-2]
    return verb[:-1]


_VERBS_OF_TESTS = """
abort accept add allow append apply assign avoid build bypass call cache cancel check clean clear
close collect compile complete compute convert copy count create decode default delete deny
deserialize detect disable display drop emit enable encode end escape exclude expand expose
extract fail fall fetch fill filter find fire flush follow format forward generate give group
guard handle hide highlight ignore include infer inherit inject inline insert invoke keep leave
limit link list load log look lower make map mark match merge mount move normalize notify omit
open order override parse pass persist pick populate preserve prevent print produce propagate
provide put quote raise read recover redirect refresh refuse register reject release remove
render replace report request require reset resolve respect restore resume retry return reuse
revert rewrite round run sanitize save search select send serialize serve set show skip sort
split start stay stop store strip supply support suppress swallow switch take terminate throw
toggle track transform translate treat trigger trim truncate try unmount update use validate
verify wait walk warn work wrap write yield
"""
_TOLD = frozenset(_VERBS_OF_TESTS.split())
"""Verbs that tests say of what they test; other words with an `s` are plurals as often as not."""


_FEW_TESTS = 4
"""Tests up to which the first says what a change is about."""


def _from_test(lead: Sequence[Topic], topics: Sequence[Topic], style: CommitStyle) -> str | None:
    """A fix in the words of the one test that came with it; None where these do not help."""
    if style.language != "en" or lead[0].verb in ("remove", "rename", "move", "bump"):
        return None
    tests = [topic for topic in topics if topic.verb == "test"]
    if not 1 <= len(tests) <= _FEW_TESTS:
        return None
    for one in tests:
        as_order = _imperative(one.names[0])
        if as_order is not None:
            return as_order
    if len(tests) != 1:
        return None
    name = lead[0].names[0]
    own = {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+|\d+", name)}
    words = [word for word in tests[0].names[0].split() if word.lower().strip("`'\"()") not in own]
    if not 1 <= len(words) <= 8 or not all(re.fullmatch(r"[\w'`\"./-]+", word) for word in words):
        return None
    if len(lead) != 1 or len(words) < 2 or words[0].lower() not in _PLACES:
        return None
    return f"fix {name} {' '.join(words)}"


def in_own_words(text: str, style: CommitStyle) -> str:
    """A sentence of a release note as a subject; "" where it is in another language or form."""
    if style.language != "en" or not text.isascii():
        return ""
    first, blank, rest = text.partition(" ")
    verb = imperative_of(first.lower())
    if verb:
        return _in_mood(f"{verb}{blank}{rest}", style.mood)
    plain_word = re.fullmatch(r"[A-Z][a-z'\u2019]*", first) is not None
    return f"{first.lower()}{blank}{rest}" if plain_word else text


def _in_mood(text: str, mood: Mood) -> str:
    verb, blank, rest = text.partition(" ")
    return f"{verb_in(mood, verb)}{blank}{rest}"


def shortened(text: str, most: int) -> str:
    """A phrase in at most `most` characters, cut where it hurts least; "" where nothing is left
    that says what was done.
    """
    if len(text) <= most:
        return text
    more = re.fullmatch(r"(.*), (\S+) and \d+ more", text)
    if more is not None and len(more[1]) + len(more[2]) + 5 <= most:
        return f"{more[1]} and {more[2]}"
    for pattern in (
        r" \([^)]*\)$",
        r"(?<= type of )(\S+) to .+$",
        r" (?:in|from|of|with) \S+$",
        r", [^,]+$",
        r" and \S+$",
    ):
        shorter = re.sub(pattern, r"\1" if "(\\S+)" in pattern else "", text)
        if shorter != text and len(shorter) <= most and " " in shorter:
            return shorter if not _dangling(shorter) else ""
    bare = re.sub(r"\b\w+\.(?=[A-Za-z_]\w*)", "", text)
    if bare != text and "/" not in text and len(bare) <= most and text.startswith(_OF_NAMES):
        # A long name goes without its owner's.
        return bare
    clauses = [found.start() for found in _CLAUSE.finditer(text) if found.start() <= most]
    for end in reversed(clauses):
        if text.count(" ", 0, end) >= 2 and not _dangling(text[:end]):
            return text[:end].rstrip(" ,;:")
    words = text.split(" ")
    while len(words) > 2 and len(" ".join(words)) > most:
        words.pop()
    while len(words) > 2 and words[-1].lower() in _PLACES | {"and", "to", "the", "a", "an", "is"}:
        words.pop()
    found = " ".join(words).rstrip(",;:")
    return found if len(found) <= most and not _dangling(found) else ""


_OF_NAMES = (
    "add ",
    "remove ",
    "rename ",
    "fix ",
    "extend ",
    "rework ",
    "update ",
    "change ",
    "correct ",
)

_CLAUSE = re.compile(
    r",? (?:when|if|while|that|with|without|for|in|from|to|and|after|before|because|using|by|so"
    r"|instead|even|on|at|as) "
)


def _dangling(text: str) -> bool:
    """Whether what it was done to is cut off."""
    return bool(re.search(r"\b(?:the (?:signature|return type)|parameters?|test)$", text))
