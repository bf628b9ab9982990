--- The public face of the plugin: `setup` and `statusline`.
---
--- `vim.lsp.enable('pairwright')` works without calling anything here; `setup` is for people who
--- want other options than the defaults.

local M = {}

--- Set options, register the server's settings and enable it.
---@param options? pairwright.Options
function M.setup(options)
  local config = require('pairwright.config')
  config.set(options or {})
  vim.lsp.config('pairwright', config.overrides())
  if config.options.enable then
    vim.lsp.enable('pairwright')
  end
end

--- One short text for a statusline, empty when Pairwright is not attached to the buffer.
---@param bufnr? integer default: the current buffer
---@return string
function M.statusline(bufnr)
  return require('pairwright.statusline').text(bufnr or 0)
end

return M
