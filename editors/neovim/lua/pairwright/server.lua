--- Finds, starts and restarts the server, and says clearly when it cannot.
--- It must not know what the server answers.

local M = {}

--- The oldest server whose commands this plugin speaks.
M.oldest_version = '0.1.0'

-- A server that ran this long before it died counts as healthy: its death is the first one again.
local HEALTHY_AFTER_MS = 5 * 60 * 1000
local RESTART_DELAY_MS = 1000
-- How long a server may take to answer `shutdown` before `:Pairwright restart` ends it.
local SHUTDOWN_PATIENCE_MS = 3000

---@class pairwright.Found
---@field cmd string[] the whole command
---@field origin string where it was found, for people

---@type table<string, { count: integer, started: integer }>
local deaths = {}

local windows = vim.fn.has('win32') == 1

---@param folder string a virtual environment
---@return string? executable
local function in_environment(folder)
  local path = windows and vim.fs.joinpath(folder, 'Scripts', 'pairwright.exe')
    or vim.fs.joinpath(folder, 'bin', 'pairwright')
  return vim.fn.executable(path) == 1 and path or nil
end

--- Find the server for a workspace: option `cmd`, active environment, the workspace's own, PATH.
---@param root? string the workspace's folder
---@return pairwright.Found? found
---@return string? problem a sentence for the person, when nothing was found
function M.find(root)
  local cmd = require('pairwright.config').options.cmd
  if cmd then
    if vim.fn.executable(cmd[1] or '') == 1 then
      return { cmd = cmd, origin = 'option cmd' }
    end
    return nil, ('pairwright: option cmd names "%s", which is not executable'):format(cmd[1] or '')
  end
  local active = vim.env.VIRTUAL_ENV
  if active and active ~= '' then
    local path = in_environment(active)
    if path then
      return { cmd = { path, 'serve' }, origin = 'active virtual environment' }
    end
  end
  for _, name in ipairs(root and { '.venv', 'venv' } or {}) do
    local path = in_environment(vim.fs.joinpath(root, name))
    if path then
      return { cmd = { path, 'serve' }, origin = ("the workspace's %s"):format(name) }
    end
  end
  local path = vim.fn.exepath('pairwright')
  if path ~= '' then
    return { cmd = { path, 'serve' }, origin = 'PATH' }
  end
  return nil,
    'pairwright: the server was not found (looked in $VIRTUAL_ENV, .venv, venv and PATH). '
      .. 'Install it, or name it: require("pairwright").setup({ cmd = { "/path/to/pairwright", "serve" } })'
end

--- `root_dir` of the LSP configuration: without a server nothing is started, and that is said once.
---@param bufnr integer
---@param on_dir fun(root?: string)
function M.root_dir(bufnr, on_dir)
  local config = vim.lsp.config.pairwright
  local root = vim.fs.root(bufnr, config.root_markers or {})
  if type(config.cmd) == 'function' then
    local found, problem = M.find(root)
    if not found then
      vim.notify_once(assert(problem), vim.log.levels.ERROR)
      return
    end
  end
  on_dir(root)
end

--- Buffers the client of `config` is attached to.
---@param config vim.lsp.ClientConfig
---@return integer[]
local function attached_buffers(config)
  for _, client in ipairs(vim.lsp.get_clients({ name = config.name, _uninitialized = true })) do
    if client.config == config then
      return vim.tbl_keys(client.attached_buffers)
    end
  end
  return {}
end

--- Start a client of `config` for those of `buffers` that are still loaded.
---@param config vim.lsp.ClientConfig
---@param buffers integer[]
local function start_for(config, buffers)
  for _, bufnr in ipairs(buffers) do
    if vim.api.nvim_buf_is_loaded(bufnr) then
      vim.lsp.start(config, { bufnr = bufnr })
    end
  end
end

--- Start again once after a death; after the second, say where to look.
---@param config vim.lsp.ClientConfig
---@param buffers integer[]
---@param started integer when the process was started, in ms of `vim.uv.now`
local function after_death(config, buffers, started)
  local key = config.root_dir or ''
  local record = deaths[key]
  if not record or vim.uv.now() - started > HEALTHY_AFTER_MS then
    record = { count = 0, started = started }
    deaths[key] = record
  end
  record.count = record.count + 1
  if record.count > 1 then
    vim.notify(
      ('pairwright: the server died twice and stays down. Its last words are in %s; `:Pairwright restart` starts it again.'):format(
        vim.lsp.log.get_filename()
      ),
      vim.log.levels.ERROR
    )
    return
  end
  vim.defer_fn(function()
    start_for(config, buffers)
  end, RESTART_DELAY_MS)
end

--- `cmd` of the LSP configuration.
---@param dispatchers vim.lsp.rpc.Dispatchers
---@param config vim.lsp.ClientConfig
---@return vim.lsp.rpc.PublicClient
function M.start(dispatchers, config)
  local found, problem = M.find(config.root_dir)
  if not found then
    error(problem, 0)
  end
  local started = vim.uv.now()
  local on_exit = dispatchers.on_exit
  local watched = vim.tbl_extend('force', dispatchers, {
    -- Neovim forgets the client's buffers in its own `on_exit`, so they are read before it runs.
    on_exit = vim.schedule_wrap(function(code, signal)
      local buffers = attached_buffers(config)
      on_exit(code, signal)
      local died = code ~= 0 or (signal ~= 0 and signal ~= 15)
      if died and vim.v.exiting == vim.NIL then
        after_death(config, buffers, started)
      end
    end),
  })
  return vim.lsp.rpc.start(found.cmd, watched, {
    cwd = config.cmd_cwd,
    env = config.cmd_env,
    detached = config.detached,
  })
end

--- Whether `version` is new enough for this plugin.
---@param version? string
---@return boolean
function M.new_enough(version)
  local parsed = version and vim.version.parse(version, { strict = false })
  return parsed ~= nil and not vim.version.lt(parsed, assert(vim.version.parse(M.oldest_version)))
end

--- The sentence about a server that is too old.
---@param version? string
---@return string
function M.too_old(version)
  return ('pairwright: the server is version %s, this plugin needs %s or newer: upgrade it, or pin the plugin'):format(
    version or 'unknown',
    M.oldest_version
  )
end

--- Stop every running server and start one for each buffer it served.
function M.restart()
  deaths = {}
  local pending = {} ---@type table<integer, { config: vim.lsp.ClientConfig, buffers: integer[] }>
  for _, client in ipairs(vim.lsp.get_clients({ name = 'pairwright', _uninitialized = true })) do
    pending[client.id] = { config = client.config, buffers = vim.tbl_keys(client.attached_buffers) }
  end
  if vim.tbl_isempty(pending) then
    vim.lsp.enable('pairwright')
    return
  end
  -- A new client would be merged into one that is still on its way out, so each waits for its own.
  vim.api.nvim_create_autocmd('LspDetach', {
    group = vim.api.nvim_create_augroup('pairwright.restart', {}),
    callback = function(event)
      local id = event.data.client_id
      local entry = pending[id]
      if not entry then
        return
      end
      pending[id] = nil
      vim.schedule(function()
        start_for(entry.config, entry.buffers)
      end)
      return vim.tbl_isempty(pending)
    end,
  })
  for id in pairs(pending) do
    local client = assert(vim.lsp.get_client_by_id(id))
    client:stop()
    vim.defer_fn(function()
      if not client:is_stopped() then
        client:stop(true)
      end
    end, SHUTDOWN_PATIENCE_MS)
  end
end

vim.api.nvim_create_autocmd('LspAttach', {
  group = vim.api.nvim_create_augroup('pairwright.version', {}),
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if client and client.name == 'pairwright' then
      local version = client.server_info and client.server_info.version
      if not M.new_enough(version) then
        vim.notify_once(M.too_old(version), vim.log.levels.ERROR)
      end
    end
  end,
})

return M
