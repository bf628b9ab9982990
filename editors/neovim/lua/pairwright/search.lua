--- Owns `:Pairwright search` and `:Pairwright related`: sends the query, shows the hits in a picker or
--- in the quickfix list. It must not know how anything is found.

local M = {}

---@class pairwright.Hit
---@field location lsp.Location
---@field path string
---@field symbol string qualified name, empty for none
---@field kind string
---@field score number
---@field snippet string

---@class pairwright.Item a hit as the quickfix list and the pickers take it
---@field filename string
---@field lnum integer from 1
---@field col integer from 1, in bytes
---@field end_lnum integer
---@field end_col integer
---@field text string
---@field hit pairwright.Hit

-- What may stand in a query beside words: `docs/search.md`.
local FORMS = { 'changed:', '-is:test', 'is:test', 'kind:', 'lang:', 'like:', 'path:', '-path:', 'pattern:' }
local KINDS = { 'function', 'method', 'class', 'interface', 'struct', 'enum', 'type', 'variable', 'constant', 'section' }

local CANCELLED = -32800

---@param message string
---@param level? integer
local function say(message, level)
  vim.notify('pairwright: ' .. message, level or vim.log.levels.INFO)
end

---@return vim.lsp.Client?
local function current_client()
  return vim.lsp.get_clients({ bufnr = 0, name = 'pairwright' })[1] or vim.lsp.get_clients({ name = 'pairwright' })[1]
end

--- The line of a snippet that says most: the first that has the symbol's name, else with a letter in it.
---@param snippet string
---@param symbol string
---@return string
local function telling_line(snippet, symbol)
  local name = symbol:match('[%w_]+[!?=]?$')
  local first
  for line in vim.gsplit(snippet, '\n', { plain = true }) do
    if name and line:find(name, 1, true) then
      return vim.trim(line)
    elseif not first and line:find('%w') then
      first = line
    end
  end
  return vim.trim(first or snippet)
end

--- A text as a title has it: one line, not endless.
---@param text string
---@return string
local function shortened(text)
  local line = vim.trim((text:gsub('%s+', ' ')))
  return vim.fn.strchars(line) <= 80 and line or vim.fn.strcharpart(line, 0, 79) .. '…'
end

---@param hits pairwright.Hit[]
---@param encoding string
---@return pairwright.Item[]
local function items_of(hits, encoding)
  local items = {}
  for _, hit in ipairs(hits) do
    local item = vim.lsp.util.locations_to_items({ hit.location }, encoding)[1]
    if item then
      local name = hit.symbol ~= '' and (hit.symbol .. ': ') or ''
      item.text = name .. telling_line(hit.snippet, hit.symbol)
      item.user_data = nil
      item.hit = hit
      items[#items + 1] = item
    end
  end
  return items
end

---@param items pairwright.Item[]
---@param title string
local function into_quickfix(items, title)
  local held = vim.tbl_map(function(item)
    local copy = vim.tbl_extend('force', {}, item)
    copy.hit = nil
    return copy
  end, items)
  vim.fn.setqflist({}, ' ', { title = title, items = held, context = { source = 'pairwright' } })
  vim.cmd('botright copen')
end

---@param item pairwright.Item
---@return string
local function label(item)
  return ('%s:%d:%d: %s'):format(vim.fn.fnamemodify(item.filename, ':~:.'), item.lnum, item.col, item.text)
end

---@param items pairwright.Item[]
---@param title string
---@param snacks table
local function into_snacks(items, title, snacks)
  local held = {}
  for index, item in ipairs(items) do
    held[index] = {
      idx = index,
      score = #items - index,
      text = label(item),
      file = item.filename,
      pos = { item.lnum, item.col - 1 },
      line = item.text,
    }
  end
  snacks.picker.pick({ title = title, items = held, format = 'file', sort = { fields = { 'score:desc', 'idx' } } })
end

---@param items pairwright.Item[]
---@param title string
local function into_telescope(items, title)
  local config = require('telescope.config').values
  require('telescope.pickers')
    .new({}, {
      prompt_title = title,
      finder = require('telescope.finders').new_table({
        results = items,
        entry_maker = function(item)
          return {
            value = item,
            ordinal = label(item),
            display = label(item),
            filename = item.filename,
            lnum = item.lnum,
            col = item.col,
          }
        end,
      }),
      sorter = config.generic_sorter({}),
      previewer = config.grep_previewer({}),
    })
    :find()
end

---@param items pairwright.Item[]
---@param title string
---@param fzf table
local function into_fzf(items, title, fzf)
  local actions = require('fzf-lua.actions')
  fzf.fzf_exec(vim.tbl_map(label, items), {
    winopts = { title = (' %s '):format(title) },
    previewer = 'builtin',
    fzf_opts = { ['--multi'] = true, ['--no-sort'] = true },
    actions = { default = actions.file_edit_or_qf, ['ctrl-q'] = actions.file_sel_to_qf },
  })
end

---@type table<string, fun(items: pairwright.Item[], title: string): boolean> by the option's value; whether it is there
local pickers = {
  snacks = function(items, title)
    local found, snacks = pcall(require, 'snacks')
    if found and type(snacks) == 'table' and snacks.picker then
      into_snacks(items, title, snacks)
      return true
    end
    return false
  end,
  telescope = function(items, title)
    if not pcall(require, 'telescope') then
      return false
    end
    into_telescope(items, title)
    return true
  end,
  ['fzf-lua'] = function(items, title)
    local found, fzf = pcall(require, 'fzf-lua')
    if found then
      into_fzf(items, title, fzf)
    end
    return found
  end,
}

---@param items pairwright.Item[]
---@param title string
local function show(items, title)
  local chosen = require('pairwright.config').options.picker
  local names = chosen == 'auto' and { 'snacks', 'telescope', 'fzf-lua' } or { chosen }
  for _, name in ipairs(names) do
    if pickers[name] and pickers[name](items, title) then
      return
    end
  end
  if pickers[chosen] then
    say(('%s is not installed: the hits are in the quickfix list'):format(chosen), vim.log.levels.WARN)
  end
  into_quickfix(items, title)
end

---@type table<integer, integer> the search under way by client id: a newer one takes its place
local under_way = {}

---@param client vim.lsp.Client
---@param command string
---@param argument table
---@param title string
local function ask(client, command, argument, title)
  local former = under_way[client.id]
  if former then
    client:cancel_request(former)
  end
  local sent, request
  sent, request = client:request('workspace/executeCommand', {
    command = command,
    arguments = { argument },
  }, function(problem, result)
    if under_way[client.id] == request then
      under_way[client.id] = nil
    end
    if problem then
      if problem.code ~= CANCELLED then
        say(problem.message, vim.log.levels.ERROR)
      end
      return
    end
    local items = items_of(result.hits or {}, client.offset_encoding)
    if #items > 0 then
      show(items, title)
    end
    -- In one message: a second one would hide the first.
    local told = vim.list_extend({}, result.notes or {})
    if #items == 0 and (#told == 0 or result.state == 'ready') then
      table.insert(told, 1, 'nothing was found')
    end
    if #told > 0 then
      say(table.concat(told, '\n'))
    end
  end)
  if sent then
    under_way[client.id] = request
  end
end

---@return vim.lsp.Client?
local function running_client()
  local client = current_client()
  if not client then
    say('no server is running here, see :checkhealth pairwright', vim.log.levels.ERROR)
  end
  return client
end

--- Search for what was typed behind `:Pairwright search`; ask for it when nothing was.
---@param query string
function M.query(query)
  local client = running_client()
  if not client then
    return
  end
  if vim.trim(query) == '' then
    vim.ui.input({ prompt = 'Search: ' }, function(typed)
      if typed and vim.trim(typed) ~= '' then
        M.query(typed)
      end
    end)
    return
  end
  -- `like:%:12` means the file at hand, as in other commands.
  local path = vim.fn.expand('%:p')
  local root = client.root_dir
  if root and vim.startswith(path, root .. '/') then
    query = query:gsub('^like:%%', function()
      return 'like:' .. path:sub(#root + 2)
    end)
  end
  ask(client, 'pairwright.search.query', {
    query = query,
    limit = require('pairwright.config').options.search_limit,
  }, 'Pairwright search: ' .. shortened(query))
end

--- Code like what the cursor is in.
function M.related()
  local client = running_client()
  if not client then
    return
  end
  if not client.attached_buffers[vim.api.nvim_get_current_buf()] then
    say('related: put the cursor into a source file first', vim.log.levels.ERROR)
    return
  end
  local place = vim.lsp.util.make_position_params(0, client.offset_encoding)
  M.related_at(client, { uri = place.textDocument.uri, position = place.position })
end

--- Code like what stands at a place that the server named, in a code action.
---@param client vim.lsp.Client
---@param argument {uri: string, position: lsp.Position}
function M.related_at(client, argument)
  local line = ('%s:%d'):format(vim.fs.basename(vim.uri_to_fname(argument.uri)), argument.position.line + 1)
  ask(client, 'pairwright.search.related', {
    uri = argument.uri,
    position = argument.position,
    limit = require('pairwright.config').options.search_limit,
  }, 'Pairwright related: ' .. line)
end

--- What a word of a query may become.
---@param lead string the word as typed so far
---@return string[]
function M.candidates(lead)
  local filter, value = lead:match('^(%-?%a+:)(.*)$')
  if filter == 'kind:' then
    return vim.tbl_map(function(kind)
      return filter .. kind
    end, KINDS)
  elseif filter == 'lang:' then
    return vim.tbl_map(function(language)
      return filter .. language
    end, require('pairwright.languages'))
  elseif filter == 'path:' or filter == '-path:' then
    return vim.tbl_map(function(path)
      return filter .. path
    end, vim.fn.getcompletion(value, 'file'))
  elseif filter == 'like:' then
    return { ('like:%s:%d'):format(vim.fn.expand('%:.'), vim.api.nvim_win_get_cursor(0)[1]) }
  end
  return FORMS
end

return M
