(simple_identifier) @ref
(type_identifier) @ref
(type_identifier) @annotate
(self_expression) @ref
(super_expression) @ref
(comment) @comment
(multiline_comment) @comment

(class_declaration) @def.class
(protocol_declaration) @def.protocol
(enum_entry) @def.case
(function_declaration) @def.function
(protocol_function_declaration) @def.function
(init_declaration) @def.init
(deinit_declaration) @def.deinit
(subscript_declaration) @def.subscript
(typealias_declaration) @def.alias
(associatedtype_declaration) @def.alias
(source_file (property_declaration) @def.value)
(class_body (property_declaration) @def.member)
(enum_class_body (property_declaration) @def.member)
(protocol_property_declaration) @def.required

(import_declaration) @import.statement
(import_declaration (identifier (simple_identifier) @import))

(call_expression . (simple_identifier) @call)
(call_expression . (navigation_expression suffix: (navigation_suffix suffix: (simple_identifier) @call)))
(call_expression . (prefix_expression target: (simple_identifier) @call))
(macro_invocation (simple_identifier) @call)
(navigation_suffix suffix: (simple_identifier) @member)
(prefix_expression operation: "." target: (simple_identifier) @member)
(user_type (type_identifier) (type_identifier) @member)
(value_argument_label (simple_identifier) @keyword)
(parameter external_name: (simple_identifier) @keyword)
(directive) @ignore
(inheritance_specifier inherits_from: (user_type (type_identifier) @inherit))
(class_declaration declaration_kind: "extension" name: (user_type (type_identifier) @inherit))

(assignment target: (directly_assignable_expression (simple_identifier) @write))
(assignment target: (directly_assignable_expression (navigation_expression suffix: (navigation_suffix suffix: (simple_identifier) @write))))

(_ bound_identifier: (simple_identifier) @bind)
(pattern (pattern . (simple_identifier) @bind .))
(for_statement item: (pattern . (simple_identifier) @bind .))
(parameter name: (simple_identifier) @bind)
(lambda_parameter name: (simple_identifier) @bind)
(type_parameter . (type_identifier) @bind)
(switch_pattern (pattern "." (simple_identifier) @rebind))
(switch_pattern (pattern "." (simple_identifier) @member))

(statements) @scope
(lambda_literal) @scope
(if_statement) @scope
(for_statement) @scope
(while_statement) @scope
(catch_block) @scope
(switch_entry) @scope

(if_statement) @branch
(guard_statement) @branch
(for_statement) @branch
(while_statement) @branch
(repeat_while_statement) @branch
(switch_entry (switch_pattern)) @branch
(catch_block) @branch
(ternary_expression) @branch
(conjunction_expression) @branch
(disjunction_expression) @branch
(nil_coalescing_expression) @branch

(property_declaration) @typed
(protocol_property_declaration) @typed
(parameter) @typed
(function_declaration) @typed
(protocol_function_declaration) @typed
(navigation_expression) @typed
(if_statement) @typed
(guard_statement) @typed
(while_statement) @typed
(for_statement) @typed
(value_argument) @typed
(typealias_declaration) @typed
(type_parameter) @typed
