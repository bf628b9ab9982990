(identifier) @ref
(type_identifier) @ref
(type_identifier) @annotate
(comment) @comment
(block_comment) @comment

(package_clause) @def.package
(package_object) @def.object
(class_definition) @def.class
(object_definition) @def.object
(trait_definition) @def.trait
(enum_definition) @def.enum
(simple_enum_case) @def.case
(full_enum_case) @def.case
(given_definition) @def.given
(type_definition) @def.alias
(function_definition) @def.function
(function_declaration) @def.function
(compilation_unit [(val_definition) (var_definition)] @def.value)
(package_clause body: (template_body [(val_definition) (var_definition)] @def.value))
(template_body [(val_definition) (var_definition) (val_declaration) (var_declaration)] @def.member)
(with_template_body [(val_definition) (var_definition)] @def.member)
(enum_body [(val_definition) (var_definition)] @def.member)
(class_parameter) @def.parameter
(instance_expression (template_body)) @def.anonymous
(call_expression function: (call_expression function: (identifier) arguments: (arguments . (string)))) @def.test
(infix_expression left: (infix_expression left: (string)) operator: (identifier) right: [(block) (indented_block)]) @def.sentence

(import_declaration) @import.statement
(import_declaration (identifier) @import)
(import_declaration (namespace_selectors (identifier) @import))
(namespace_selectors (_ name: (identifier) @import))
(namespace_selectors (_ alias: (identifier) @import))
(as_renamed_identifier name: (identifier) @import alias: (identifier) @import)
(package_identifier (identifier) @import)

(call_expression function: (identifier) @call)
(call_expression function: (field_expression field: (identifier) @call))
(call_expression function: (generic_function function: [(identifier) @call (field_expression field: (identifier) @call)]))
(instance_expression [
  (type_identifier) @call
  (stable_type_identifier (type_identifier) @call)
  (generic_type type: [(type_identifier) @call (stable_type_identifier (type_identifier) @call)])
])
(instance_expression [
  (type_identifier) @inherit
  (stable_type_identifier (type_identifier) @inherit)
  (generic_type type: [(type_identifier) @inherit (stable_type_identifier (type_identifier) @inherit)])
] (template_body))
(infix_expression operator: (identifier) @call)
(infix_expression operator: (identifier) @member)
(field_expression field: (identifier) @member)
(stable_type_identifier (_) (type_identifier) @member)
(stable_identifier (_) (identifier) @member)
(arguments (assignment_expression left: (identifier) @keyword))
(given_definition return_type: [
  (type_identifier) @inherit
  (stable_type_identifier (type_identifier) @inherit)
  (generic_type type: [(type_identifier) @inherit (stable_type_identifier (type_identifier) @inherit)])
])
(extends_clause [
  (type_identifier) @inherit
  (stable_type_identifier (type_identifier) @inherit)
  (generic_type type: [(type_identifier) @inherit (stable_type_identifier (type_identifier) @inherit)])
])

(assignment_expression left: (identifier) @write)
(assignment_expression left: (field_expression field: (identifier) @write))

(class_parameter name: (identifier) @bind)
(parameter name: (identifier) @bind)
(binding name: (identifier) @bind)
(lambda_expression parameters: (identifier) @bind)
(val_definition pattern: (identifier) @bind)
(var_definition pattern: (identifier) @bind)
(val_declaration name: (identifier) @bind)
(var_declaration name: (identifier) @bind)
(identifiers (identifier) @bind)
(tuple_pattern (identifier) @bind)
(typed_pattern pattern: (identifier) @bind)
(capture_pattern name: (identifier) @bind)
(case_class_pattern pattern: (identifier) @bind)
(infix_pattern [left: (identifier) right: (identifier)] @bind)
(enumerator . (identifier) @bind)
((case_clause pattern: (identifier) @bind) (#match? @bind "^[a-z_]"))
(type_parameters name: (identifier) @bind)

(extension_definition) @scope
(block) @scope
(indented_block) @scope
(lambda_expression) @scope
(case_clause) @scope
(for_expression) @scope

(if_expression) @branch
(for_expression) @branch
(while_expression) @branch
(do_while_expression) @branch
(case_clause) @branch
(infix_expression operator: (operator_identifier) @branch (#any-of? @branch "&&" "||"))

(val_definition) @typed
(var_definition) @typed
(val_declaration) @typed
(var_declaration) @typed
(parameter) @typed
(class_parameter) @typed
(binding) @typed
(function_definition) @typed
(function_declaration) @typed
(typed_pattern) @typed
(field_expression) @typed
(infix_expression) @typed
(arguments (assignment_expression) @typed)
(type_definition) @typed
(enumerator) @typed
