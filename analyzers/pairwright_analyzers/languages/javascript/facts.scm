; inherits: pairwright_analyzers.languages.ecmascript
(formal_parameters (identifier) @bind)
(class_heritage [
  (identifier) @inherit
  (member_expression property: (_) @inherit)
  (call_expression function: (identifier) @inherit)
  (call_expression function: (member_expression property: (_) @inherit))
])
(class_body (field_definition) @def.field)
(assignment_expression left: (member_expression object: (this))) @def.this
(field_definition value: (new_expression)) @typed

(jsx_opening_element name: [(identifier) @call (member_expression property: (_) @call)])
(jsx_self_closing_element name: [(identifier) @call (member_expression property: (_) @call)])
(jsx_attribute . (property_identifier) @keyword)
((jsx_opening_element name: (identifier) @keyword) (#match? @keyword "^[a-z]"))
((jsx_self_closing_element name: (identifier) @keyword) (#match? @keyword "^[a-z]"))
((jsx_closing_element name: (identifier) @keyword) (#match? @keyword "^[a-z]"))
