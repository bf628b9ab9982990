(comment) @comment
(element) @def.element
(script_element) @def.element
(style_element) @def.element
