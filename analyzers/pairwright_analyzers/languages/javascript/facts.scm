; inherits: pairwright_analyzers.languages.ecmascript
(formal_parameters (identifier) @bind)
(variable_declarator value: (class name: (identifier) @bind) @scope)
(class_heritage [
  (identifier) @inherit
  (member_expression property: (_) @inherit)
  (call_expression function: (identifier) @inherit)
  (call_expression function: (member_expression property: (_) @inherit))
])
(class_body (field_definition) @def.field)
(assignment_expression left: (member_expression object: (this))) @def.this
(field_definition value: (new_expression)) @typed

; Whether an element is a component or the page's own is told by its first letter, in `raw_names`.
(jsx_opening_element name: [(identifier) @words (member_expression property: (_) @call)])
(jsx_self_closing_element name: [(identifier) @words (member_expression property: (_) @call)])
(jsx_closing_element name: (identifier) @words)
(jsx_attribute . (property_identifier) @keyword)
