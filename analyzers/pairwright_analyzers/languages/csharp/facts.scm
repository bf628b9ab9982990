(identifier) @ref
(implicit_parameter) @bind
(comment) @comment
(member_access_expression expression: ["this" "base"] @ref)
(constructor_initializer ["this" "base"] @call)

(namespace_declaration) @def.namespace
(file_scoped_namespace_declaration) @def.namespace
(class_declaration) @def.class
(struct_declaration) @def.struct
(record_declaration) @def.record
(interface_declaration) @def.interface
(enum_declaration) @def.enum
(enum_member_declaration) @def.constant
(delegate_declaration) @def.delegate
(local_function_statement) @def.local
[
  (method_declaration) (constructor_declaration) (destructor_declaration) (operator_declaration)
  (conversion_operator_declaration) (indexer_declaration) (property_declaration)
  (event_declaration) (event_field_declaration) (field_declaration)
] @def.member
(record_declaration (parameter_list (parameter) @def.component))

(using_directive) @import.statement
(using_directive) @words
(namespace_declaration name: (qualified_name) @words)
(file_scoped_namespace_declaration name: (qualified_name) @words)

(_ type: [
  (identifier) @annotate
  (generic_name . (identifier) @annotate)
  (qualified_name name: [(identifier) @annotate (generic_name . (identifier) @annotate)])
])
(method_declaration returns: [
  (identifier) @annotate
  (generic_name . (identifier) @annotate)
  (qualified_name name: [(identifier) @annotate (generic_name . (identifier) @annotate)])
])
(type_argument_list [
  (identifier) @annotate
  (generic_name . (identifier) @annotate)
  (qualified_name name: [(identifier) @annotate (generic_name . (identifier) @annotate)])
])
(as_expression right: (identifier) @annotate)
(attribute name: [(identifier) @annotate (qualified_name name: (identifier) @annotate)])
(type_parameter_constraints_clause . (identifier) @annotate)

(base_list [
  (identifier) @inherit
  (generic_name . (identifier) @inherit)
  (qualified_name name: [(identifier) @inherit (generic_name . (identifier) @inherit)])
  (primary_constructor_base_type type: [
    (identifier) @inherit
    (generic_name . (identifier) @inherit)
    (qualified_name name: (identifier) @inherit)
  ])
])

(invocation_expression function: [
  (identifier) @call
  (generic_name . (identifier) @call)
  (member_access_expression name: [(identifier) @call (generic_name . (identifier) @call)])
  (member_binding_expression name: [(identifier) @call (generic_name . (identifier) @call)])
  (conditional_access_expression (member_binding_expression name: [(identifier) @call (generic_name . (identifier) @call)]))
])
(object_creation_expression type: [
  (identifier) @call
  (generic_name . (identifier) @call)
  (qualified_name name: [(identifier) @call (generic_name . (identifier) @call)])
])

(member_access_expression name: [(identifier) @member (generic_name . (identifier) @member)])
(member_binding_expression name: [(identifier) @member (generic_name . (identifier) @member)])
(qualified_name name: [(identifier) @member (generic_name . (identifier) @member)])
(alias_qualified_name name: [(identifier) @member (generic_name . (identifier) @member)])
(subpattern . (identifier) @member)

(assignment_expression left: [
  (identifier) @write
  (member_access_expression name: (identifier) @write)
  (tuple_expression (argument [(identifier) @write (member_access_expression name: (identifier) @write)]))
])
(initializer_expression (assignment_expression left: (identifier) @member))
(with_initializer . (identifier) @write @member)
(postfix_unary_expression [(identifier) @write (member_access_expression name: (identifier) @write)] ["++" "--"])
(prefix_unary_expression ["++" "--"] [(identifier) @write (member_access_expression name: (identifier) @write)])
(argument ["ref" "out"] (identifier) @write)

(preproc_if condition: [(identifier) @keyword (_ (identifier) @keyword)])
(preproc_elif condition: [(identifier) @keyword (_ (identifier) @keyword)])
(argument name: (identifier) @keyword)
(attribute_argument name: (identifier) @keyword)
(anonymous_object_creation_expression (identifier) @keyword . "=")
(tuple_element name: (identifier) @keyword)
(goto_statement (identifier) @keyword)
(labeled_statement . (identifier) @keyword)

(variable_declarator name: (identifier) @bind)
(variable_declarator (tuple_pattern name: (identifier) @bind))
(parameter name: (identifier) @bind)
(parameter_list name: (identifier) @bind)
(type_parameter name: (identifier) @bind)
(foreach_statement left: [(identifier) @bind (tuple_pattern name: (identifier) @bind)])
(catch_declaration name: (identifier) @bind)
(declaration_pattern name: (identifier) @bind)
(recursive_pattern name: (identifier) @bind)
(var_pattern name: (identifier) @bind)
(declaration_expression name: (identifier) @bind)
(from_clause name: (identifier) @bind)
(join_clause . (identifier) @bind)
(join_into_clause (identifier) @bind)
(let_clause . (identifier) @bind)
(query_expression (group_clause) . (identifier) @bind)

(block) @scope
(lambda_expression) @scope
(anonymous_method_expression) @scope
(for_statement) @scope
(foreach_statement) @scope
(using_statement) @scope
(catch_clause) @scope
(switch_section) @scope
(switch_expression_arm) @scope
(query_expression) @scope
(delegate_declaration) @scope

(if_statement) @branch
(for_statement) @branch
(foreach_statement) @branch
(while_statement) @branch
(do_statement) @branch
(catch_clause) @branch
(switch_section) @branch
(switch_expression_arm) @branch
(conditional_expression) @branch
(binary_expression operator: "&&") @branch
(binary_expression operator: "||") @branch
(binary_expression operator: "??") @branch

(variable_declaration) @typed
(parameter) @typed
(property_declaration) @typed
(method_declaration) @typed
(local_function_statement) @typed
(foreach_statement) @typed
(catch_declaration) @typed
(declaration_pattern) @typed
(recursive_pattern name: (_)) @typed
(declaration_expression) @typed
(object_creation_expression initializer: (initializer_expression (assignment_expression))) @typed
(member_access_expression expression: [
  (object_creation_expression)
  (parenthesized_expression)
  (element_access_expression)
  (invocation_expression)
]) @typed
