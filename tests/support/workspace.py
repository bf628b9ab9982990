"""A workspace held in memory, for tests of whatever takes a `graph.model.Workspace`.

Owns no behaviour of the product: it indexes the texts it is given and answers from them. It has no
disk, no buffers and no revisions; `with_texts` makes another one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache

from pairwright_analyzers.facts import FileFacts, facts_of
from pairwright_analyzers.languages import language, language_of


@lru_cache(maxsize=4096)
def _facts(language_id: str, text: bytes) -> FileFacts:
    return facts_of(language(language_id), text)


class MemoryWorkspace:
    """A frozen workspace of texts by path.

    Texts of no known language are not indexed, but can be read as project files.
    """

    def __init__(self, texts: Mapping[str, bytes | str]) -> None:
        self._texts = {
            path: text.encode() if isinstance(text, str) else text for path, text in texts.items()
        }

    def with_texts(self, changed: Mapping[str, bytes | str | None]) -> MemoryWorkspace:
        """The same workspace with some texts replaced or added; None takes a file away."""
        texts: dict[str, bytes | str] = dict(self._texts)
        for path, text in changed.items():
            if text is None:
                texts.pop(path, None)
            else:
                texts[path] = text
        return MemoryWorkspace(texts)

    @property
    def root_name(self) -> str:
        return "workspace"

    def paths(self) -> Sequence[str]:
        return self._paths

    def has(self, path: str) -> bool:
        return path in self._languages

    def facts(self, path: str) -> FileFacts | None:
        language_id = self._languages.get(path)
        return _facts(language_id, self._texts[path]) if language_id is not None else None

    def text(self, path: str) -> bytes | None:
        return self._texts[path] if path in self._languages else None

    def config(self, path: str) -> bytes | None:
        return self._texts.get(path)

    def files_mentioning(self, name: str) -> Sequence[str]:
        return self._mentions.get(name, ())

    def files_defining(self, name: str) -> Sequence[str]:
        return self._definitions.get(name, ())

    @cached_property
    def _languages(self) -> dict[str, str]:
        found = ((path, language_of(path)) for path in sorted(self._texts))
        return {path: spec.id for path, spec in found if spec is not None}

    @cached_property
    def _paths(self) -> tuple[str, ...]:
        return tuple(self._languages)

    @cached_property
    def _mentions(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for path in self._paths:
            facts = self.facts(path)
            assert facts is not None
            names = set(facts.names)
            names.update(facts.symbol_name(index) for index in range(facts.symbol_count))
            for name in sorted(names):
                found[name].append(path)
        return found

    @cached_property
    def _definitions(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for path in self._paths:
            facts = self.facts(path)
            assert facts is not None
            for name in sorted({facts.symbol_name(index) for index in range(facts.symbol_count)}):
                found[name].append(path)
        return found
