"""The situations that every language is judged by: an id and a sentence each.

A language's marker file beside this one has a case of that name for each, or says why it lacks the
notion.
"""

from __future__ import annotations

SITUATIONS: dict[str, str] = {
    "function-definition": "A function is a symbol with its parameters.",
    "method-with-container": "A method is a member of its type.",
    "constructor": "What makes an instance is found where one is made.",
    "nested-function": "A function inside a function is seen in it only.",
    "constant": "A named constant at the top of a file is a symbol.",
    "enum-member": "A member of an enumeration is reached through it.",
    "default-parameter": "A parameter with a default may be left out.",
    "variadic": "A parameter takes any number of arguments.",
    "doc-comment": "Documentation belongs to the definition it describes.",
    "call-by-name": "A call by name means the function of that name.",
    "call-through-receiver": "A call through an instance means its type's method.",
    "write-or-read": "Writing a name and reading it are told apart.",
    "import-module": "A name behind an imported module is the module's.",
    "import-alias": "An import under another name means what it imports.",
    "import-one-name": "One imported name means the definition in the other file.",
    "inheritance": "A member that a type does not have is its base's.",
    "interface-implementation": "A type names the interface that it implements.",
    "local-shadows-global": "A local name hides the global of the same name.",
    "parameter-shadows": "A parameter hides the global of the same name.",
    "closure-reads-outer": "A function inside another reads the outer one's locals.",
    "block-scope": "A name that a block binds is not seen behind it.",
    "complexity": "Decisions are counted in the function that makes them.",
    "test-convention": "A test is known by its name or mark.",
    "exported-or-private": "What others may use is told from what they may not.",
    "generics": "Type parameters are names of their definition.",
    "annotation-to-member": "A declared type leads from a name to the type's members.",
    "chained-call": "What a call returns leads to the next call in a chain.",
    "recursion": "A function that calls itself is called by itself.",
    "mutual-import": "Two files that import each other are both resolved.",
    "overload": "Several definitions of one name in one type are each a symbol.",
    "static-member": "A member of the type itself is reached through the type's name.",
    "field-access": "A field is reached through an instance.",
    "unused-symbol": "What nothing refers to is said to be unused, what is called is not.",
    "same-name-in-two-files": "Of two definitions of one name, each file means its own.",
    "unicode-identifier": "Names need not be ASCII.",
    "crlf": "Lines may end with CR and LF.",
    "bom": "A file may begin with a byte order mark.",
    "syntax-error": "What stands beside a syntax error is still read.",
    "deep-nesting": "Thousands of levels of nesting are survived.",
    "empty-file": "An empty file has no symbols and no problem.",
}
