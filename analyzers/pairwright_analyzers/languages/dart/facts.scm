(identifier) @ref
(identifier_dollar_escaped) @ref
(this) @ref
(super) @ref
(type_identifier) @annotate
(comment) @comment
(documentation_comment) @comment

(local_function_declaration) @def.local
(expression_statement . (identifier) . (selector (argument_part (arguments . (argument (string_literal)) (argument (function_expression)))))) @def.test

(import_or_export) @import.statement
(part_directive) @import.statement
(part_of_directive) @import.statement
(import_specification (identifier) @import)
(combinator (identifier) @import)
(library_name) @ignore
(part_of_directive) @ignore

(annotation name: (identifier) @annotate)
(new_expression (type_identifier) @call)
(const_object_expression (type_identifier) @call)
(_ (identifier) @call . (selector (argument_part)))
(_ (selector (_ (identifier) @call)) . (selector (argument_part)))
(cascade_section (cascade_selector (identifier) @call) . (argument_part))
(cascade_selector (identifier) @member)
(label (identifier) @keyword)
(typed_identifier (identifier) @keyword)
(record_type_field (identifier) @keyword)
(object_pattern (identifier) @keyword)

(superclass (type_identifier) @inherit)
(mixins (type_identifier) @inherit)
(interfaces (type_identifier) @inherit)
(mixin_application (type_identifier) @inherit)
(mixin_declaration (type_identifier) @inherit)
(extension_declaration class: (type_identifier) @inherit)

(assignable_expression . (identifier) @write .)
(assignable_expression (unconditional_assignable_selector (identifier) @write) .)
(constructor_param (identifier) @write)
(field_initializer . (identifier) @write)
(formal_parameter name: (identifier) @bind)
(formal_parameter . (identifier) @bind .)
(super_formal_parameter (identifier) @bind)
(initialized_variable_definition name: (identifier) @bind)
(for_loop_parts name: (identifier) @bind)
(catch_parameters (identifier) @bind)
(variable_pattern (identifier) @bind)
(pattern_variable_declaration (_ (constant_pattern (identifier) @bind)))
(type_parameter (type_identifier) @bind)

(block) @scope
(function_expression) @scope
(for_statement) @scope
(try_statement) @scope
(if_statement) @scope
(switch_statement_case) @scope
(switch_expression_case) @scope

(if_statement) @branch
(if_element) @branch
(for_statement) @branch
(for_element) @branch
(while_statement) @branch
(do_statement) @branch
(switch_statement_case) @branch
(switch_expression_case) @branch
(catch_clause) @branch
(conditional_expression) @branch
(if_null_expression) @branch
(logical_and_expression) @branch
(logical_or_expression) @branch
