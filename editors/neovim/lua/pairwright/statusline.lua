--- Owns what each server last said of itself, and turns it into one short text.

local M = {}

---@class pairwright.Status
---@field health "ok"|"warning"|"error"
---@field quiescent boolean
---@field state string
---@field message? string
---@field done? integer files read so far
---@field total? integer files to read
---@field findings? integer

---@type table<integer, pairwright.Status> by client id
local statuses = {}

--- Handler of the notification `pairwright/status`.
---@param params pairwright.Status
---@param context lsp.HandlerContext
function M.on_status(_, params, context)
  statuses[context.client_id] = params
  vim.api.nvim_exec_autocmds('User', {
    pattern = 'PairwrightStatus',
    modeline = false,
    data = { client_id = context.client_id, status = params },
  })
  vim.cmd.redrawstatus({ bang = true })
end

---@param status pairwright.Status
---@return string
local function describe(status)
  if status.health == 'error' then
    return 'error'
  end
  if not status.quiescent then
    if status.total and status.total > 0 then
      return ('%d%%%%'):format(math.floor(100 * (status.done or 0) / status.total))
    end
    return status.state
  end
  if status.health == 'warning' then
    return status.state == 'ready' and 'warning' or status.state
  end
  local findings = status.findings or 0
  return findings > 0 and tostring(findings) or 'ok'
end

--- The text for a buffer: `pairwright: ok`, `pairwright: 3` (findings), `pairwright: 40%`, `pairwright: starting`, or
--- empty when no server is attached. A percent sign comes doubled, as 'statusline' wants it.
---@param bufnr integer
---@return string
function M.text(bufnr)
  local client = vim.lsp.get_clients({ bufnr = bufnr, name = 'pairwright', _uninitialized = true })[1]
  if not client then
    return ''
  end
  local status = statuses[client.id]
  return 'pairwright: ' .. (status and describe(status) or (client.initialized and 'ok' or 'starting'))
end

--- What the server of `client_id` last said, if anything.
---@param client_id integer
---@return pairwright.Status?
function M.last(client_id)
  return statuses[client_id]
end

vim.api.nvim_create_autocmd('LspDetach', {
  group = vim.api.nvim_create_augroup('pairwright.status', {}),
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if client and client:is_stopped() then
      statuses[client.id] = nil
    end
  end,
})

return M
