; inherits: pairwright_analyzers.languages.ecmascript
(type_identifier) @annotate
(variable_declarator value: (class name: (type_identifier) @bind) @scope)
(nested_type_identifier name: (type_identifier) @member)
(nested_identifier property: (property_identifier) @member)
(type_parameter name: (type_identifier) @bind)
(infer_type (type_identifier) @bind)
(mapped_type_clause name: (type_identifier) @bind)
(index_signature name: (identifier) @bind)
(required_parameter pattern: (identifier) @bind)
(optional_parameter pattern: (identifier) @bind)

(extends_clause value: [
  (identifier) @inherit
  (member_expression property: (_) @inherit)
  (call_expression function: (identifier) @inherit)
  (call_expression function: (member_expression property: (_) @inherit))
])
(implements_clause [
  (type_identifier) @inherit
  (nested_type_identifier name: (_) @inherit)
  (generic_type name: [(type_identifier) @inherit (nested_type_identifier name: (_) @inherit)])
])
(extends_type_clause [
  (type_identifier) @inherit
  (nested_type_identifier name: (_) @inherit)
  (generic_type name: [(type_identifier) @inherit (nested_type_identifier name: (_) @inherit)])
])

(abstract_class_declaration) @def.class
(interface_declaration) @def.interface
(type_alias_declaration) @def.type
(enum_declaration) @def.enum
(internal_module) @def.namespace
(module) @def.namespace
(function_signature) @def.signature
(ambient_declaration) @def.export
(ambient_declaration (statement_block [(lexical_declaration) (variable_declaration)] @def.variable))
(internal_module body: (statement_block [(lexical_declaration) (variable_declaration)] @def.variable))
(module body: (statement_block [(lexical_declaration) (variable_declaration)] @def.variable))
(enum_body [(property_identifier) (string) (enum_assignment)] @def.enum_member)
(class_body (decorator) @def.decorated)
(class_body (public_field_definition) @def.field)
(class_body (method_signature) @def.overload)
(class_body (abstract_method_signature) @def.abstract)
(interface_body [(method_signature) (property_signature)] @def.interface_member)
(type_alias_declaration value: (object_type [(method_signature) (property_signature)] @def.interface_member))
(type_alias_declaration value: (_ (object_type [(method_signature) (property_signature)] @def.interface_member)))
(required_parameter (accessibility_modifier)) @def.parameter
(optional_parameter (accessibility_modifier)) @def.parameter
(required_parameter "readonly") @def.parameter
(optional_parameter "readonly") @def.parameter

(import_require_clause) @import.statement
(import_require_clause (identifier) @import)
(import_alias . (identifier) @bind)
(export_statement "=") @import.statement
(call_expression function: (non_null_expression [(identifier) @call (member_expression property: (_) @call)]))
(call_expression function: (await_expression [(identifier) @call (member_expression property: (_) @call)]))
(property_signature name: (property_identifier) @keyword)
(method_signature name: (property_identifier) @keyword)

(function_signature) @scope
(method_signature) @scope
(abstract_method_signature) @scope
(function_type) @scope
(constructor_type) @scope
(call_signature) @scope
(construct_signature) @scope
(conditional_type) @scope
(index_signature) @scope

(variable_declarator type: (_)) @typed
(variable_declarator value: (arrow_function return_type: (_))) @typed
(variable_declarator value: [(as_expression) (satisfies_expression) (non_null_expression)]) @typed
(required_parameter type: (_)) @typed
(optional_parameter type: (_)) @typed
(public_field_definition [(type_annotation) (new_expression)]) @typed
(public_field_definition value: (arrow_function return_type: (_))) @typed
(property_signature type: (_)) @typed
(function_declaration return_type: (_)) @typed
(function_signature return_type: (_)) @typed
(method_definition return_type: (_)) @typed
(method_signature return_type: (_)) @typed
(abstract_method_signature return_type: (_)) @typed
(type_alias_declaration value: [(type_identifier) (nested_type_identifier) (generic_type) (union_type) (array_type)]) @typed
(import_alias) @typed
(type_parameter constraint: (_)) @typed
(member_expression object: (non_null_expression)) @typed
(type_alias_declaration value: (intersection_type [
  (type_identifier) @inherit
  (generic_type name: (type_identifier) @inherit)
]))
