; What the JavaScript and TypeScript grammars have in common.
(identifier) @ref
(property_identifier) @ref
(private_property_identifier) @ref
(shorthand_property_identifier) @ref
(this) @ref
(super) @ref
(comment) @comment

; Definitions. A statement that exports is captured too: its span is the definition's. Members of
; object literals are found by the hooks, for patterns that begin at the root are dear.
(function_declaration) @def.function
(generator_function_declaration) @def.function
(class_declaration) @def.class
(class) @def.class
(export_statement declaration: (_)) @def.export
(export_statement value: (_)) @def.default
(program [(lexical_declaration) (variable_declaration)] @def.variable)
(class_body (method_definition) @def.method)

; CommonJS exports, and functions hung on something.
(program (expression_statement . (assignment_expression)) @def.assignment @import.statement)

; Tests: the hook looks at the words of the call, since a pattern of its arguments is dear.
(expression_statement (call_expression)) @def.test

(import_statement) @import.statement
(export_statement source: (_)) @import.statement
(export_statement (export_clause)) @import.statement
(export_statement value: (_)) @import.statement
(export_statement "default" declaration: (_)) @import.statement
(call_expression function: (import)) @import.statement
(call_expression function: (identifier) arguments: (arguments . (string))) @import.statement
(import_clause (identifier) @import)
(namespace_import (identifier) @import)
(import_specifier (identifier) @import)
(export_statement (namespace_export (identifier) @import))
(export_statement (export_clause (export_specifier name: (identifier) @import)) source: (_))
(export_specifier alias: (identifier) @import)
(variable_declarator
  name: (object_pattern (pair_pattern key: (property_identifier) @import))
  value: (call_expression function: (identifier) arguments: (arguments . (string) .)))

(call_expression function: [
  (identifier) @call
  (super) @call
  (member_expression property: (_) @call)
])
(new_expression constructor: [(identifier) @call (member_expression property: (_) @call)])
(decorator [(identifier) @call (member_expression property: (_) @call)])
(member_expression property: (_) @member)
(pair_pattern key: (property_identifier) @member)

(assignment_expression left: [(identifier) @write (member_expression property: (_) @write)])
(augmented_assignment_expression left: [(identifier) @write (member_expression property: (_) @write)])
(update_expression argument: [(identifier) @write (member_expression property: (_) @write)])
(for_in_statement left: (identifier) @write)
(array_pattern (member_expression property: (_) @write))

(pair key: (property_identifier) @keyword)
(object (method_definition name: (property_identifier) @keyword))

; Names that are declared. Patterns declare, unless they are assigned to.
(variable_declarator name: (identifier) @bind)
(shorthand_property_identifier_pattern) @bind
(pair_pattern value: (identifier) @bind)
(array_pattern (identifier) @bind)
(rest_pattern (identifier) @bind)
(assignment_pattern left: (identifier) @bind)
(arrow_function parameter: (identifier) @bind)
(catch_clause parameter: (identifier) @bind)
(for_in_statement kind: _ left: (identifier) @bind)
(variable_declaration (variable_declarator name: (identifier) @hoist))
(function_expression name: (identifier) @bind)
(generator_function name: (identifier) @bind)
(assignment_expression left: (object_pattern [
  (shorthand_property_identifier_pattern) @rebind
  (object_assignment_pattern left: (shorthand_property_identifier_pattern) @rebind)
  (pair_pattern value: [(identifier) @rebind (assignment_pattern left: (identifier) @rebind)])
  (rest_pattern (identifier) @rebind)
]))
(assignment_expression left: (array_pattern [
  (identifier) @rebind
  (assignment_pattern left: (identifier) @rebind)
  (rest_pattern (identifier) @rebind)
  (array_pattern (identifier) @rebind)
  (object_pattern (shorthand_property_identifier_pattern) @rebind)
]))

(arrow_function) @scope.lambda
(function_expression) @scope.function
(generator_function) @scope.function
(object (method_definition) @scope.function)
(class_static_block) @scope
(for_statement) @scope
(for_in_statement) @scope
(catch_clause) @scope
(switch_body) @scope
(statement_block (statement_block) @scope)
(program (statement_block) @scope)
(if_statement consequence: (statement_block) @scope)
(else_clause (statement_block) @scope)
(while_statement body: (statement_block) @scope)
(do_statement body: (statement_block) @scope)
(try_statement body: (statement_block) @scope)
(finally_clause body: (statement_block) @scope)

(if_statement) @branch
(for_statement) @branch
(for_in_statement) @branch
(while_statement) @branch
(do_statement) @branch
(switch_case) @branch
(catch_clause) @branch
(ternary_expression) @branch
(binary_expression operator: ["&&" "||" "??"]) @branch
(augmented_assignment_expression operator: ["&&=" "||=" "??="]) @branch

(variable_declarator name: [(object_pattern) (array_pattern)] value: (_)) @typed
(if_statement condition: (parenthesized_expression (binary_expression "instanceof"))) @typed
(variable_declarator name: (identifier) value: [
  (new_expression)
  (call_expression)
  (await_expression)
  (identifier)
  (member_expression)
  (subscript_expression)
  (array)
  (ternary_expression)
  (binary_expression)
  (parenthesized_expression)
  (string)
  (template_string)
]) @typed
(assignment_expression left: (member_expression) right: [
  (new_expression)
  (call_expression)
  (await_expression)
  (identifier)
  (binary_expression)
]) @typed
(for_in_statement left: (identifier)) @typed
(member_expression object: [
  (call_expression)
  (new_expression)
  (parenthesized_expression)
  (subscript_expression)
  (array)
  (string)
  (template_string)
  (regex)
]) @typed
(arguments . [(arrow_function) (function_expression)] @typed)
