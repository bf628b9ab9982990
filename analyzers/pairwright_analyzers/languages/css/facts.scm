(comment) @comment
(rule_set) @def.rule
(media_statement) @def.at
(supports_statement) @def.at
(keyframes_statement) @def.at
(at_rule) @def.at
; Of these only custom properties count; the hooks look at how they begin.
(declaration . (property_name) @def.property @words)
(arguments . (plain_value) @words)
