(identifier) @ref
(field_identifier) @ref
(field_expression field: (field_identifier) @member)
(field_designator (field_identifier) @member)
(type_identifier) @annotate
(comment) @comment
(preproc_arg) @words

(function_definition) @def.function
(translation_unit (declaration declarator: (_) @def.declarator))
(declaration_list (declaration declarator: (_) @def.declarator))
(linkage_specification (declaration declarator: (_) @def.declarator))
(preproc_ifdef (declaration declarator: (_) @def.declarator))
(preproc_if (declaration declarator: (_) @def.declarator))
(preproc_else (declaration declarator: (_) @def.declarator))
(preproc_elif (declaration declarator: (_) @def.declarator))
(ERROR (declaration declarator: (_) @def.declarator))
(ERROR (function_declarator) @def.orphan)
(field_declaration declarator: (_) @def.field)
(struct_specifier body: (_)) @def.struct
(union_specifier body: (_)) @def.struct
(enum_specifier body: (_)) @def.enum
(enumerator) @def.enumerator
(type_definition declarator: (_) @def.typedef)
(preproc_def) @def.macro
(preproc_function_def) @def.macro

(preproc_include) @import.statement

(call_expression function: (identifier) @call)
(call_expression function: (field_expression field: (field_identifier) @call))
(call_expression function: (parenthesized_expression (pointer_expression argument: (identifier) @call)))

(assignment_expression left: (identifier) @write)
(assignment_expression left: (field_expression field: (field_identifier) @write))
(assignment_expression left: (subscript_expression argument: (identifier) @write))
(assignment_expression left: (subscript_expression argument: (field_expression field: (field_identifier) @write)))
(assignment_expression left: (pointer_expression argument: (identifier) @write))
(update_expression argument: (identifier) @write)
(update_expression argument: (field_expression field: (field_identifier) @write))
(initializer_pair designator: (field_designator (field_identifier) @keyword))
(initializer_pair designator: (field_identifier) @keyword)

(declaration declarator: (identifier) @bind)
(init_declarator declarator: (identifier) @bind)
(pointer_declarator declarator: (identifier) @bind)
(array_declarator declarator: (identifier) @bind)
(parenthesized_declarator (identifier) @bind)
(parameter_declaration declarator: (identifier) @bind)
(parameter_declaration declarator: (function_declarator declarator: (identifier) @bind))
(preproc_params (identifier) @bind)

(for_statement) @scope
(if_statement consequence: (compound_statement) @scope)
(else_clause (compound_statement) @scope)
(while_statement body: (compound_statement) @scope)
(do_statement body: (compound_statement) @scope)
(switch_statement body: (compound_statement) @scope)
(case_statement (compound_statement) @scope)
(compound_statement (compound_statement) @scope)
(parenthesized_expression (compound_statement) @scope)
; A prototype's parameters are bound in its own list alone.
(declaration declarator: (function_declarator parameters: (parameter_list) @scope))
(declaration declarator: (pointer_declarator declarator: (function_declarator parameters: (parameter_list) @scope)))
(field_declaration declarator: (function_declarator parameters: (parameter_list) @scope))
(field_declaration declarator: (pointer_declarator declarator: (function_declarator parameters: (parameter_list) @scope)))
(type_definition declarator: (function_declarator parameters: (parameter_list) @scope))
(parameter_declaration declarator: (function_declarator parameters: (parameter_list) @scope))

(if_statement) @branch
(for_statement) @branch
(while_statement) @branch
(do_statement) @branch
(case_statement "case" @branch)
(conditional_expression) @branch
(binary_expression ["&&" "||"] @branch)

(declaration type: [(type_identifier) (struct_specifier) (union_specifier) (enum_specifier)]) @typed
(parameter_declaration type: [(type_identifier) (struct_specifier) (union_specifier) (enum_specifier)]) @typed
(field_declaration type: [(type_identifier) (struct_specifier) (union_specifier) (enum_specifier)]) @typed
(function_definition type: [(type_identifier) (struct_specifier) (union_specifier) (enum_specifier)]) @typed
(type_definition type: [(type_identifier) (struct_specifier) (union_specifier) (enum_specifier)]) @typed
(compound_literal_expression type: (type_descriptor) value: (initializer_list (initializer_pair))) @typed
(field_expression argument: [
  (call_expression arguments: (argument_list (_)))
  (subscript_expression)
  (parenthesized_expression)
]) @typed
