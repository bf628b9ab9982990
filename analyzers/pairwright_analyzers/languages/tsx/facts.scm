; inherits: pairwright_analyzers.languages.typescript
; Whether an element is a component or the page's own is told by its first letter, in `raw_names`.
(jsx_opening_element name: [(identifier) @words (member_expression property: (_) @call)])
(jsx_self_closing_element name: [(identifier) @words (member_expression property: (_) @call)])
(jsx_closing_element name: (identifier) @words)
(jsx_attribute . (property_identifier) @keyword)
