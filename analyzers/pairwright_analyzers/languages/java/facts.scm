(identifier) @ref
(this) @ref
(super) @ref
(type_identifier) @annotate
(line_comment) @comment
(block_comment) @comment

(package_declaration) @def.package
(module_declaration) @def.module
(class_declaration) @def.class
(record_declaration) @def.record
(enum_declaration) @def.enum
(interface_declaration) @def.interface
(annotation_type_declaration) @def.interface
(enum_constant) @def.constant
(object_creation_expression (class_body)) @def.anonymous
(class_body [(method_declaration) (constructor_declaration) (compact_constructor_declaration)] @def.method)
(enum_body_declarations [(method_declaration) (constructor_declaration)] @def.method)
(interface_body (method_declaration) @def.interface_method)
(annotation_type_body (annotation_type_element_declaration) @def.interface_method)
(program (method_declaration) @def.method)
(ERROR [(method_declaration) (constructor_declaration)] @def.method)
(field_declaration) @def.field
(constant_declaration) @def.interface_field
(record_declaration parameters: (formal_parameters (formal_parameter) @def.component))

(import_declaration) @import.statement
(import_declaration) @words
(package_declaration (scoped_identifier) @words)
(module_declaration name: (scoped_identifier) @words)
(module_body (_ (scoped_identifier) @words))

(method_invocation name: (identifier) @call)
(method_invocation object: (_) name: (identifier) @member)
(field_access field: (identifier) @member)
(scoped_type_identifier (_) (type_identifier) @member .)
(method_reference (_) (identifier) @member)
(object_creation_expression type: [
  (type_identifier) @call
  (scoped_type_identifier (_) (type_identifier) @call .)
  (generic_type . [(type_identifier) @call (scoped_type_identifier (_) (type_identifier) @call .)])
])
(object_creation_expression type: [
  (type_identifier) @inherit
  (scoped_type_identifier (_) (type_identifier) @inherit .)
  (generic_type . [(type_identifier) @inherit (scoped_type_identifier (_) (type_identifier) @inherit .)])
] (class_body))
(explicit_constructor_invocation constructor: [(super) @call (this) @call])
(marker_annotation name: (identifier) @annotate)
(marker_annotation name: (scoped_identifier name: (identifier) @annotate @member))
(annotation name: (identifier) @annotate)
(annotation name: (scoped_identifier name: (identifier) @annotate @member))
(element_value_pair key: (identifier) @keyword)
(labeled_statement . (identifier) @keyword)
(break_statement (identifier) @keyword)
(continue_statement (identifier) @keyword)

(superclass [
  (type_identifier) @inherit
  (scoped_type_identifier (_) (type_identifier) @inherit .)
  (generic_type . [(type_identifier) @inherit (scoped_type_identifier (_) (type_identifier) @inherit .)])
])
(type_list [
  (type_identifier) @inherit
  (scoped_type_identifier (_) (type_identifier) @inherit .)
  (generic_type . [(type_identifier) @inherit (scoped_type_identifier (_) (type_identifier) @inherit .)])
])

(assignment_expression left: [(identifier) @write (field_access field: (identifier) @write)])
(update_expression [(identifier) @write (field_access field: (identifier) @write)])

(variable_declarator name: (identifier) @bind)
(formal_parameter name: (identifier) @bind)
(inferred_parameters (identifier) @bind)
(lambda_expression parameters: (identifier) @bind)
(enhanced_for_statement name: (identifier) @bind)
(catch_formal_parameter name: (identifier) @bind)
(resource name: (identifier) @bind)
(instanceof_expression name: (identifier) @bind)
(type_pattern (identifier) @bind)
(record_pattern_component (identifier) @bind)
(type_parameter . (type_identifier) @bind)
(type_parameter (_) . (type_identifier) @bind)

(block) @scope
(constructor_body) @scope
(lambda_expression) @scope
(for_statement) @scope
(enhanced_for_statement) @scope
(catch_clause) @scope
(try_with_resources_statement) @scope
(switch_block_statement_group) @scope
(switch_rule) @scope

(if_statement) @branch
(for_statement) @branch
(enhanced_for_statement) @branch
(while_statement) @branch
(do_statement) @branch
(catch_clause) @branch
(ternary_expression) @branch
(switch_label "case") @branch
(binary_expression operator: "&&") @branch
(binary_expression operator: "||") @branch

(local_variable_declaration) @typed
(field_declaration) @typed
(constant_declaration) @typed
(formal_parameter) @typed
(spread_parameter) @typed
(method_declaration) @typed
(annotation_type_element_declaration) @typed
(enhanced_for_statement) @typed
(catch_formal_parameter) @typed
(resource) @typed
(instanceof_expression name: (_)) @typed
(type_pattern) @typed
(type_parameter (type_bound)) @typed
(method_invocation object: [
  (object_creation_expression)
  (parenthesized_expression)
  (array_access)
  (method_invocation arguments: (argument_list (_)))
]) @typed
(method_invocation object: (method_invocation object: (_) name: (identifier) arguments: (argument_list . ")"))) @typed
(field_access object: [
  (object_creation_expression)
  (parenthesized_expression)
  (array_access)
  (method_invocation)
]) @typed
