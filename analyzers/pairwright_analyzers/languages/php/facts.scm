(name) @ref
(variable_name) @ref
(variable_name) @whole
(relative_scope) @ref
(comment) @comment

(namespace_definition) @def.namespace
(class_declaration) @def.class
(interface_declaration) @def.interface
(trait_declaration) @def.class
(enum_declaration) @def.enum
(enum_case) @def.case
(method_declaration) @def.function
(function_definition) @def.function
(property_promotion_parameter) @def.promoted
(property_element) @def.property
(const_element) @def.constant
(expression_statement (function_call_expression function: (name) arguments: (arguments . (argument (string))))) @def.define

(namespace_use_declaration) @import.statement
(include_expression) @import.statement
(include_once_expression) @import.statement
(require_expression) @import.statement
(require_once_expression) @import.statement
(namespace_use_clause (name) @import)
(namespace_use_clause (qualified_name (name) @import))
(namespace_use_clause alias: (name) @import)
(namespace_use_declaration (namespace_name (name) @import))
(namespace_use_clause (qualified_name prefix: (namespace_name (name) @import)))

(property_element name: (variable_name (name) @inner))
(scoped_property_access_expression name: (variable_name (name) @inner))
(scoped_property_access_expression name: (variable_name (name) @member))
(member_access_expression name: (name) @member)
(nullsafe_member_access_expression name: (name) @member)
(member_call_expression name: (name) @member)
(nullsafe_member_call_expression name: (name) @member)
(scoped_call_expression name: (name) @member)
(class_constant_access_expression (_) (name) @member)
(qualified_name prefix: (namespace_name) (name) @member)
(namespace_name (name) (name) @member)

(function_call_expression function: (name) @call)
(function_call_expression function: (qualified_name (name) @call))
(function_call_expression function: (variable_name) @call)
(member_call_expression name: (name) @call)
(nullsafe_member_call_expression name: (name) @call)
(scoped_call_expression name: (name) @call)
(object_creation_expression (name) @call)
(object_creation_expression (qualified_name (name) @call))
(attribute (name) @call)
(attribute (qualified_name (name) @call))

(base_clause (name) @inherit)
(base_clause (qualified_name (name) @inherit))
(class_interface_clause (name) @inherit)
(class_interface_clause (qualified_name (name) @inherit))
(use_declaration (name) @inherit)
(use_declaration (qualified_name (name) @inherit))
(named_type (name) @annotate)
(named_type (qualified_name (name) @annotate))

(assignment_expression left: (variable_name) @write)
(assignment_expression left: (member_access_expression name: (name) @write))
(assignment_expression left: (scoped_property_access_expression name: (variable_name (name) @write)))
(assignment_expression left: (subscript_expression . (variable_name) @write))
(assignment_expression left: (subscript_expression . (member_access_expression name: (name) @write)))
(reference_assignment_expression left: (variable_name) @write)
(reference_assignment_expression left: (member_access_expression name: (name) @write))
(augmented_assignment_expression left: (variable_name) @write)
(augmented_assignment_expression left: (member_access_expression name: (name) @write))
(augmented_assignment_expression left: (scoped_property_access_expression name: (variable_name (name) @write)))
(update_expression argument: (variable_name) @write)
(update_expression argument: (member_access_expression name: (name) @write))
(list_literal (variable_name) @write)
(unset_statement (variable_name) @write)

(simple_parameter name: (variable_name) @bind)
(variadic_parameter name: (variable_name) @bind)
(property_promotion_parameter name: (variable_name) @bind)
(property_promotion_parameter name: (by_ref (variable_name) @bind))
(foreach_statement (_) . (variable_name) @bind)
(foreach_statement (pair (variable_name) @bind))
(foreach_statement (pair (by_ref (variable_name) @bind)))
(foreach_statement (by_ref (variable_name) @bind))
(foreach_statement (list_literal (variable_name) @bind))
(catch_clause name: (variable_name) @bind)
(static_variable_declaration name: (variable_name) @bind)
(global_declaration (variable_name) @outer)
(argument name: (name) @keyword)

(anonymous_function) @scope
(arrow_function) @scope
(anonymous_class) @scope

(if_statement) @branch
(else_if_clause) @branch
(for_statement) @branch
(foreach_statement) @branch
(while_statement) @branch
(do_statement) @branch
(case_statement) @branch
(catch_clause) @branch
(match_conditional_expression) @branch
(conditional_expression) @branch
(binary_expression operator: ["&&" "||" "and" "or" "??"] @branch)

(simple_parameter type: (_)) @typed
(property_promotion_parameter type: (_)) @typed
(property_declaration type: (_)) @typed
(method_declaration return_type: (_)) @typed
(function_definition return_type: (_)) @typed
(catch_clause type: (_) name: (_)) @typed
(assignment_expression left: [(variable_name) (member_access_expression)] right: [(object_creation_expression) (function_call_expression) (scoped_call_expression) (member_call_expression)]) @typed
(member_call_expression object: [
  (parenthesized_expression)
  (member_call_expression arguments: (arguments (_)))
  (scoped_call_expression arguments: (arguments (_)))
  (function_call_expression arguments: (arguments (_)))
]) @typed
(nullsafe_member_call_expression object: [
  (parenthesized_expression)
  (member_call_expression arguments: (arguments (_)))
  (scoped_call_expression arguments: (arguments (_)))
  (function_call_expression arguments: (arguments (_)))
]) @typed
(member_access_expression object: [
  (parenthesized_expression)
  (member_call_expression arguments: (arguments (_)))
  (scoped_call_expression arguments: (arguments (_)))
  (function_call_expression arguments: (arguments (_)))
]) @typed
(nullsafe_member_access_expression object: [
  (parenthesized_expression)
  (member_call_expression arguments: (arguments (_)))
  (scoped_call_expression arguments: (arguments (_)))
  (function_call_expression arguments: (arguments (_)))
]) @typed
