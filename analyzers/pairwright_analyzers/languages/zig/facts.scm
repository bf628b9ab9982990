(identifier) @ref
(comment) @comment

(source_file (variable_declaration) @def.variable)
(struct_declaration (variable_declaration) @def.variable)
(enum_declaration (variable_declaration) @def.variable)
(union_declaration (variable_declaration) @def.variable)
(opaque_declaration (variable_declaration) @def.variable)
(block (variable_declaration [(struct_declaration) (enum_declaration) (union_declaration) (opaque_declaration) (error_set_declaration)]) @def.local)
(function_declaration) @def.function
(test_declaration) @def.test

(builtin_function (arguments . (string))) @import.statement

(_ type: (identifier) @annotate)
(pointer_type (identifier) @annotate)
(nullable_type (identifier) @annotate)
(slice_type (identifier) @annotate)
(error_union_type (identifier) @annotate)
(struct_initializer . (identifier) @annotate)
(call_expression function: (identifier) @call)
(call_expression function: (field_expression member: (identifier) @call))
(initializer_list (assignment_expression left: (field_expression member: (identifier) @keyword)))
(block_label (identifier) @keyword)
(break_label (identifier) @keyword)
(error_set_declaration (identifier) @keyword)

(variable_declaration . (identifier) @write)
(variable_declaration . (field_expression member: (identifier) @write))
(assignment_expression left: (identifier) @write)
(variable_declaration ["const" "var"] . (identifier) @bind)
(parameter name: (identifier) @bind)
(payload (identifier) @bind)

(block) @scope
(for_statement) @scope
(while_statement) @scope
(if_statement) @scope
(else_clause) @scope
(switch_case) @scope
(catch_expression) @scope
(errdefer_statement) @scope

(if_statement) @branch
(if_expression) @branch
(for_statement) @branch
(while_statement) @branch
(switch_case) @branch
(catch_expression) @branch
(binary_expression operator: ["and" "or" "orelse"] @branch)
