(comment) @comment
((element [
  (start_tag (attribute . (attribute_name) @_name))
  (self_closing_tag (attribute . (attribute_name) @_name))
]) @def.element (#match? @_name "^[iI][dD]$"))
(script_element) @def.element
(style_element) @def.element
