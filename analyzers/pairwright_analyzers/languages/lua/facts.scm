(identifier) @ref
(comment) @comment

(function_declaration) @def.function
(chunk (variable_declaration) @def.local)
(chunk (assignment_statement) @def.assigned)
(chunk (variable_declaration (assignment_statement (expression_list (table_constructor (field) @def.field)))))
(chunk (assignment_statement (expression_list (table_constructor (field) @def.field))))
(chunk (return_statement (expression_list (table_constructor (field) @def.field))))
(function_call name: (identifier) arguments: (arguments . [(string) (function_definition)] (function_definition))) @def.test
(function_call name: (identifier) arguments: (arguments . (string) (function_definition))) @def.test

(function_call name: (identifier) arguments: (arguments . (string) .)) @import.statement
(chunk (return_statement) @import.statement)

(function_call name: (identifier) @call)
(function_call name: (dot_index_expression field: (identifier) @call))
(function_call name: (method_index_expression method: (identifier) @call))
(dot_index_expression field: (identifier) @member)
(method_index_expression method: (identifier) @member)
(field name: (identifier) @keyword)
(goto_statement (identifier) @keyword)
(label_statement (identifier) @keyword)
(attribute (identifier) @keyword)
((field name: (identifier) @_index value: (identifier) @inherit) (#eq? @_index "__index"))

(variable_declaration (variable_list name: (identifier) @bind))
(variable_declaration (assignment_statement (variable_list name: (identifier) @bind)))
(assignment_statement (variable_list name: (identifier) @write))
(assignment_statement (variable_list name: (dot_index_expression field: (identifier) @write)))
(parameters name: (identifier) @bind)
(for_generic_clause (variable_list name: (identifier) @bind))
(for_numeric_clause name: (identifier) @bind)

(function_definition) @scope
(do_statement) @scope
(for_statement) @scope
(while_statement) @scope
(repeat_statement) @scope
(if_statement consequence: (block) @scope)
(elseif_statement) @scope
(else_statement) @scope

(if_statement) @branch
(elseif_statement) @branch
(for_statement) @branch
(while_statement) @branch
(repeat_statement) @branch
(binary_expression ["and" "or"] @branch)

(variable_declaration (assignment_statement)) @typed
(assignment_statement) @typed
(function_declaration) @typed
(function_call name: [(dot_index_expression) (method_index_expression)] @typed)
(dot_index_expression table: (function_call)) @typed
