(comment) @comment
(rule_set) @def.rule
(media_statement) @def.at
(supports_statement) @def.at
(keyframes_statement) @def.at
(at_rule) @def.at
((declaration . (property_name) @ref) @def.property (#match? @ref "^--"))
((arguments . (plain_value) @ref) (#match? @ref "^--"))
