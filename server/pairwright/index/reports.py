"""A pasted report taken apart: its title, prose, code and output, where a program failed, and what
it said then.

Owns how reports look: the templates of trackers, blocks of code, stack traces of all languages,
messages of errors. It must not know an index nor how much anything counts. All work is linear in
the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import groupby, takewhile

MOST_FRAMES = 40
MOST_MESSAGES = 8

_MOST_MESSAGE = 300
_LEAST_WORDS = 3
"""Of a message: fewer are found everywhere."""


class Part(Enum):
    """What a line of a report is."""

    TITLE = "title"
    PROSE = "prose"
    CODE = "code"
    OUTPUT = "output"


@dataclass(frozen=True, slots=True)
class Frame:
    """A line of a stack trace: the path as it stands there with `/` between its parts, and the name
    of what ran, "" where it is not told.
    """

    path: str
    function: str = ""


# --- lines

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.S)
_TAG = re.compile(
    r"</?(?:details|summary|br|p|div|img|sub|sup|b|i|kbd|pre|code)\b[^>\n]{0,200}>", re.I
)
_FENCE = re.compile(r"^\s*(?:>\s*)?(?:```+|~~~+)\s*([\w+-]*)")
_CHECKED = re.compile(r"^\s*(?:[-*+]\s*)?\[([ xX✓✔✘]?)\]\s+(.*)$")
_TICKED_WORDS = 2
"""What is ticked in more words is a promise to the tracker."""
_PRINTED = frozenset(
    {
        *("console", "shell", "sh", "bash", "zsh", "text", "txt", "log", "logs", "output"),
        *("terminal", "traceback", "python-traceback", "pytb", "tb", "stacktrace", "pycon"),
        *("sh-session", "shell-session", "cmd", "powershell"),
    }
)
_HEADING = re.compile(r"^\s{0,3}(?:#{1,6}\s+(.+?)|\*\*([^*\n]+)\*\*:?|__([^_\n]+)__:?)\s*#*\s*$")
_LONGEST_HEADING = 120
_TEMPLATE = re.compile(
    r"^\W*(?:(?:steps to )?reproduc\w+(?: steps)?|reproduction(?: link)?|(?:how )?to reproduce|"
    r"(?:expected|actual|current|observed|desired)(?: behaviou?r| results?)?|(?:issue )?description"
    r"|describe the bug(?: / steps to reproduce)?|(?:the )?problem|bug report|summary|motivation|"
    r"context|additional (?:context|information)|screenshots?|logs?(?:/tracebacks)?|mcve|theory|"
    r"what (?:happened|did you (?:do|expect)|you expected|version)\b[^.]{0,60}|possible (?:solution"
    r"|fix)|i (?:did this|expected the following)|pre-?requisites|info|error|minimal example|"
    r"is this a bug report or feature request|relevant log output)\W*$",
    re.I,
)
_SURROUNDINGS = re.compile(
    r"\b(?:environment|system info\w*|versions?|operating system|platform|validations?|checklist|"
    r"check ?health|code of conduct|package manager|python version|shell$|terminal$|configuration$|"
    r"dbapi|database (?:vendor|system)|supporter|search$|pip list|dependencies installed|"
    r"your setup|browser|device|output of `)",
    re.I,
)
_VERSION = re.compile(
    r"^[\W_]*(?:[\w.()/`@+-]+[ \t]+){0,3}[\w.()/`@+-]+[`*]*[ \t]*"
    r"(?:(?:[:=|]+|=>|\bversion:?)[ \t]*[`*\"^~]*v?\d+(?:\.\d+)+|"
    r"v?\d+\.\d+(?:\.\d+)*[\w.+-]*[ \t`*|]*$)"
)
_VERSIONED = re.compile(r"(?<![\w.])[A-Za-z][\w-]*[/ =@:-]{1,2}v?\d+\.\d+(?:\.\d+)+")
_SYSTEM = re.compile(
    r"^[\W_]*(?:os|platform|operating system|kernel|shell|terminal(?: emulator)?|browser|arch\w*|"
    r"processor|cpu|memory|compiler|build (?:time|type|date)|git ?(?:commit|version|tree)\w*"
    r"(?: hash)?|branch/tag|rust (?:version|channel)|protocols|features|release-date|modulesum|"
    r"goversion|builtby|builddate|locale|date|author)\s*[:=]",
    re.I,
)


def lines_of(text: str) -> Iterator[tuple[Part, str]]:
    """The lines that say something, with what they are. What a template asks, what was installed
    and which boxes were not ticked is left out.
    """
    fence: str | None = None
    aside = first = False
    for line in _TAG.sub(" ", _COMMENT.sub(" ", text)).split("\n"):
        opened = _FENCE.match(line)
        if opened is not None:
            fence = opened[1].lower() if fence is None else None
            continue
        if not line.strip():
            continue
        if not first:
            first = True
            yield Part.TITLE, line.lstrip("# ")
            continue
        if fence is None:
            heading = _HEADING.match(line) if len(line) <= _LONGEST_HEADING else None
            if heading is not None:
                told = heading[1] or heading[2] or heading[3]
                aside = _SURROUNDINGS.search(told) is not None
                if aside or _TEMPLATE.match(told):
                    continue
            elif len(line) <= _LONGEST_HEADING and _TEMPLATE.match(line):
                aside = False
                continue
            ticked = _CHECKED.match(line)
            if ticked is not None:
                if ticked[1].strip() and len(ticked[2].split()) <= _TICKED_WORDS:
                    yield Part.PROSE, ticked[2]
                continue
        if aside or _VERSION.match(line[:200]) or _SYSTEM.match(line[:200]):
            continue
        if len(_VERSIONED.findall(line[:400])) > 1:
            continue
        yield _kind(line, fence), line


def _kind(line: str, fence: str | None) -> Part:
    if _frame(line) is not None or _TRACE.match(line) or _RAISED.match(line):
        return Part.OUTPUT
    if fence is not None:
        return Part.OUTPUT if fence in _PRINTED else Part.CODE
    if line.startswith(("    ", "\t", ">>>", "$ ")):
        return Part.CODE
    return Part.PROSE


# --- frames

_PATH = r"(?:[A-Za-z]:)?[~\w.+@%\\/ -]*?[\w+@-]+\.[A-Za-z]\w{0,6}"
_FRAMES: tuple[tuple[re.Pattern[str], bool], ...] = (
    # Python: the last is the deepest. IPython and pytest too.
    (re.compile(r'^\W*File "(?P<path>[^"\n]{1,300})", line \d+(?:, in (?P<name>[\w<>.]+))?'), True),
    (
        re.compile(rf"^\W*File (?P<path>{_PATH}):\d+(?:,)? in (?P<name>[\w<>.]+)"),
        True,
    ),
    # PHP: `#0 /src/Client.php(12): Http\Client->send()`.
    (
        re.compile(rf"^\W*#\d+ (?P<path>{_PATH})\(\d+\): (?P<name>[\w\\:>-]+)"),
        False,
    ),
    # Native code: `#3 0x… in parse (…) at src/parse.c:12`.
    (
        re.compile(
            r"^\W*#\d+ +(?:0x[0-9a-fA-F]+ )?(?:in )?(?P<name>[\w:~<>,]+)[^\n]{0,300}?"
            r"(?: at | )(?P<path>[^\s():]+\.[A-Za-z]\w{0,6}):\d+"
        ),
        False,
    ),
    # JavaScript, Java, Kotlin, Scala, C#, Rust.
    (
        re.compile(
            rf"^\W*at (?:async |new )*(?P<name>[\w$.<>`\[\]/ ]+?)(?:\([^()\n]*\))? ?"
            rf"(?:\(|in )(?:file://)?(?P<path>{_PATH}):(?:line )?\d+"
        ),
        False,
    ),
    (re.compile(rf"^\W*at (?:async )?(?:file://)?(?P<path>{_PATH}):\d+(?P<name>)"), False),
    # Ruby, Lua, Elixir, Go, compilers: `lib/a.rb:12:in 'send'`, `(app) lib/a.ex:12: App.send/2`.
    (
        re.compile(
            rf"^\s*(?:from |\(\w[\w .-]*\) |\[\w+\] |\S{{0,40}}: )?(?P<path>{_PATH}):\d+(?::\d+)?"
            r"(?::? ?in (?:function |method )?[`'<]*(?:block (?:\(\d+ levels\) )?in )?"
            r"(?P<name>[\w.:#?!]+)"
            r"|: (?P<other>[A-Z][\w.]+\.[\w?!]+/\d)|:(?= )| \+0x|\)?\s*$)"
        ),
        False,
    ),
)
_TRACE = re.compile(
    r"^\W*(?:Traceback \(most recent|stack ?trace|Backtrace:|goroutine \d+|thread '|"
    r"Exception in thread|During handling of|The above exception was|Caused by:|\.\.\. \d+ more)",
    re.I,
)


def _frame(line: str) -> tuple[Frame, bool] | None:
    """The frame that a line is, and whether the deepest of its trace stands last."""
    if len(line) > _LONGEST_FRAME or ("." not in line):
        return None
    for pattern, last in _FRAMES:
        found = pattern.match(line)
        if found is not None:
            path = _as_path(found["path"])
            groups = found.groupdict()
            name = (groups.get("name") or groups.get("other") or "").strip()
            return Frame(_with_package(path, name), _last_name(name)), last
    return None


_LONGEST_FRAME = 600


def _as_path(told: str) -> str:
    path = told.strip().replace("\\", "/")
    return re.sub(r"^(?:\.{3}|~)?[^/\s]* (?=/)", "", path)


def _with_package(path: str, name: str) -> str:
    """`Cart.java` of `com.shop.Cart.add` is `com/shop/Cart.java`."""
    if "/" in path or not path.endswith((".java", ".kt", ".scala", ".groovy")):
        return path
    parts = name.replace("/", ".").split(".")
    return "/".join([*takewhile(str.islower, parts), path])


def _last_name(name: str) -> str:
    bare = re.sub(r"<[^<>]*>|\[[^\[\]]*\]|/\d+$", "", name)
    parts = [part for part in re.split(r"[.:#/\\>-]+", bare) if part and part[0] not in "<`"]
    return parts[-1].strip("$") if parts else ""


def frames_of(text: str) -> tuple[Frame, ...]:
    """The frames of all stack traces, the deepest of each first; those of the last trace before
    others, since a cause comes before what it led to.
    """
    found: list[tuple[int, Frame, bool]] = []
    trace = 0
    for line in text.split("\n"):
        frame = _frame(line) if line.strip() else None
        if frame is not None:
            found.append((trace, *frame))
        elif _TRACE.match(line):
            trace += 1
    ordered: list[list[Frame]] = []
    for _, run in groupby(found, key=lambda one: (one[0], one[2])):
        frames = list(run)
        if frames[0][2]:
            frames.reverse()
        ordered.append([frame for _, frame, _ in frames])
    mixed: list[Frame] = []
    for depth in range(max(map(len, ordered), default=0)):
        mixed += [frames[depth] for frames in ordered if depth < len(frames)]
    return tuple(dict.fromkeys(mixed))[:MOST_FRAMES]


# --- messages

_RAISED = re.compile(
    r"^\W*(?:\w{1,12}:\s+)?(?:[\w.$\\:]*(?:Error|Exception|Warning|Failure|Panic)|panic|fatal|"
    r"error(?:\[\w+\])?|warning|E\d{3,4})\b(?: error)?\W{0,3}[:(]\s*(\S.*)$",
    re.I,
)
_SAID = (
    re.compile(r"panicked at '([^'\n]{8,300})'"),
    re.compile(r"with message ['\"]([^\n]{8,300}?)['\"](?: in |$)"),
    re.compile(r"\b(?:msg|message|error)=\"((?:[^\"\\\n]|\\.){8,300})\""),
    re.compile(r"^\S+:\d+:in [`'][^']+': (.{8,300}?)(?: \([\w:]+\))?$"),
    re.compile(r"^\*\* \([\w.]+\) (.{8,300})$"),
    re.compile(r"\b(?:ERROR|FATAL|WARN(?:ING)?|CRITICAL)\b(?:/\w+)?[\]:\s]*([^\n]{8,300})$"),
    re.compile(r"^\s*(?:\w+: )?(?:error|fatal|abort): (.{8,300})$", re.I),
)
_QUOTED = re.compile(r"`([^`\n]{1,200})`|\"([^\"\n]{1,200})\"|“([^”\n]{1,200})”")
_WORD = re.compile(r"[^\W\d_]{2,}")
_ERRING = re.compile(r"error|exception|fail|crash|panic|warn", re.I)
_SENTENCE = re.compile(r"^\W{0,3}(?:\w+: )?[A-Za-z][\w',-]*(?: [\w'\"`,.:/-]+){3,}$")
_LEVELLED = re.compile(r"level=(?:info|debug|trace)|\b(?:INFO|DEBUG|TRACE)\b")


def messages_of(text: str) -> tuple[str, ...]:
    """What a program said of its failure, then sentences that are quoted, then what it printed."""
    raised: list[str] = []
    quoted: list[str] = []
    printed: list[str] = []
    for part, line in lines_of(text):
        line = line[:_LONGEST_FRAME]
        said = [] if part is Part.CODE else _raised(line)
        raised += said
        if part in (Part.CODE, Part.OUTPUT) and not said and _SENTENCE.match(line):
            printed.append(line)
        if part in (Part.TITLE, Part.PROSE) and not _LEVELLED.search(line):
            quoted += [match[match.lastindex or 0] for match in _QUOTED.finditer(line)]
        if part is Part.TITLE:
            before, _, after = line.rpartition(": ")
            if _ERRING.search(before):
                quoted.append(after)
    told = (message[:_MOST_MESSAGE].strip() for message in (*raised, *quoted, *printed))
    long = [message for message in told if len(_WORD.findall(message)) >= _LEAST_WORDS]
    return tuple(dict.fromkeys(long))[:MOST_MESSAGES]


def _raised(line: str) -> list[str]:
    if _LEVELLED.search(line):
        return []
    found = [match[1] for match in (one.search(line) for one in _SAID) if match]
    raised = _RAISED.match(line)
    return [*found, raised[1]] if raised is not None else found
