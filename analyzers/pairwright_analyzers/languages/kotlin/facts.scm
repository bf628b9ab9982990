(identifier) @ref
(this_expression) @ref
(super_expression) @ref
(line_comment) @comment
(block_comment) @comment

(package_header) @def.package
(class_declaration) @def.class
(object_declaration) @def.object
(companion_object) @def.companion
(object_literal) @def.anonymous
(enum_entry) @def.entry
(function_declaration) @def.function
(secondary_constructor) @def.constructor
(type_alias) @def.alias
(source_file (property_declaration) @def.value)
(class_body (property_declaration) @def.member)
(enum_class_body (property_declaration) @def.member)
(class_parameter) @def.parameter

(import) @import.statement
(import (qualified_identifier (identifier) @import))
(import (identifier) @import)
(package_header (qualified_identifier (identifier) @import))
(string_literal) @words

(user_type (identifier) @annotate)
(user_type (identifier) (identifier) @member)
(call_expression . (identifier) @call)
(call_expression . (navigation_expression (identifier) @call .))
(infix_expression (_) . (identifier) @call . (_))
(navigation_expression (_) (identifier) @member)
(callable_reference (_) (identifier) @member)
(value_argument (identifier) @keyword "=")
(constructor_delegation_call "this" @call)
(label) @ignore
(delegation_specifier (user_type (identifier) @inherit))
(delegation_specifier (constructor_invocation (user_type (identifier) @inherit)))
(explicit_delegation (user_type (identifier) @inherit))

(assignment left: (identifier) @write)
(assignment left: (navigation_expression (identifier) @write .))
(unary_expression argument: (identifier) @write operator: ["++" "--"])
(unary_expression operator: ["++" "--"] argument: (identifier) @write)

(parameter . (identifier) @bind)
(class_parameter (identifier) @bind)
(variable_declaration . (identifier) @bind)
(catch_block . (identifier) @bind)
(type_parameter (identifier) @bind)

(block) @scope
(lambda_literal) @scope
(anonymous_function) @scope
(for_statement) @scope
(catch_block) @scope
(when_expression) @scope

(if_expression) @branch
(for_statement) @branch
(while_statement) @branch
(do_while_statement) @branch
(when_entry condition: (_)) @branch
(catch_block) @branch
(binary_expression operator: ["&&" "||" "?:"] @branch)

(property_declaration) @typed
(parameter) @typed
(class_parameter) @typed
(function_declaration) @typed
(catch_block) @typed
(type_parameter) @typed
(type_alias) @typed
(value_argument) @typed
(for_statement) @typed
(navigation_expression) @typed
