(identifier) @ref
(comment) @comment

(function_definition) @def.function
(class_definition) @def.class
(class_definition body: (block (expression_statement (assignment left: (_)) @def.field)))
(assignment left: (attribute object: (identifier))) @def.attribute
(type_alias_statement) @def.type

(import_statement) @import.statement
(import_from_statement) @import.statement
(future_import_statement) @import.statement
(import_statement name: (dotted_name (identifier) @import))
(import_statement name: (aliased_import name: (dotted_name (identifier) @import) alias: (identifier) @import))
(import_from_statement module_name: (_ (identifier) @import))
(import_from_statement module_name: (relative_import (dotted_name (identifier) @import)))
(import_from_statement name: (dotted_name (identifier) @import))
(import_from_statement name: (aliased_import name: (dotted_name (identifier) @import) alias: (identifier) @import))

(call function: (identifier) @call)
(call function: (attribute attribute: (identifier) @call))
(decorator (identifier) @call)
(decorator (attribute attribute: (identifier) @call))

(class_definition superclasses: (argument_list (identifier) @inherit))
(class_definition superclasses: (argument_list (attribute attribute: (identifier) @inherit)))
(class_definition superclasses: (argument_list (subscript value: (identifier) @inherit)))
(class_definition superclasses: (argument_list (subscript value: (attribute attribute: (identifier) @inherit))))
(type (identifier) @annotate)
(_ type_parameters: (type_parameter (type [
  (identifier) @bind
  (constrained_type . (type (identifier) @bind))
  (splat_type (identifier) @bind)
])))
(type (attribute attribute: (identifier) @annotate))
(type (generic_type (identifier) @annotate))
(type (subscript value: (identifier) @annotate))

(assignment left: (identifier) @write)
(assignment left: (attribute attribute: (identifier) @write))
(assignment left: (pattern_list (identifier) @write))
(assignment left: (tuple_pattern (identifier) @write))
(assignment left: (list_pattern (identifier) @write))
(pattern_list (tuple_pattern (identifier) @write))
(list_splat_pattern (identifier) @write)
(augmented_assignment left: (identifier) @write)
(augmented_assignment left: (attribute attribute: (identifier) @write))
(named_expression name: (identifier) @write)
(for_statement left: (identifier) @write)
(for_statement left: (pattern_list (identifier) @write))
(for_statement left: (tuple_pattern (identifier) @write))
(for_in_clause left: (identifier) @bind)
(for_in_clause left: (pattern_list (identifier) @bind))
(for_in_clause left: (tuple_pattern (identifier) @bind))
(as_pattern_target (identifier) @write)
(as_pattern_target (tuple (identifier) @write))
(as_pattern_target (list (identifier) @write))
(delete_statement (identifier) @write)
(case_pattern (dotted_name . (identifier) @write .))
(splat_pattern (identifier) @write)
(case_pattern (as_pattern (case_pattern) (identifier) @write))

(parameters (identifier) @bind)
(lambda_parameters (identifier) @bind)
(default_parameter name: (identifier) @bind)
(typed_parameter . (identifier) @bind)
(typed_parameter . (list_splat_pattern (identifier) @bind))
(typed_parameter . (dictionary_splat_pattern (identifier) @bind))
(typed_default_parameter name: (identifier) @bind)
(parameters (list_splat_pattern (identifier) @bind))
(parameters (dictionary_splat_pattern (identifier) @bind))
(lambda_parameters (list_splat_pattern (identifier) @bind))
(lambda_parameters (dictionary_splat_pattern (identifier) @bind))
(keyword_argument name: (identifier) @keyword)
(global_statement (identifier) @outer)
(nonlocal_statement (identifier) @outer)

(lambda) @scope
(list_comprehension) @scope
(set_comprehension) @scope
(dictionary_comprehension) @scope
(generator_expression) @scope

(if_statement) @branch
(elif_clause) @branch
(for_statement) @branch
(while_statement) @branch
(except_clause) @branch
(case_clause) @branch
(conditional_expression) @branch
(boolean_operator) @branch
(for_in_clause) @branch
(if_clause) @branch
(assert_statement) @branch

(assignment left: (_) right: [
  (call) (identifier) (attribute) (await) (subscript) (list) (expression_list) (boolean_operator)
  (conditional_expression) (list_comprehension) (parenthesized_expression)
]) @typed
(assignment left: (_) type: (_)) @typed
(named_expression) @typed
(typed_parameter) @typed
(typed_default_parameter) @typed
(function_definition) @typed
(with_item value: (as_pattern)) @typed
(for_statement) @typed
(for_in_clause) @typed
(except_clause (as_pattern)) @typed
(case_pattern (as_pattern)) @typed
(attribute object: [(call) (subscript) (parenthesized_expression)]) @typed
(call arguments: (argument_list (keyword_argument))) @typed

(attribute object: [
  (string) (concatenated_string) (integer) (float) (list) (dictionary) (set) (tuple)
  (list_comprehension) (dictionary_comprehension) (set_comprehension)
] attribute: (identifier) @ignore)
(type (string (string_content) @words))
(module (expression_statement (assignment right: (list (string (string_content) @words)))))
(module (expression_statement (assignment right: (tuple (string (string_content) @words)))))
(module (expression_statement (augmented_assignment right: (list (string (string_content) @words)))))
