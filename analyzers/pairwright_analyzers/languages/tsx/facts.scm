; inherits: pairwright_analyzers.languages.typescript
(jsx_opening_element name: [(identifier) @call (member_expression property: (_) @call)])
(jsx_self_closing_element name: [(identifier) @call (member_expression property: (_) @call)])
(jsx_attribute . (property_identifier) @keyword)
((jsx_opening_element name: (identifier) @keyword) (#match? @keyword "^[a-z]"))
((jsx_self_closing_element name: (identifier) @keyword) (#match? @keyword "^[a-z]"))
((jsx_closing_element name: (identifier) @keyword) (#match? @keyword "^[a-z]"))
