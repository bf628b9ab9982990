(identifier) @ref
(alias) @ref
(comment) @comment

(call target: (identifier) (arguments) (do_block)) @def.block
(call target: (identifier) (arguments . [(alias) (dot)])) @import.statement

((call target: (identifier) @_word (arguments (alias) @import))
  (#any-of? @_word "alias" "import" "require" "use"))
((call target: (identifier) @_word (arguments (dot left: (alias) @import right: (tuple (alias) @import))))
  (#any-of? @_word "alias" "import" "require" "use"))
((call target: (identifier) @_word (arguments . (alias) @inherit (keywords)))
  (#eq? @_word "defimpl"))
(unary_operator operator: "@" operand: (call target: (identifier) @_word (arguments (alias) @inherit))
  (#eq? @_word "behaviour"))

(call target: (identifier) @call)
(call target: (dot right: (identifier) @call))
(dot left: (_) right: (identifier) @member)
(unary_operator operator: "@" operand: (identifier)) @ref
(unary_operator operator: "@" operand: (identifier)) @whole
(unary_operator operator: "@" operand: (call target: (identifier) @keyword))
(unary_operator operator: "@" operand: (call target: (identifier) @_spec
  (arguments (binary_operator left: (call target: (identifier) @keyword))))
  (#any-of? @_spec "spec" "callback" "macrocallback" "type" "typep" "opaque"))

; A head's own name is no call, and the names in its arguments are bound there.
((call target: (identifier) @_def (arguments . [
    (call target: (identifier) @keyword)
    (binary_operator left: (call target: (identifier) @keyword) operator: "when")
    (identifier) @keyword
  ]))
  (#any-of? @_def "def" "defp" "defmacro" "defmacrop" "defguard" "defguardp" "defdelegate"))
((call target: (identifier) @_def (arguments . [
    (call (arguments) @words)
    (binary_operator left: (call (arguments) @words) operator: "when")
  ]))
  (#any-of? @_def "def" "defp" "defmacro" "defmacrop" "defguard" "defguardp" "defdelegate"))
((call target: (identifier) @_test (arguments . (string) (map) @words) (do_block))
  (#any-of? @_test "test"))
(stab_clause left: (arguments) @words)
(stab_clause left: (binary_operator left: (arguments) @words operator: "when"))
(binary_operator left: (_) @words operator: "=")
(binary_operator left: (_) @words operator: "<-")

(do_block) @scope
(stab_clause) @scope
(anonymous_function) @scope
(call target: (identifier) (arguments (binary_operator operator: "<-"))) @scope

((call target: (identifier) @branch) (#any-of? @branch "if" "unless" "for" "with"))
(do_block (stab_clause) @branch)
(rescue_block (stab_clause) @branch)
(binary_operator operator: ["&&" "||" "and" "or"] @branch)
