"""What renaming needs to know of Java."""

from __future__ import annotations

from pairwright_analyzers.languages.renaming import Modules, Renaming
from pairwright_analyzers.languages.shapes import words

_OBJECT = words("toString equals hashCode clone finalize notify notifyAll wait getClass")

RENAMING = Renaming(
    modules=Modules.TYPES,
    implicit_overrides=False,
    contracts=words(
        "main toString equals hashCode compareTo compare clone finalize close run call get apply"
        " accept test iterator hasNext next length charAt subSequence readObject writeObject"
    ),
    outside_member=lambda type_name, name: (
        name in _OBJECT if type_name in ("java.lang.Object", "<builtin>.Object") else None
    ),
    marking=words("labeled_statement break_statement continue_statement"),
    type_names_file=True,
)
