; inherits: pairwright_analyzers.languages.c
(namespace_identifier) @ref
(operator_name) @ref
(this) @ref

(class_specifier body: (_)) @def.struct
(namespace_definition) @def.namespace
(template_declaration) @def.template
(alias_declaration) @def.alias
(concept_definition) @def.concept
(namespace_alias_definition) @def.namespace_alias
(namespace_alias_definition) @import.statement
(using_declaration) @import.statement
(template_declaration (declaration declarator: (_) @def.declarator))
(field_declaration_list (declaration declarator: (_) @def.declarator))
(friend_declaration (declaration declarator: (_) @def.declarator))


(qualified_identifier scope: (_) name: (identifier) @member)
(qualified_identifier scope: (_) name: (type_identifier) @member)
(qualified_identifier scope: (_) name: (operator_name) @member)
(qualified_identifier scope: (_) name: (template_function name: (identifier) @member))
(qualified_identifier scope: (_) name: (template_type name: (type_identifier) @member))
(qualified_identifier scope: (_) name: (qualified_identifier scope: (namespace_identifier) @member))
(qualified_identifier scope: (_) name: (qualified_identifier scope: (template_type name: (type_identifier) @member)))
(qualified_identifier scope: (template_type name: (type_identifier) @annotate))

(call_expression function: (qualified_identifier name: (identifier) @call))
(call_expression function: (qualified_identifier name: (qualified_identifier name: (identifier) @call)))
(call_expression function: (qualified_identifier name: (qualified_identifier name: (qualified_identifier name: (identifier) @call))))
(call_expression function: (template_function name: (identifier) @call))
(call_expression function: (qualified_identifier name: (template_function name: (identifier) @call)))
(call_expression function: (qualified_identifier name: (qualified_identifier name: (template_function name: (identifier) @call))))
(call_expression function: (field_expression field: (template_method name: (field_identifier) @call)))
(call_expression function: (field_expression field: (dependent_name (template_method name: (field_identifier) @call))))
(new_expression type: (type_identifier) @call)
(new_expression type: (template_type name: (type_identifier) @call))
(new_expression type: (qualified_identifier name: (type_identifier) @call))
(new_expression type: (qualified_identifier name: (template_type name: (type_identifier) @call)))
(compound_literal_expression type: (type_identifier) @call)
(compound_literal_expression type: (template_type name: (type_identifier) @call))
(compound_literal_expression type: (qualified_identifier name: (type_identifier) @call))
(field_initializer (field_identifier) @write)

(base_class_clause (type_identifier) @inherit)
(base_class_clause (template_type name: (type_identifier) @inherit))
(base_class_clause (qualified_identifier name: (type_identifier) @inherit))
(base_class_clause (qualified_identifier name: (template_type name: (type_identifier) @inherit)))
(base_class_clause (qualified_identifier name: (qualified_identifier name: (type_identifier) @inherit)))
(base_class_clause (qualified_identifier name: (qualified_identifier name: (template_type name: (type_identifier) @inherit))))

(reference_declarator (identifier) @bind)
(structured_binding_declarator (identifier) @bind)
(optional_parameter_declaration declarator: (identifier) @bind)
(variadic_declarator (identifier) @bind)
(type_parameter_declaration (type_identifier) @bind)
(optional_type_parameter_declaration name: (type_identifier) @bind)
(variadic_type_parameter_declaration (type_identifier) @bind)
(for_range_loop declarator: (identifier) @bind)
(lambda_capture_initializer left: (identifier) @bind)

(template_declaration) @scope
(lambda_expression) @scope
(for_range_loop) @scope
(catch_clause) @scope
(try_statement body: (compound_statement) @scope)
(if_statement condition: (condition_clause (declaration))) @scope
(if_statement condition: (condition_clause (init_statement))) @scope
(while_statement condition: (condition_clause (declaration))) @scope
(requires_expression) @scope

(for_range_loop) @branch
(catch_clause) @branch
(binary_expression ["and" "or"] @branch)

(declaration type: [(qualified_identifier) (template_type) (class_specifier) (placeholder_type_specifier) (dependent_type)]) @typed
(parameter_declaration type: [(qualified_identifier) (template_type) (class_specifier) (dependent_type)]) @typed
(optional_parameter_declaration type: [(type_identifier) (qualified_identifier) (template_type)]) @typed
(field_declaration type: [(qualified_identifier) (template_type) (class_specifier) (dependent_type)]) @typed
(function_definition type: [(qualified_identifier) (template_type) (class_specifier) (dependent_type) (placeholder_type_specifier)]) @typed
(for_range_loop type: [(type_identifier) (qualified_identifier) (template_type) (placeholder_type_specifier)]) @typed
(alias_declaration) @typed
