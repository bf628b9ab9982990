--- `:checkhealth pairwright`: can the server be started, is it running, what does it say.

local M = {}

local health = vim.health

---@param root? string
local function check_server(root)
  health.start('pairwright: server')
  local server = require('pairwright.server')
  local found, problem = server.find(root)
  if not found then
    health.error((assert(problem):gsub('^pairwright: ', '')))
    return
  end
  health.ok(('found in %s: %s'):format(found.origin, table.concat(found.cmd, ' ')))
  local ran, result = pcall(function()
    return vim.system({ found.cmd[1], '--version' }, { text = true }):wait(10000)
  end)
  local version = ran and result.code == 0 and result.stdout:match('%d+%.%d+%.%d+%S*') or nil
  if not version then
    health.error('`--version` does not answer: ' .. vim.trim(ran and result.stderr or tostring(result)))
  elseif server.new_enough(version) then
    health.ok('version ' .. version)
  else
    health.error((server.too_old(version):gsub('^pairwright: ', '')))
  end
end

---@param client vim.lsp.Client
local function check_client(client)
  local roots = vim.tbl_map(function(folder)
    return vim.uri_to_fname(folder.uri)
  end, client.workspace_folders or {})
  health.ok(('running (client %d) for %s'):format(client.id, #roots > 0 and table.concat(roots, ', ') or 'single files'))
  health.info(('position encoding: %s'):format(client.offset_encoding))
  local response, problem = client:request_sync('workspace/executeCommand', {
    command = 'pairwright.status',
    arguments = { vim.empty_dict() },
  }, 5000)
  local failure = problem or (response and response.err and response.err.message)
  if failure or not response then
    health.error('the server does not answer: ' .. tostring(failure))
    return
  end
  local status = response.result
  local report = ({ ok = health.ok, warning = health.warn })[status.health] or health.error
  report('health: ' .. tostring(status.health))
  for _, root in ipairs(vim.tbl_get(status, 'index', 'roots') or {}) do
    local line = ('index of %s: %s, %d files, %d symbols'):format(root.root, root.state, root.files or 0, root.symbols or 0)
    if root.state == 'degraded' then
      health.warn(('%s (%s)'):format(line, tostring(root.reason)))
    else
      health.ok(line)
    end
  end
  for _, settings_problem in ipairs(status.settings_problems or {}) do
    local report_setting = settings_problem.level == 'warning' and health.warn or health.info
    report_setting(settings_problem.message)
  end
end

function M.check()
  health.start('pairwright: editor')
  if vim.fn.has('nvim-0.11') == 1 then
    health.ok('Neovim ' .. tostring(vim.version()))
  else
    health.error('Neovim 0.11 or newer is needed, this is ' .. tostring(vim.version()))
    return
  end
  -- 0.11.0 cannot say.
  if not vim.lsp.is_enabled or vim.lsp.is_enabled('pairwright') then
    health.ok('the server is enabled')
  else
    health.warn('the server is not enabled', { "vim.lsp.enable('pairwright')", "require('pairwright').setup()" })
  end

  local clients = vim.lsp.get_clients({ name = 'pairwright' })
  check_server(clients[1] and clients[1].root_dir or vim.fs.root(vim.fn.getcwd(), '.git'))

  health.start('pairwright: running servers')
  if #clients == 0 then
    health.info('none: open a source file; what a server said at its end is in ' .. vim.lsp.log.get_filename())
  end
  for _, client in ipairs(clients) do
    check_client(client)
  end
end

return M
