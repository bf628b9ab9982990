(identifier) @ref
(field_identifier) @ref
(package_identifier) @ref
(type_identifier) @annotate
(comment) @comment

(package_clause) @def.package
(function_declaration) @def.function
(method_declaration) @def.method
(type_declaration) @def.type
(source_file (const_declaration) @def.const)
(source_file (var_declaration) @def.var)
(type_spec type: (struct_type (field_declaration_list (field_declaration) @def.field)))
(type_spec type: (interface_type (method_elem) @def.interface_method))

(import_declaration) @import.statement
(import_spec name: (package_identifier) @import)

(call_expression function: [
  (identifier) @call
  (selector_expression field: (field_identifier) @call)
  (parenthesized_expression (identifier) @call)
  (index_expression operand: [(identifier) @call (selector_expression field: (field_identifier) @call)])
  (type_instantiation_expression . [(type_identifier) @call (qualified_type name: (type_identifier) @call)])
])
(type_conversion_expression type: (generic_type type: (type_identifier) @call))
(type_conversion_expression type: (generic_type type: (qualified_type name: (type_identifier) @call)))

(selector_expression field: (field_identifier) @member)
(qualified_type name: (type_identifier) @member)
(field_declaration name: (field_identifier) @keyword)
(composite_literal type: [(type_identifier) (qualified_type) (generic_type)] body: (literal_value (keyed_element key: (literal_element (identifier) @write @member))))
(literal_element (literal_value (keyed_element key: (literal_element (identifier) @write @member))))

(field_declaration !name type: [(type_identifier) @inherit (qualified_type name: (type_identifier) @inherit) (generic_type type: [(type_identifier) @inherit (qualified_type name: (type_identifier) @inherit)])])
(interface_type (type_elem . [(type_identifier) @inherit (qualified_type name: (type_identifier) @inherit) (generic_type type: [(type_identifier) @inherit (qualified_type name: (type_identifier) @inherit)])] .))

(assignment_statement left: (expression_list [(identifier) @write (selector_expression field: (field_identifier) @write)]))
(inc_statement [(identifier) @write (selector_expression field: (field_identifier) @write)])
(dec_statement [(identifier) @write (selector_expression field: (field_identifier) @write)])

(parameter_declaration name: (identifier) @bind)
(variadic_parameter_declaration name: (identifier) @bind)
(type_parameter_declaration name: (identifier) @bind)
(short_var_declaration left: (expression_list (identifier) @bind))
(var_spec name: (identifier) @bind)
(const_spec name: (identifier) @bind)
(range_clause left: (expression_list (identifier) @bind) ":=")
(range_clause left: (expression_list (identifier) @write) "=")
(receive_statement left: (expression_list (identifier) @bind) ":=")
(receive_statement left: (expression_list (identifier) @write) "=")
(type_switch_statement alias: (expression_list (identifier) @bind))

(func_literal) @scope
(method_elem) @scope
(function_type) @scope
(if_statement) @scope
(if_statement consequence: (block) @scope)
(if_statement alternative: (block) @scope)
(for_statement) @scope
(for_statement body: (block) @scope)
(statement_list (block) @scope)
(expression_switch_statement) @scope
(type_switch_statement) @scope
(expression_case) @scope
(type_case) @scope
(default_case) @scope
(communication_case) @scope

(if_statement) @branch
(for_statement) @branch
(expression_case) @branch
(type_case) @branch
(communication_case) @branch
(binary_expression operator: "&&") @branch
(binary_expression operator: "||") @branch

(parameter_declaration name: (identifier)) @typed
(variadic_parameter_declaration name: (identifier)) @typed
(field_declaration name: (field_identifier)) @typed
(var_spec) @typed
(const_spec type: (_)) @typed
(short_var_declaration) @typed
(receive_statement) @typed
(range_clause) @typed
(type_switch_statement alias: (_)) @typed
(composite_literal) @typed
(selector_expression operand: [
  (call_expression)
  (index_expression)
  (slice_expression)
  (parenthesized_expression)
  (type_assertion_expression)
  (type_conversion_expression)
  (composite_literal)
]) @typed
(function_declaration result: (_)) @typed
(method_declaration result: (_)) @typed
(method_elem result: (_)) @typed
(type_spec) @typed
(type_alias) @typed

(short_var_declaration) @declaration
(var_spec) @declaration
(const_spec) @declaration
(range_clause) @declaration
(receive_statement) @declaration
