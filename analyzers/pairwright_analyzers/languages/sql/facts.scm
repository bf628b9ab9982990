(comment) @comment
(marginalia) @comment

(create_table) @def.table
(create_view) @def.view
(create_materialized_view) @def.view
(create_function) @def.function
(create_procedure) @def.function
(create_trigger) @def.function
(create_type) @def.type
(create_sequence) @def.sequence
(create_table (column_definitions (column_definition) @def.column))

(object_reference name: (identifier) @ref)
(invocation (object_reference name: (identifier) @call))
(insert (object_reference name: (identifier) @write))
(update (relation (object_reference name: (identifier) @write)))
