(comment) @comment
(table) @def.table
(table_array_element) @def.table
(document (pair) @def.key)
(table (pair) @def.key)
(table_array_element (pair) @def.key)
