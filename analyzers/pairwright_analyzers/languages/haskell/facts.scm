(variable) @ref
(constructor) @ref
(name) @ref
(operator) @ref
(constructor_operator) @ref
(module_id) @ref
(comment) @comment
(haddock) @comment

(header) @def.module
(declarations) @def.declarations
(ERROR) @def.broken

(import) @import.statement
(import (module (module_id) @import))
(import_name [(variable) (name)] @import)
(import_name (prefix_id [(operator) (constructor_operator)] @import))
(import_name (children [(variable) (constructor)] @import))

(name) @annotate
(instance name: [(name) @inherit (qualified (name) @inherit)])
(deriving_instance name: [(name) @inherit (qualified (name) @inherit)])
(class context: (context [
  (apply constructor: (name) @inherit)
  (parens (apply constructor: (name) @inherit))
  (tuple (apply constructor: (name) @inherit))
]))

(apply function: (variable) @call)
(apply function: (qualified id: (variable) @call))
(infix operator: (operator) @call)
(infix operator: (infix_id [(variable) @call (qualified (variable) @call)]))
(qualified id: (_) @member)
(projection field: (field_name (variable) @member))
(field_update field: (field_name (variable) @write))

(patterns (variable) @bind)
(patterns (tuple (variable) @bind))
(as bind: (variable) @bind)
(_ pattern: [
  (variable) @bind
  (tuple (variable) @bind)
  (infix [left_operand: (variable) @bind right_operand: (variable) @bind])
  (apply argument: (variable) @bind)
  (apply function: (apply argument: (variable) @bind))
  (apply function: (apply function: (apply argument: (variable) @bind)))
])
(local_binds [(function name: (variable) @bind) (bind name: (variable) @bind)])

(lambda) @scope.function
(let_in) @scope
(alternative) @scope
(do) @scope

(alternative) @branch
(conditional) @branch
(guards) @branch
