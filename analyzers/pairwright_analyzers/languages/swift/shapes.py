"""Swift's names, as renaming needs them; its statements are not described."""

from __future__ import annotations

from pairwright_analyzers.languages.shapes import Shapes, words
from pairwright_analyzers.languages.swift.renaming import RENAMING

SHAPES = Shapes(
    comments=words("comment multiline_comment"),
    strings=words("line_string_literal multi_line_string_literal raw_string_literal"),
    keywords=words(
        "associatedtype class deinit enum extension fileprivate func import init inout"
        " internal let open operator private protocol public rethrows static struct"
        " subscript typealias var break case continue default defer do else fallthrough"
        " for guard if in repeat return switch where while as Any catch false is nil"
        " super self Self throw throws true try"
    ),
    camel_case=True,
    renaming=RENAMING,
)
