(identifier) @ref
(field_identifier) @ref
(self) @ref
(super) @ref
(crate) @ref
(type_identifier) @annotate
(shorthand_field_identifier) @bind
(line_comment) @comment
(block_comment) @comment
(lifetime) @ignore
(label) @ignore
(visibility_modifier) @ignore
(extern_crate_declaration (crate) @ignore)

(source_file (function_item) @def.function)
(block (function_item) @def.function)
(ERROR (function_item) @def.function)
(mod_item body: (declaration_list (function_item) @def.function))
(impl_item !trait body: (declaration_list (function_item) @def.method))
(impl_item trait: (_) body: (declaration_list (function_item) @def.trait_impl))
(trait_item body: (declaration_list (function_item) @def.trait))
(trait_item body: (declaration_list (function_signature_item) @def.trait))
(foreign_mod_item body: (declaration_list (function_signature_item) @def.foreign))
(struct_item) @def.struct
(union_item) @def.struct
(enum_item) @def.enum
(enum_variant) @def.variant
(trait_item) @def.interface
(impl_item) @def.impl
(mod_item body: (_)) @def.mod
(type_item) @def.type
(associated_type) @def.type
(macro_definition) @def.macro
(source_file (macro_invocation macro: (identifier) (token_tree)) @def.test_macro)
(source_file (expression_statement (macro_invocation macro: (identifier) (token_tree)) @def.test_macro))
(source_file [(const_item) (static_item)] @def.value)
(mod_item body: (declaration_list [(const_item) (static_item)] @def.value))
(foreign_mod_item body: (declaration_list (static_item) @def.value))
(impl_item !trait body: (declaration_list (const_item) @def.value))
(impl_item trait: (_) body: (declaration_list (const_item) @def.trait_value))
(trait_item body: (declaration_list (const_item) @def.trait_value))
(struct_item body: (field_declaration_list (field_declaration) @def.field))
(union_item body: (field_declaration_list (field_declaration) @def.field))
(field_declaration name: (field_identifier) @keyword)

(use_declaration) @import.statement
(extern_crate_declaration) @import.statement
(mod_item !body) @import.statement
(use_declaration) @words
(attribute_item) @words
(inner_attribute_item) @words
(macro_invocation (token_tree (string_literal) @words))
(extern_crate_declaration (identifier) @import)
(mod_item !body name: (identifier) @import)

(call_expression function: [
  (identifier) @call
  (scoped_identifier name: (identifier) @call)
  (field_expression field: (field_identifier) @call)
  (generic_function function: [
    (identifier) @call
    (scoped_identifier name: (identifier) @call)
    (field_expression field: (field_identifier) @call)
  ])
])
(macro_invocation macro: [(identifier) @call (scoped_identifier name: (identifier) @call)])
(token_tree (identifier) @call . (token_tree . "("))
(token_tree (identifier) @call . "!" . (token_tree))
(token_tree ["." "::"] . (identifier) @member)

(scoped_identifier path: (_) name: [(identifier) (super)] @member)
(scoped_identifier path: [(identifier) (self) (super) (crate)] @annotate)
(scoped_type_identifier path: [(identifier) (self) (super) (crate)] @annotate)
(token_tree [(crate) (super)] @annotate)
(scoped_type_identifier path: (_) name: (type_identifier) @member)
(field_expression field: (field_identifier) @member)
(field_initializer field: (field_identifier) @write @member)
(field_pattern name: (field_identifier) @member)

(impl_item trait: [
  (type_identifier) @inherit
  (scoped_type_identifier name: (type_identifier) @inherit)
  (generic_type type: [(type_identifier) @inherit (scoped_type_identifier name: (type_identifier) @inherit)])
])
(impl_item type: [
  (type_identifier) @inherit
  (scoped_type_identifier name: (type_identifier) @inherit)
  (generic_type type: [(type_identifier) @inherit (scoped_type_identifier name: (type_identifier) @inherit)])
  (reference_type type: [(type_identifier) @inherit (generic_type type: (type_identifier) @inherit)])
])
(trait_item bounds: (trait_bounds [
  (type_identifier) @inherit
  (scoped_type_identifier name: (type_identifier) @inherit)
  (generic_type type: [(type_identifier) @inherit (scoped_type_identifier name: (type_identifier) @inherit)])
]))

(assignment_expression left: [(identifier) @write (field_expression field: (field_identifier) @write)])
(compound_assignment_expr left: [(identifier) @write (field_expression field: (field_identifier) @write)])

(parameter pattern: (identifier) @bind)
(closure_parameters (identifier) @bind)
(let_declaration pattern: (identifier) @bind)
(for_expression pattern: (identifier) @bind)
(type_parameter name: (type_identifier) @bind)
(const_parameter name: (identifier) @bind)
(mut_pattern (identifier) @bind)
(ref_pattern (identifier) @bind)
(reference_pattern (identifier) @bind)
(captured_pattern . (identifier) @bind)
(block [(const_item name: (identifier) @bind) (static_item name: (identifier) @bind)])
((tuple_struct_pattern type: (_) (identifier) @bind) (#not-match? @bind "^[A-Z]"))
((tuple_pattern (identifier) @bind) (#not-match? @bind "^[A-Z]"))
((slice_pattern (identifier) @bind) (#not-match? @bind "^[A-Z]"))
((or_pattern (identifier) @bind) (#not-match? @bind "^[A-Z]"))
((match_pattern . (identifier) @bind) (#not-match? @bind "^[A-Z]"))
((field_pattern pattern: (identifier) @bind) (#not-match? @bind "^[A-Z]"))
((let_condition pattern: (identifier) @bind) (#not-match? @bind "^[A-Z]"))

(block) @scope
(closure_expression) @scope
(match_arm) @scope
(for_expression) @scope
(if_expression) @scope
(while_expression) @scope
(function_signature_item) @scope

(if_expression) @branch
(while_expression) @branch
(for_expression) @branch
(loop_expression) @branch
(match_arm) @branch
(try_expression) @branch
(let_declaration alternative: (_)) @branch
(let_chain "&&" @branch)
(binary_expression operator: "&&") @branch
(binary_expression operator: "||") @branch

(parameter type: (_)) @typed
(let_declaration) @typed
(let_condition) @typed
(match_expression) @typed
(for_expression) @typed
(call_expression function: (field_expression) arguments: (arguments . (closure_expression))) @typed
(field_expression value: [
  (call_expression)
  (try_expression)
  (await_expression)
  (index_expression)
  (parenthesized_expression)
  (struct_expression)
]) @typed
(scoped_identifier path: [(bracketed_type) (generic_type)]) @typed
(scoped_type_identifier path: [(bracketed_type) (generic_type)]) @typed
(struct_expression) @typed
(struct_pattern) @typed
(field_declaration) @typed
(const_item) @typed
(static_item) @typed
(type_item) @typed
(function_item return_type: (_)) @typed
(function_item type_parameters: (_)) @typed
(function_signature_item return_type: (_)) @typed
(function_signature_item type_parameters: (_)) @typed
(impl_item type_parameters: (_)) @typed
(struct_item type_parameters: (_)) @typed
(enum_item type_parameters: (_)) @typed
(trait_item type_parameters: (_)) @typed

(let_declaration) @declaration
(let_condition) @declaration
(for_expression) @declaration
