(variable_name) @ref
(function_definition name: (word) @ref)
(comment) @comment

(function_definition) @def.function
(program (variable_assignment) @def.variable)
(program (declaration_command (variable_assignment) @def.declared))

(command name: (command_name (word) @import.statement))
(command_name (word) @call)
(variable_assignment name: (variable_name) @write)
(for_statement variable: (variable_name) @write)
(declaration_command "local" [(variable_name) @bind (variable_assignment name: (variable_name) @bind)])

(if_statement) @branch
(elif_clause) @branch
(for_statement) @branch
(c_style_for_statement) @branch
(while_statement) @branch
(case_item) @branch
(list ["&&" "||"]) @branch
