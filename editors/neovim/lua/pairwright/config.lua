--- Owns the plugin's options and the `vim.lsp.Config` made from them.
--- It must not know how the server is found or what it answers: see `server.lua`.

local M = {}

---@class pairwright.Options
---@field cmd? string[] the whole command that starts the server; default: found, see |pairwright-server|
---@field settings? table the server's settings without the `pairwright.` prefix, see |pairwright-settings|
---@field filetypes? string[] filetypes the server is started for
---@field root_markers? (string|string[])[] what marks the root of a workspace
---@field enable? boolean whether `setup` also enables the server (default true)
---@field quickfix? boolean whether `:Pairwright review …` opens the quickfix list (default true)
---@field rename_new_names? boolean whether a name that a refactoring chose is asked for at once (default true)
---@field picker? "auto"|"quickfix"|"snacks"|"telescope"|"fzf-lua" where search shows its hits (default "auto")
---@field search_limit? integer how many hits a search shows (default 30)

---@class pairwright.Config
---@field cmd? string[]
---@field settings table
---@field filetypes string[]
---@field root_markers (string|string[])[]
---@field enable boolean
---@field quickfix boolean
---@field rename_new_names boolean
---@field picker string
---@field search_limit integer

-- stylua: ignore
---@type pairwright.Config
local defaults = {
  cmd = nil,
  settings = vim.empty_dict(), -- a plain empty table would be sent as a list
  filetypes = {
    'python', 'javascript', 'javascriptreact', 'typescript', 'typescriptreact', 'go', 'rust', 'java',
    'c', 'cpp', 'cs', 'ruby', 'php', 'sh', 'bash', 'html', 'css', 'json', 'jsonc', 'yaml', 'toml', 'markdown',
    'gitcommit',
  },
  -- Two lists: a marker of the workspace itself wins over a nearer marker of one package in it.
  root_markers = {
    { '.pairwright.toml', '.git' },
    { 'pyproject.toml', 'package.json', 'go.mod', 'Cargo.toml', 'pom.xml', 'build.gradle', 'composer.json', 'Gemfile' },
  },
  enable = true,
  quickfix = true,
  rename_new_names = true,
  picker = 'auto', -- the first of snacks, telescope and fzf-lua that is installed, else the quickfix list
  search_limit = 30,
}

---@type pairwright.Config
M.options = vim.deepcopy(defaults)

---@type table<string, type>
local types = {
  cmd = 'table',
  settings = 'table',
  filetypes = 'table',
  root_markers = 'table',
  enable = 'boolean',
  quickfix = 'boolean',
  rename_new_names = 'boolean',
  picker = 'string',
  search_limit = 'number',
}

local PICKERS = { 'auto', 'quickfix', 'snacks', 'telescope', 'fzf-lua' }

--- Replace the options by `options` over the defaults. Raises on an unknown key or a wrong type.
---@param options pairwright.Options
function M.set(options)
  for key, value in pairs(options) do
    if not types[key] then
      local known = vim.tbl_keys(types)
      table.sort(known)
      error(('pairwright: unknown option "%s"; known are: %s'):format(key, table.concat(known, ', ')), 0)
    end
    vim.validate(key, value, types[key])
  end
  if options.picker and not vim.list_contains(PICKERS, options.picker) then
    error(('pairwright: no picker "%s"; known are: %s'):format(options.picker, table.concat(PICKERS, ', ')), 0)
  end
  M.options = vim.tbl_extend('force', vim.deepcopy(defaults), options)
end

-- The protocol's names where they differ from Neovim's filetypes.
local language_ids = {
  cs = 'csharp',
  sh = 'shellscript',
  bash = 'shellscript',
}

---@return table
local function init_options()
  return {
    virtual_documents = true,
    status_notification = true,
    rename_at = M.options.rename_new_names,
  }
end

--- The layer `setup` puts over `lsp/pairwright.lua`.
---@return vim.lsp.Config
function M.overrides()
  return {
    filetypes = M.options.filetypes,
    root_markers = M.options.root_markers,
    settings = { pairwright = M.options.settings },
    init_options = init_options(),
  }
end

--- The base configuration, complete without `setup`.
---@return vim.lsp.Config
function M.lsp_config()
  local server = require('pairwright.server')
  return {
    cmd = server.start,
    root_dir = server.root_dir,
    root_markers = M.options.root_markers,
    filetypes = M.options.filetypes,
    get_language_id = function(_, filetype)
      return language_ids[filetype] or filetype
    end,
    init_options = init_options(),
    -- The first review must not run with the defaults before the server could ask for the settings.
    before_init = function(params, config)
      local settings = vim.tbl_get(config, 'settings', 'pairwright')
      if settings and not vim.tbl_isempty(settings) then
        params.initializationOptions =
          vim.tbl_extend('force', params.initializationOptions or {}, { settings = settings })
      end
    end,
    settings = { pairwright = M.options.settings },
    handlers = {
      ['pairwright/status'] = require('pairwright.statusline').on_status,
    },
    commands = require('pairwright.commands').client_commands(),
  }
end

return M
