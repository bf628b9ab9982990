(identifier) @ref
(constant) @ref
(instance_variable) @ref
(class_variable) @ref
(global_variable) @ref
(self) @ref
(super) @ref
(comment) @comment
(setter) @ref
(setter) @whole

(module) @def.module
(class) @def.class
(method) @def.method
(singleton_method) @def.singleton_method
(alias) @def.alias
(assignment left: (constant)) @def.constant
(assignment left: (scope_resolution)) @def.constant
(operator_assignment left: (constant)) @def.constant
(assignment left: [(instance_variable) (class_variable)]) @def.field
(operator_assignment left: [(instance_variable) (class_variable)]) @def.field
(program (assignment left: (global_variable)) @def.global)
(call !receiver method: (identifier) arguments: (argument_list (simple_symbol) @def.attribute))
(call method: (identifier) arguments: (argument_list . [(string) (constant) (scope_resolution) (simple_symbol)]) block: (_)) @def.test

(call !receiver method: (identifier) arguments: (argument_list . [(string) (simple_symbol)])) @import.statement

(call method: (_) @call)
(call receiver: (_) method: (_) @member)
(scope_resolution scope: (_) name: (constant) @member)
(method name: (operator) @ref)
(singleton_method name: (operator) @ref)

(superclass (constant) @inherit)
(superclass (scope_resolution name: (constant) @inherit))
(superclass (call receiver: (constant) @inherit))
((call !receiver method: (identifier) @_mixin arguments: (argument_list [(constant) @inherit (scope_resolution name: (constant) @inherit)]))
  (#any-of? @_mixin "include" "extend" "prepend"))

(assignment left: (identifier) @bind)
(operator_assignment left: (identifier) @bind)
(left_assignment_list (identifier) @bind)
(destructured_left_assignment (identifier) @bind)
(rest_assignment (identifier) @bind)
(assignment left: [(instance_variable) (class_variable) (global_variable) (constant)] @write)
(operator_assignment left: [(instance_variable) (class_variable) (global_variable) (constant)] @write)
(left_assignment_list [(instance_variable) (class_variable) (global_variable)] @write)
(assignment left: (call method: (identifier) @write))
(operator_assignment left: (call method: (identifier) @write))
(left_assignment_list (call method: (identifier) @write))

(method_parameters (identifier) @bind)
(block_parameters (identifier) @bind)
(lambda_parameters (identifier) @bind)
(destructured_parameter (identifier) @bind)
(optional_parameter name: (identifier) @bind)
(keyword_parameter name: (identifier) @bind)
(splat_parameter name: (identifier) @bind)
(hash_splat_parameter name: (identifier) @bind)
(block_parameter name: (identifier) @bind)
(exception_variable (identifier) @bind)
(exception_variable (instance_variable) @write)
(for pattern: (identifier) @bind)
(as_pattern name: (identifier) @bind)
(array_pattern (identifier) @bind)
(find_pattern (identifier) @bind)
(in_clause pattern: (identifier) @bind)
(keyword_pattern value: (identifier) @bind)
(keyword_pattern key: (hash_key_symbol) @bind !value)

(argument_list (pair key: (hash_key_symbol) @keyword))
(call !receiver arguments: (argument_list (simple_symbol) @words))
(block_argument (simple_symbol) @words)

(block) @scope
(do_block) @scope
(lambda) @scope
(singleton_class) @scope

(if) @branch
(unless) @branch
(elsif) @branch
(while) @branch
(until) @branch
(for) @branch
(when) @branch
(in_clause) @branch
(rescue) @branch
(if_modifier) @branch
(unless_modifier) @branch
(while_modifier) @branch
(until_modifier) @branch
(rescue_modifier) @branch
(conditional) @branch
(binary ["&&" "||" "and" "or"] @branch)

(assignment left: [(identifier) (instance_variable) (class_variable) (constant) (global_variable)]
  right: [(call method: (identifier)) (identifier) (instance_variable)]) @typed
(method) @typed
(singleton_method) @typed
(call receiver: (call receiver: (_) method: (identifier) arguments: (argument_list (_))) method: (identifier)) @typed
(operator_assignment right: (call receiver: (_) method: (identifier))) @typed
